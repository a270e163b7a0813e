"""The jobs process: what it does by itself, in this process and as a process of its own."""

import asyncio
import os
import signal
from pathlib import Path

from helpers.server import Server
from helpers.serving import until
from yemae.base import metrics
from yemae.jobs.process import run_jobs
from yemae.settings import Settings

JOB = "look_up_checkouts"


def last_run() -> float:
    return float(metrics.JOBS_LAST_RUN.labels(JOB)._value.get())


async def test_it_runs_its_jobs_until_the_end_is_asked_for(settings: Settings) -> None:
    metrics.JOBS_LAST_RUN.labels(JOB).set(0)
    ending, beats = asyncio.Event(), []

    def beat() -> None:
        beats.append(1)
        if last_run():
            ending.set()

    await run_jobs(settings, beat, ending)
    assert len(beats) > 1
    assert last_run() > 0


def test_a_server_has_one_which_ends_with_it(tmp_path: Path) -> None:
    server = Server(tmp_path, YEMAE_WORKERS="1").traced()
    server.start()
    try:
        until(lambda: len(server.jobs()) == 1)
        (before,) = server.jobs()
        os.kill(before, signal.SIGKILL)
        until(lambda: server.jobs() not in ([], [before]))
    finally:
        assert server.end() == 0
    assert "Traceback" not in server.complaint()
