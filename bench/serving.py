"""The server under test: `yemae serve` on a free port, with private stores.

Always holds: its data is deleted, its log goes to a file, and it ends with this process, even when
this process is killed. By default it has one worker, pinned to the first core; this client and the
stores are pinned to the other cores, because a worker that moves between cores gives unsteady
figures. On a machine with one core nothing is pinned.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psutil

from yemae.embedded.children import start_child
from yemae.embedded.private_stores import PrivateStores
from yemae.settings import Settings

SECRET_KEY = "a key that signs the tokens of a bench, and no others"  # noqa: S105
PRICE = 50_000
NO_VARIABLES: Mapping[str, str] = {}
START_S = 120.0
STOP_S = 60.0
# Valkey shares a core with the client; its slow log should show its own time, not its turns.
VALKEY_NICE = -10
# What this process had before it pinned itself.
CORES = sorted(os.sched_getaffinity(0))

CONCERT = """\
id = "{concert_id}"
title = "Bench"
artist = "Bench"
venue = "Bench"
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
price = {price}

[[sections]]
name = "Floor"
grade = "R"
rows = ["A:1-{seats}"]
"""

PERFORMANCE = """
[[performances]]
id = "{performance_id}"
starts_at = {starts_at:%Y-%m-%dT%H:%M:%SZ}
"""
FIRST_STARTS_AT = datetime(2030, 1, 1, 10, tzinfo=UTC)


class Bench(NamedTuple):
    """A running server, and how to reach it and its stores."""

    settings: Settings
    folder: Path
    port: int
    # What they use of the processor is measured: of the server's processes, of PostgreSQL, which
    # has a process for each connection below this one, and of Valkey.
    workers: tuple[psutil.Process, ...]
    postgres: psutil.Process
    valkey: psutil.Process


class Concert(NamedTuple):
    """A concert to be loaded; its seats are "1", "2" and so on. By default one fan is admitted and
    all others stay in line, present for an hour without a poll."""

    concert_id: str
    opens_at: str = "2026-01-01T00:00:00Z"
    active_limit: int = 1
    admit_per_minute: int = 1
    absent_after_s: int = 3_600
    price: int = PRICE
    seats: int = 50
    performances: int = 1
    more: str = ""
    more_of_queue: str = ""

    @property
    def performance_ids(self) -> list[str]:
        """The ids of its performances, by date."""
        return [f"{self.concert_id}-{number}" for number in range(1, self.performances + 1)]


def concert_file(folder: Path, concert: Concert) -> Path:
    """Write the file of a concert."""
    path = folder / f"{concert.concert_id}.toml"
    text = CONCERT.format(**concert._asdict())
    for days, performance_id in enumerate(concert.performance_ids):
        starts_at = FIRST_STARTS_AT + timedelta(days=days)
        text += PERFORMANCE.format(performance_id=performance_id, starts_at=starts_at)
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def serving(
    concerts: Iterable[Concert],
    variables: Mapping[str, str] = NO_VARIABLES,
    *,
    workers: int = 1,
    pinned: bool = True,
) -> Iterator[Bench]:
    """Start a server with these concerts, and end it; `variables` are further YEMAE_* settings.

    Raises RuntimeError with the server's last words when it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="yemae-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        command = [sys.executable, "-m", "yemae", "serve"]
        for concert in concerts:
            command += ["--load", str(concert_file(folder, concert))]
        port = free_port()
        kept = {name: value for name, value in os.environ.items() if "YEMAE" not in name}
        environ = kept | {
            "YEMAE_DATA_DIR": str(folder / "data"),
            "YEMAE_PORT": str(port),
            "YEMAE_WORKERS": str(workers),
            "YEMAE_SECRET_KEY": SECRET_KEY,
            "YEMAE_LOG_LEVEL": "warning",
            **variables,
        }
        process = start_child(
            command, end=signal.SIGTERM, environ=environ, log=folder / "server.log"
        )
        try:
            _wait_until_ready(process, folder / "server.log")
            yield _open(process, folder, port, pinned=pinned)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=STOP_S)


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    while '"event":"serving"' not in (said := log.read_text(encoding="utf-8", errors="replace")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start: {said[-2000:]}")
        time.sleep(0.05)


def _open(process: "subprocess.Popen[bytes]", folder: Path, port: int, *, pinned: bool) -> Bench:
    below = psutil.Process(process.pid).children(recursive=True)
    workers = _named(below, "yemae.http.server.worker")
    (valkey,) = _named(below, "valkey-server")
    postgres = _named(below, "bin/postgres")[0]
    if pinned:
        _pin(workers, below)
    with suppress(psutil.AccessDenied):
        valkey.nice(VALKEY_NICE)
    urls = PrivateStores(folder / "data").urls
    settings = Settings().replace(
        data_dir=folder / "data",
        database_url=urls.database_url,
        valkey_url=urls.valkey_url,
        secret_key=SECRET_KEY,
    )
    return Bench(settings, folder, port, tuple(workers), postgres, valkey)


def _named(below: Sequence[psutil.Process], name: str) -> list[psutil.Process]:
    """The processes whose command has the name in it, parents first."""
    found = [child for child in below if any(name in word for word in child.cmdline()[:4])]
    assert found, f"no process of {name}"
    return found


def _pin(workers: Sequence[psutil.Process], below: Sequence[psutil.Process]) -> None:
    first, *rest = CORES
    if not rest:
        return
    for process in (*below, psutil.Process()):
        _set_cores(process, rest)
    for worker in workers:
        _set_cores(worker, [first])


@contextmanager
def on_all_cores(bench: Bench) -> Iterator[None]:
    """Let PostgreSQL, and programs that this process starts, use every core for a while."""
    processes = (bench.postgres, *bench.postgres.children(), psutil.Process())
    before = {process: process.cpu_affinity() for process in processes}
    try:
        for process in processes:
            _set_cores(process, CORES)
        yield
    finally:
        for process, cores in before.items():
            with suppress(psutil.NoSuchProcess):
                _set_cores(process, cores)


def _set_cores(process: psutil.Process, cores: Sequence[int]) -> None:
    # A process that is already running has its threads pinned one by one.
    for thread in process.threads():
        os.sched_setaffinity(thread.id, cores)
