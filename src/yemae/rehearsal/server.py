"""A private server for a rehearsal: `yemae serve` with its own stores and a concert of its own.

It gets the operator's YEMAE_* variables except address and data folder, so the rehearsal uses their
settings. Its log goes to a file. It ends with this process, even when this process is killed.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from yemae.embedded.children import start_child
from yemae.embedded.private_stores import PrivateStores
from yemae.embedded.secret_key import secret_key
from yemae.rehearsal.own_file import OwnFile, shifted
from yemae.rehearsal.run import RehearsalError
from yemae.rehearsal.scenario import ScenarioError
from yemae.rehearsal.target import ConcertAnswer, Target, wait_for_concert
from yemae.settings import FROM_FILE, read_settings

HOST = "127.0.0.1"
START_S = 120.0
STOP_S = 60.0
# The time that a load may take before the first fans come.
LOAD_S = 5.0
ROW_SEATS = 50
SECTION_ROWS = 20
CONCERT_ID = "rehearsal"
READY = '"event":"serving"'
# Variables that we set instead of the operator's environment.
OURS = {
    "YEMAE_HOST", "YEMAE_PORT", "YEMAE_WORKERS", "YEMAE_DATA_DIR", "YEMAE_DATABASE_URL",
    "YEMAE_VALKEY_URL", "YEMAE_SECRET_KEY", "YEMAE_MODE", "YEMAE_LOG_FORMAT", "YEMAE_TOP_UPS",
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
    # None: a hall of `seats` seats.
    own: OwnFile | None = None


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
    own, file = private.own, folder / "concert.toml"
    if own is None:
        file.write_text(concert_file(private, settings.sale.currency), encoding="utf-8")
    else:
        settings = settings.replace(currency=own.currency)
    port = _free_port()
    log = folder / "server.log"
    environ = _environ(settings.stores.data_dir, port, private.workers) | _for_file(own)
    process = start_child(
        [sys.executable, "-m", "yemae", "serve", *(["--load", str(file)] if own is None else [])],
        end=signal.SIGTERM,
        environ=environ,
        log=log,
    )
    try:
        _wait_until_ready(process, log)
        urls = PrivateStores(settings.stores.data_dir).urls
        stores = settings.replace(
            database_url=urls.database_url, valkey_url=urls.valkey_url, secret_key=key
        )
        url = f"http://{HOST}:{port}"
        concert = ConcertAnswer(CONCERT_ID, "Rehearsal", private.seat_limit, settings.sale.currency)
        target = Target(url, concert, key, stores, "", is_private=True)
        yield target if own is None else _on_sale(own, target, file, environ)
    finally:
        # SIGINT, as Ctrl-C: no load balancer needs time to notice.
        process.send_signal(signal.SIGINT)
        process.wait(timeout=STOP_S)


def _for_file(own: OwnFile | None) -> dict[str, str]:
    """The settings that an operator's file needs. Challenges are easy, so that the work of
    thousands of devices does not load the processors of the server."""
    if own is None:
        return {}
    return {"YEMAE_CURRENCY": own.currency, "YEMAE_CHALLENGE_COUNTER_MAX": "1"}


def _on_sale(own: OwnFile, target: Target, file: Path, environ: Mapping[str, str]) -> Target:
    """Load the shifted file when the server is ready, as an operator does, and wait until the
    first fans are due. Raises RehearsalError."""
    first_fans_at = datetime.now(UTC) + timedelta(seconds=LOAD_S if own.early_s else 0)
    file.write_text(shifted(own, first_fans_at), encoding="utf-8")
    loaded = subprocess.run(
        [sys.executable, "-m", "yemae", "concerts", "load", str(file)],
        env=dict(environ), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if loaded.returncode:
        raise RehearsalError(f"The file was not loaded: {loaded.stderr.strip()}")
    asyncio.run(wait_for_concert(target.url, own.concert_id))
    time.sleep(max(0.0, (first_fans_at - datetime.now(UTC)).total_seconds()))
    first = own.first_performance_at.isoformat()
    concert = ConcertAnswer(own.concert_id, own.title, own.seat_limit, own.currency, first)
    opens_at = first_fans_at + timedelta(seconds=own.early_s)
    return target._replace(concert=concert, own=own, opens_at=opens_at)


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
