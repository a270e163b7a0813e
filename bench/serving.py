"""The server under test: `yemae serve` with one worker, on a free port, with private stores.

Always holds: its data is thrown away, its words go to a file, and it ends with this process, in
whatever way that ends. The worker is pinned to the first core and everything else (this client and
the stores) to the rest, because a worker that wanders between the cores gives another figure
each second. On a machine with one core nothing is pinned.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from yemae.settings import Settings
from yemae.store.children import start_child
from yemae.store.embedded import PrivateStores

SECRET_KEY = "the key of a bench, with which nobody else signs anything"  # noqa: S105
START_S = 120.0
STOP_S = 60.0
# Valkey shares a core with the client; its slow log should show its own time, not its turns.
VALKEY_NICE = -10
# What this process had before it pinned itself.
CORES = sorted(os.sched_getaffinity(0))

CONCERT = """\
id = "{concert_id}"
title = "Bench"
artist = "Nobody"
venue = "Nowhere"
sale_opens_at = {opens_at}
numbering = "{{seat}}"
{more}
[queue]
active_limit = {active_limit}
admit_per_minute = {admit_per_minute}
entry_ttl_s = 86400
absent_after_s = {absent_after_s}
{more_of_queue}
[[grades]]
name = "R"
price = 50000

[[sections]]
name = "Floor"
grade = "R"
rows = ["A:1-50"]

[[performances]]
id = "{concert_id}-1"
starts_at = 2030-01-01T10:00:00Z
"""


class Bench(NamedTuple):
    """A server that runs, and how to reach it and its stores."""

    settings: Settings
    folder: Path
    port: int
    # Of the worker and of its Valkey: what they use of the processor is measured.
    worker: psutil.Process
    valkey: psutil.Process


def concert_file(
    folder: Path,
    concert_id: str,
    *,
    opens_at: str = "2026-01-01T00:00:00Z",
    active_limit: int = 1,
    admit_per_minute: int = 1,
    absent_after_s: int = 3_600,
    more: str = "",
    more_of_queue: str = "",
) -> Path:
    """Write a concert file. Unless told otherwise, one fan comes in and all others stay in line,
    present for an hour without asking."""
    path = folder / f"{concert_id}.toml"
    fields = {name: value for name, value in locals().items() if name not in ("folder", "path")}
    path.write_text(CONCERT.format(**fields), encoding="utf-8")
    return path


@contextmanager
def serving(lines: Mapping[str, int], **variables: str) -> Iterator[Bench]:
    """Start a server with lines that stand still, and end it.

    `lines` has the seconds after which a fan of each counts as absent; `variables` are further
    YEMAE_* settings. Raises RuntimeError with the server's last words when it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="yemae-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        files = [
            concert_file(folder, concert_id, absent_after_s=absent_after_s)
            for concert_id, absent_after_s in lines.items()
        ]
        port = _free_port()
        kept = {name: value for name, value in os.environ.items() if "YEMAE" not in name}
        environ = kept | {
            "YEMAE_DATA_DIR": str(folder / "data"),
            "YEMAE_PORT": str(port),
            "YEMAE_WORKERS": "1",
            "YEMAE_SECRET_KEY": SECRET_KEY,
            "YEMAE_LOG_LEVEL": "warning",
            **variables,
        }
        command = [sys.executable, "-m", "yemae", "serve"]
        for file in files:
            command += ["--load", str(file)]
        process = start_child(
            command, end=signal.SIGTERM, environ=environ, log=folder / "server.log"
        )
        try:
            _wait_until_ready(process, folder / "server.log")
            yield _open(process, folder, port)
        finally:
            process.terminate()
            process.wait(timeout=STOP_S)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    while "Stop it" not in (said := log.read_text(encoding="utf-8", errors="replace")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start: {said[-2000:]}")
        time.sleep(0.05)


def _open(process: "subprocess.Popen[bytes]", folder: Path, port: int) -> Bench:
    below = psutil.Process(process.pid).children(recursive=True)
    worker = _one(below, "yemae.http.worker")
    valkey = _one(below, "valkey-server")
    _pin(worker, below)
    with suppress(psutil.AccessDenied):
        valkey.nice(VALKEY_NICE)
    urls = PrivateStores(folder / "data").urls
    settings = Settings(
        data_dir=folder / "data",
        database_url=urls.database_url,
        valkey_url=urls.valkey_url,
        secret_key=SECRET_KEY,
    )
    return Bench(settings, folder, port, worker, valkey)


def _one(below: Sequence[psutil.Process], name: str) -> psutil.Process:
    found = [child for child in below if any(name in word for word in child.cmdline()[:4])]
    assert len(found) == 1, f"{len(found)} processes of {name}"
    return found[0]


def _pin(worker: psutil.Process, below: Sequence[psutil.Process]) -> None:
    first, *rest = CORES
    if not rest:
        return
    for process in (*below, psutil.Process()):
        _set_cores(process, rest)
    _set_cores(worker, [first])


def _set_cores(process: psutil.Process, cores: list[int]) -> None:
    # A process that is already running has its threads pinned one by one.
    for thread in process.threads():
        os.sched_setaffinity(thread.id, cores)
