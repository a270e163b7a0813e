"""An on-sale through a proxy while its nodes are restarted: every answer is counted.

Fans of `yemae rehearse` join, poll, hold and pay; listeners have the queue's stream open and come
back when it ends; and joins that no proxy repeats are sent all the time, each with its time.
Always holds: the load is stopped as Ctrl-C stops a rehearsal, so what is read afterwards is whole.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from helpers.concerts import TEXT
from helpers.server import SECRET_KEY, Server
from helpers.serving import until
from helpers.shipped import Shipped
from yemae.accounts.access import Issuer

HALL = {
    "concert_id": "hall", "seats": 3_000, "seat_limit": 4, "active_limit": 30,
    "admit_per_minute": 60_000, "entry_ttl_s": 600, "absent_after_s": 45,
}  # fmt: skip
# What the joins without a repeat are for; its queue is nothing to the fans.
OTHER = {**HALL, "concert_id": "other", "seats": 10}
FANS_PER_S, LOAD_S = 6, 600
LISTENERS = 8
JOINERS, JOINS_PER_S = 40, 10
SERVED = re.compile(r'yemae_requests_total\{operation="(?!livez|readyz|healthz|metrics)[^}]*"2')
PAID = re.compile(r"yemae_payments_total\{[^}]*\} ([0-9.]+)")
NO_ANSWER = 0


@dataclass
class Counted:
    """What clients got: each list has the moment and the status of every answer."""

    joins: list[tuple[float, int]] = field(default_factory=list)
    streams: list[tuple[float, int]] = field(default_factory=list)
    # Streams that ended without the time of the return.
    broken_streams: int = 0
    ended_streams: int = 0
    # The JSON report of the rehearsal.
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def statuses(self) -> Counter[int]:
        """How often each status came; NO_ANSWER is none."""
        found = Counter(status for _, status in [*self.joins, *self.streams])
        found.update({int(status): count for status, count in self.report["statuses"].items()})
        return found

    @property
    def failed(self) -> int:
        """Requests that got no answer, or one of 500 to 599."""
        return sum(count for status, count in self.statuses.items() if is_failure(status))

    def outage_s(self, since: float) -> float:
        """From this moment to the last join that failed after it."""
        failed = [at for at, status in self.joins if is_failure(status) and at >= since]
        return round(max(failed) - since, 2) if failed else 0.0

    def line(self) -> str:
        """The figures of it, for a log."""
        report = self.report
        slowest = {call["call"]: call["max_ms"] for call in report["calls"]}
        return (
            f"{sum(self.statuses.values()):,} requests, {self.failed} failed; statuses "
            f"{dict(sorted(self.statuses.items()))}; {report['outcomes']['bought']} fans bought; "
            f"streams: {self.ended_streams} ended, {self.broken_streams} broken; slowest answers "
            f"in ms {slowest}"
        )


def is_failure(status: int) -> bool:
    """Whether a fan got nothing."""
    return status == NO_ANSWER or status >= 500


@contextmanager
def two_nodes(
    folder: Path, database_url: str, valkey_url: str, **variables: str
) -> Iterator[tuple[Server, Server]]:
    """Two nodes on the same stores, with the drain that is the default."""
    options = _concert_files(folder)
    nodes = []
    for number in (1, 2):
        place = folder / f"node-{number}"
        place.mkdir()
        node = Server(
            place, *options,
            YEMAE_DATABASE_URL=database_url, YEMAE_VALKEY_URL=valkey_url, YEMAE_WORKERS="1",
            YEMAE_SHUTDOWN_DRAIN_S="5", **variables,
        )  # fmt: skip
        nodes.append(node)
    try:
        for node in nodes:
            node.start()
        yield nodes[0], nodes[1]
    finally:
        for node in nodes:
            node.stop()


def _concert_files(folder: Path) -> list[str]:
    """Write both concerts. Returns the options of `serve` that load them."""
    options = []
    for values in (HALL, OTHER):
        path = folder / f"{values['concert_id']}.toml"
        path.write_text(TEXT.format(**values), encoding="utf-8")
        options += ["--load", str(path)]
    return options


async def under_load(
    proxy: Shipped, nodes: tuple[Server, Server], folder: Path, work: Callable[[], None]
) -> Counted:
    """Do the work in a thread while fans come. Returns what they got."""
    counted = Counted()
    rehearsal = _rehearse(proxy, nodes[0], folder)
    try:
        await asyncio.to_thread(until, lambda: rehearsal.poll() is not None or _has_paid(nodes))
        assert rehearsal.poll() is None, (folder / "rehearsal.err").read_text()
        async with httpx.AsyncClient(
            base_url=proxy.url, verify=proxy.trusting(), trust_env=False, timeout=60
        ) as client:
            tasks = [asyncio.create_task(_listen(client, counted)) for _ in range(LISTENERS)]
            tasks.append(asyncio.create_task(_join(client, counted)))
            try:
                await _until(lambda: len(counted.streams) >= LISTENERS and len(counted.joins) > 20)
                await asyncio.to_thread(work)
            finally:
                await _end(tasks)
    finally:
        rehearsal.send_signal(signal.SIGINT)
        code = await asyncio.to_thread(rehearsal.wait, 240)
    assert code in (0, 1, 130), (folder / "rehearsal.err").read_text()
    counted.report = json.loads((folder / "report.json").read_text())
    return counted


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110 - other tasks bring it about
            await asyncio.sleep(0.02)


def _rehearse(proxy: Shipped, node: Server, folder: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "yemae", "rehearse", "--url", proxy.url, "--concert", "hall", "--yes",
        "--fans", str(FANS_PER_S * LOAD_S), "--arrival", "poisson", "--arrival-s", str(LOAD_S),
        "--behaviour", "think_s=0.5,seats_max=2,retries=20", "--json", str(folder / "report.json"),
    ]  # fmt: skip
    environ = {**node.environ, "SSL_CERT_FILE": str(proxy.authority)}
    environ.pop("PYTHONPATH", None)
    with (folder / "rehearsal.err").open("wb") as err:
        return subprocess.Popen(command, env=environ, stdout=err, stderr=err)


async def _listen(client: httpx.AsyncClient, counted: Counted) -> None:
    """Keep the queue's stream open; one that ends by itself says when to come back."""
    while True:
        last = ""
        with suppress(httpx.HTTPError):
            async with client.stream("GET", "/v1/concerts/hall/queue/stream") as answer:
                counted.streams.append((time.monotonic(), answer.status_code))
                async for line in answer.aiter_lines():
                    last = line or last
        if last.startswith("retry:"):
            counted.ended_streams += 1
        else:
            counted.broken_streams += 1
            # What a browser waits for by itself.
            await asyncio.sleep(0.5)


async def _join(client: httpx.AsyncClient, counted: Counted) -> None:
    """Join again and again, with calls that no proxy sends twice."""
    issuer = Issuer(SECRET_KEY, 3_600)
    bearers = [issuer.issue(f"joiner-{number}").text for number in range(JOINERS)]
    while True:
        for bearer in bearers:
            status = NO_ANSWER
            with suppress(httpx.HTTPError):
                answer = await client.post(
                    "/v1/concerts/other/queue-tokens", headers={"Authorization": f"Bearer {bearer}"}
                )
                status = answer.status_code
            counted.joins.append((time.monotonic(), status))
            await asyncio.sleep(1 / JOINS_PER_S)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def check_books(counted: Counted) -> None:
    """Both stores add up, and fans really came."""
    assert counted.report["reconcile_note"] == ""
    assert [check for check in counted.report["checks"] if check["violations"]] == []
    assert counted.report["outcomes"]["bought"] > 5


def serves(node: Server) -> bool:
    """Whether a node has answered a fan since its start."""
    return SERVED.search(_metrics(node)) is not None


def _has_paid(nodes: tuple[Server, Server]) -> bool:
    return all(paid(node) > 0 for node in nodes)


def paid(node: Server) -> float:
    """The orders paid at this node since its start."""
    return sum(map(float, PAID.findall(_metrics(node))))


def _metrics(node: Server) -> str:
    with urllib.request.urlopen(f"{node.url}/metrics", timeout=60) as answer:  # noqa: S310 - a node of ours
        return str(answer.read().decode())


def kill(node: Server) -> float:
    """End a node as a power cut does, with all of its processes. Returns the moment."""
    assert node.process is not None
    parent = psutil.Process(node.process.pid)
    processes = [parent, *parent.children(recursive=True)]
    # All of them at once, so that none sees another die and ends in good order.
    for process in processes:
        os.kill(process.pid, signal.SIGSTOP)
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)
    killed_at = time.monotonic()
    node.process.wait(timeout=60)
    return killed_at


def say(capsys: pytest.CaptureFixture[str], sentence: str) -> None:
    """Show a figure of this test, also when it passes."""
    with capsys.disabled():
        sys.stderr.write(f"\ntest-deploy: {sentence}\n")
