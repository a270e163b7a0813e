"""A private server for a rehearsal: `yemae serve` with its own stores and a concert of its own.

It gets the operator's YEMAE_* variables except address and data folder, so the rehearsal uses their
settings. Its log goes to a file. It ends with this process, even when this process is killed.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from yemae.embedded.children import start_child
from yemae.embedded.private_stores import PrivateStores
from yemae.embedded.secret_key import secret_key
from yemae.rehearsal.run import RehearsalError
from yemae.rehearsal.scenario import ScenarioError
from yemae.rehearsal.target import ConcertAnswer, Target
from yemae.settings import FROM_FILE, read_settings

HOST = "127.0.0.1"
START_S = 120.0
STOP_S = 60.0
ROW_SEATS = 50
SECTION_ROWS = 20
CONCERT_ID = "rehearsal"
READY = '"event":"serving"'
# Variables that we set instead of the operator's environment.
OURS = {
    "YEMAE_HOST", "YEMAE_PORT", "YEMAE_WORKERS", "YEMAE_DATA_DIR", "YEMAE_DATABASE_URL",
    "YEMAE_VALKEY_URL", "YEMAE_SECRET_KEY", "YEMAE_MODE", "YEMAE_LOG_FORMAT",
}  # fmt: skip

CONCERT = """\
id = "{concert_id}"
title = "Rehearsal"
artist = "Simulated"
venue = "{seats} seats"
currency = "{currency}"
sale_opens_at = 2026-01-01T00:00:00Z
seat_limit = {seat_limit}

[queue]
active_limit = {active_limit}
admit_per_minute = {admit_per_minute}
entry_ttl_s = 600
absent_after_s = 45

[[grades]]
name = "R"
price = 100000

[[grades]]
name = "S"
price = 70000
"""
SECTION = """
[[sections]]
name = "{name}"
grade = "{grade}"
rows = [{rows}]
"""
PERFORMANCE = """
[[performances]]
id = "rehearsal-1"
starts_at = 2099-12-31T10:00:00Z
"""


class Private(NamedTuple):
    """The options of a private server."""

    seats: int
    seat_limit: int
    active_limit: int
    admit_per_minute: int
    workers: int
    # None: a temporary folder, deleted afterwards.
    data_dir: Path | None


@contextmanager
def private_server(private: Private) -> Iterator[Target]:
    """Start it, and stop it after the block. Raises ScenarioError or RehearsalError."""
    if private.data_dir is not None:
        folder = _empty_folder(private.data_dir)
        with _serving(private, folder) as target:
            yield target
        return
    with (
        tempfile.TemporaryDirectory(prefix="yemae-rehearsal-", ignore_cleanup_errors=True) as name,
        _serving(private, Path(name)) as target,
    ):
        yield target


def concert_file(private: Private, currency: str) -> str:
    """A hall of `seats` seats, the better half in front."""
    parts = [
        CONCERT.format(
            concert_id=CONCERT_ID,
            seats=private.seats,
            currency=currency,
            seat_limit=private.seat_limit,
            active_limit=private.active_limit,
            admit_per_minute=private.admit_per_minute,
        )
    ]
    rows, rest = divmod(private.seats, ROW_SEATS)
    specs = [f'"{row}:1-{ROW_SEATS}"' for row in range(1, min(SECTION_ROWS, rows) + 1)]
    section, left = 0, rows
    while left:
        take = min(left, SECTION_ROWS)
        grade = "R" if section * SECTION_ROWS * 2 < rows else "S"
        section, left = section + 1, left - take
        parts.append(SECTION.format(name=section, grade=grade, rows=", ".join(specs[:take])))
    if rest:
        parts.append(SECTION.format(name=section + 1, grade="S", rows=f'"1:1-{rest}"'))
    return "".join([*parts, PERFORMANCE])


def _empty_folder(folder: Path) -> Path:
    """The data folder to keep; it must be empty. Raises ScenarioError."""
    folder = folder.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ScenarioError(f"{folder} is not empty: a rehearsal starts without data.")
    except OSError as error:
        raise ScenarioError(f"{folder} cannot be used ({error.strerror}).") from error
    return folder


@contextmanager
def _serving(private: Private, folder: Path) -> Iterator[Target]:
    settings = read_settings().replace(data_dir=folder / "data")
    settings = settings.replace(database_url="", valkey_url="", secret_key="", mode="development")
    key = secret_key(settings)
    file = folder / "concert.toml"
    file.write_text(concert_file(private, settings.sale.currency), encoding="utf-8")
    port = _free_port()
    log = folder / "server.log"
    process = start_child(
        [sys.executable, "-m", "yemae", "serve", "--load", str(file)],
        end=signal.SIGTERM,
        environ=_environ(settings.stores.data_dir, port, private.workers),
        log=log,
    )
    try:
        _wait_until_ready(process, log)
        urls = PrivateStores(settings.stores.data_dir).urls
        stores = settings.replace(
            database_url=urls.database_url, valkey_url=urls.valkey_url, secret_key=key
        )
        concert = ConcertAnswer(CONCERT_ID, "Rehearsal", private.seat_limit, settings.sale.currency)
        yield Target(f"http://{HOST}:{port}", concert, key, stores, "")
    finally:
        # SIGINT, as Ctrl-C: no load balancer needs time to notice.
        process.send_signal(signal.SIGINT)
        process.wait(timeout=STOP_S)


def _environ(data_dir: Path, port: int, workers: int) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.removesuffix(FROM_FILE) not in OURS
    }
    return {
        "YEMAE_LOG_LEVEL": "warning",
        **kept,
        "YEMAE_HOST": HOST,
        "YEMAE_PORT": str(port),
        "YEMAE_WORKERS": str(workers),
        "YEMAE_DATA_DIR": str(data_dir),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    while READY not in (said := log.read_text(encoding="utf-8", errors="replace")):
        if process.poll() is not None or time.monotonic() > deadline:
            last = " ".join(said.split())[-500:]
            raise RehearsalError(f"The private server did not start: {last}")
        time.sleep(0.05)
