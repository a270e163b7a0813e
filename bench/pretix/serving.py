"""pretix under gunicorn on a free port, with a PostgreSQL and a Valkey of its own.

Always holds: the stores are the private ones of Yemae, from the same wheels with the same durable
settings; data is thrown away; all words go to files in the folder; everything ends with this
process. Sessions, caches and the broker of the background tasks are in Valkey, as pretix advises.

No background worker runs: what pretix puts off (notifications, webhooks) is queued and not done,
so that it does not take the processor from what a buyer waits for.
"""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
import psutil
from psycopg.conninfo import conninfo_to_dict

from bench.results import ROOT
from bench.serving import SECRET_KEY, START_S, STOP_S, Bench, free_port
from yemae.embedded.children import start_child
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.settings import Settings

PYTHON = ROOT / ".make" / "pretix" / "bin" / "python"
SHOP = Path(__file__).with_name("shop.py")
# The numbers of free seats and of seats that a cart has reserved: more than one run can use on a
# machine several times faster than ours.
HOLDS = 12_000
CARTS = 12_000
# Some hundred migrations take a minute or two, and longer where others work.
SET_UP_S = 900.0
WORKERS = 2
THREADS = 4
KEEP_ALIVE_S = 300


class PretixError(Exception):
    """pretix could not be set up or started."""


class Keys(msgspec.Struct, frozen=True):
    """What the buyers need to know of the shop: the API's token and the two products."""

    token: str
    seat: int
    place: int


class Shop(NamedTuple):
    """A pretix that runs, with its processes as those of a server under test."""

    bench: Bench
    keys: Keys


@contextmanager
def pretix(threads: int = THREADS) -> Iterator[Shop]:
    """Set pretix up and start it. Raises PretixError."""
    with tempfile.TemporaryDirectory(prefix="pretix-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        stores = PrivateStores(folder / "data")
        urls = stores.start()
        try:
            port = free_port()
            environ = _environ(folder, urls, port)
            keys = _set_up(folder, environ)
            with _gunicorn(folder, environ, port, threads) as process:
                yield Shop(_bench(folder, port, urls, process, stores.pids), keys)
        finally:
            stores.stop()


def _environ(folder: Path, urls: StoreUrls, port: int) -> dict[str, str]:
    """The settings: a variable PRETIX_<section>_<name> is a line of pretix's configuration file."""
    database = conninfo_to_dict(urls.database_url)
    (folder / "pretix").mkdir()
    kept = {name: value for name, value in os.environ.items() if "PRETIX" not in name}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "pretix.settings",
        "PRETIX_PRETIX_URL": f"http://127.0.0.1:{port}",
        "PRETIX_PRETIX_DATADIR": str(folder / "pretix"),
        "PRETIX_PRETIX_LOGLEVEL": "WARNING",
        "PRETIX_DJANGO_SECRET": SECRET_KEY,
        "PRETIX_DATABASE_BACKEND": "postgresql",
        "PRETIX_DATABASE_NAME": str(database["dbname"]),
        "PRETIX_DATABASE_USER": str(database["user"]),
        "PRETIX_DATABASE_HOST": str(database["host"]),
        "PRETIX_DATABASE_PORT": str(database["port"]),
        "PRETIX_REDIS_LOCATION": f"{urls.valkey_url}?db=1",
        "PRETIX_REDIS_SESSIONS": "true",
        "PRETIX_CELERY_BROKER": f"redis+socket://{urlsplit(urls.valkey_url).path}?virtual_host=2",
        "PRETIX_CELERY_BACKEND": f"redis+socket://{urlsplit(urls.valkey_url).path}?virtual_host=3",
    }


def _set_up(folder: Path, environ: Mapping[str, str]) -> Keys:
    """Make the tables and the shop."""
    _python(folder, environ, "-m", "pretix", "migrate", "--verbosity=0")
    said = _python(folder, environ, str(SHOP), str(HOLDS), str(CARTS))
    return msgspec.json.decode(said.splitlines()[-1], type=Keys)


def _python(folder: Path, environ: Mapping[str, str], *arguments: str) -> bytes:
    if not PYTHON.exists():
        raise PretixError("pretix is not installed: `make bench-pretix` does that")
    with (folder / "set-up.log").open("ab") as log:
        done = subprocess.run(
            [str(PYTHON), *arguments],
            cwd=folder,
            env=dict(environ),
            stdout=subprocess.PIPE,
            stderr=log,
            timeout=SET_UP_S,
            check=False,
        )
    if done.returncode:
        said = (folder / "set-up.log").read_text(encoding="utf-8", errors="replace")
        raise PretixError(f"{arguments}: {said[-2000:]}")
    return done.stdout


@contextmanager
def _gunicorn(
    folder: Path, environ: Mapping[str, str], port: int, threads: int
) -> Iterator["subprocess.Popen[bytes]"]:
    # Threads, because gunicorn's plain workers close the connection after each answer.
    options = [
        *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(threads)),
        *("--bind", f"127.0.0.1:{port}", "--keep-alive", str(KEEP_ALIVE_S)),
        *("--log-level", "warning"),
    ]
    command = [str(PYTHON), "-m", "gunicorn", *options, "pretix.wsgi"]
    log = folder / "gunicorn.log"
    process = start_child(command, end=signal.SIGTERM, environ=environ, folder=folder, log=log)
    try:
        _wait_until_ready(process, port, log)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=STOP_S)


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(encoding="utf-8", errors="replace")
                raise PretixError(f"gunicorn did not start: {said[-2000:]}") from None
            time.sleep(0.05)
        else:
            return


def _bench(
    folder: Path,
    port: int,
    urls: StoreUrls,
    process: "subprocess.Popen[bytes]",
    pids: Mapping[str, int],
) -> Bench:
    # gunicorn listens before its workers exist.
    master = psutil.Process(process.pid)
    deadline = time.monotonic() + START_S
    while len(workers := master.children()) < WORKERS:
        if time.monotonic() > deadline:
            raise PretixError("gunicorn has no workers")
        time.sleep(0.05)
    settings = Settings().replace(
        data_dir=folder / "data",
        database_url=urls.database_url,
        valkey_url=urls.valkey_url,
        secret_key=SECRET_KEY,
    )
    postgres, valkey = psutil.Process(pids["PostgreSQL"]), psutil.Process(pids["Valkey"])
    return Bench(settings, folder, port, tuple(workers), postgres, valkey)
