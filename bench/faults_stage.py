"""The stage of the fault run: a server with private stores, a bank beside it, and what kills them.

Always holds: only processes below the server that this program started are killed, each by its id;
a server process and a store come back by themselves, and a server that was killed is started again.
"""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psutil

from bench.serving import SECRET_KEY, START_S, STOP_S, Concert, concert_file, free_port
from yemae.embedded.children import start_child
from yemae.embedded.private_stores import PrivateStores
from yemae.settings import Settings

HALL = Concert("faults-hall", active_limit=1_000_000, admit_per_minute=10_000_000)
# Names of child processes, the one of the server itself, and how often each dies.
TARGETS = {"python": 4, "postgres": 3, "valkey-server": 3, "server": 1}
CANCELLATION = '[cancellation]\npreset = "kr-performance"\n'
SEATS_EACH = 50_000


class Faults(NamedTuple):
    """How bad it gets."""

    orders: int
    seed: int
    kill_every_s: float
    unreliable: float
    hangs: float
    hold_ttl_s: int
    workers: int


class Stage:
    """The server and its bank."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        self.faults = faults
        self.port, self.bank_port = free_port(), free_port()
        self.url, self.bank_url = (f"http://127.0.0.1:{p}" for p in (self.port, self.bank_port))
        self.killed: Counter[str] = Counter()
        self._folder = folder
        self._starts = 0
        self._server: subprocess.Popen[bytes] | None = None
        self._bank: subprocess.Popen[bytes] | None = None
        # Killing the server and its start take turns.
        self._turn = asyncio.Lock()
        self._luck = random.Random(faults.seed)  # noqa: S311 - no secret

    @property
    def hall(self) -> Concert:
        """With a seat for each order."""
        dates = -(-self.faults.orders // SEATS_EACH)
        seats = -(-self.faults.orders // dates)
        return HALL._replace(seats=seats, performances=dates, more=CANCELLATION)

    @property
    def settings(self) -> Settings:
        """Settings that open the server's stores, and reach its bank, from this process."""
        urls = PrivateStores(self._folder / "data").urls
        return Settings().replace(
            data_dir=self._folder / "data",
            database_url=urls.database_url,
            valkey_url=urls.valkey_url,
            secret_key=SECRET_KEY,
            payment_keys=self.bank_url,
            port=self.port,
        )

    def start(self) -> None:
        """Start the bank, once, and the server."""
        environ = {key: value for key, value in os.environ.items() if "YEMAE" not in key}
        environ["YEMAE_SECRET_KEY"] = SECRET_KEY
        if self._bank is None:
            options = {
                "--port": self.bank_port,
                "--seed": self.faults.seed,
                "--unreliable": self.faults.unreliable,
                "--hangs": self.faults.hangs,
            }
            command = [sys.executable, "-m", "bench.bank"]
            command += [str(word) for pair in options.items() for word in pair]
            self._bank = start_child(
                command, end=signal.SIGKILL, environ=environ, log=self._folder / "bank.log"
            )
        deadline = time.monotonic() + START_S
        while not self._serves(environ):
            # Server processes of one that was killed have the port until they have finished.
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {self._said()[-2000:]}")
            time.sleep(0.5)

    def _serves(self, environ: Mapping[str, str]) -> bool:
        """Start the server once, and wait until it says that it is ready; False: it has ended."""
        command = [sys.executable, "-m", "yemae", "serve"]
        if not self.killed:
            command += ["--load", str(concert_file(self._folder, self.hall))]
        self._starts += 1
        own = {
            "YEMAE_DATA_DIR": str(self._folder / "data"),
            "YEMAE_PORT": str(self.port),
            "YEMAE_WORKERS": str(self.faults.workers),
            "YEMAE_LOG_LEVEL": "error",
            "YEMAE_TOP_UPS": "card",
            "YEMAE_PAYMENT_KEYS": self.bank_url,
            "YEMAE_HOLD_TTL_S": str(self.faults.hold_ttl_s),
            "YEMAE_POSTGRES_TRANSACTION_TIMEOUT_S": "60",
            "YEMAE_POLL_AFTER_MAX_MS": "1000",
        }
        self._server = start_child(
            command, end=signal.SIGTERM, environ={**environ, **own}, log=self._log
        )
        while '"event":"serving"' not in self._said():
            if self._server.poll() is not None:
                return False
            time.sleep(0.05)
        return True

    @property
    def _log(self) -> Path:
        return self._folder / f"server-{self._starts}.log"

    def _said(self) -> str:
        return self._log.read_text(errors="replace")

    def keep_logs(self, folder: Path) -> None:
        """Copy what the server and the bank have written."""
        folder.mkdir(parents=True, exist_ok=True)
        for log in self._folder.glob("*.log"):
            shutil.copy(log, folder)

    def stop(self) -> None:
        """End both."""
        for process in (self._server, self._bank):
            if process is not None:
                process.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=STOP_S)

    async def kill_again_and_again(self) -> None:
        """Until it is cancelled; the server is up then."""
        luck = self._luck
        while True:
            await asyncio.sleep(luck.uniform(0.5, 1.5) * self.faults.kill_every_s)
            (target,) = luck.choices(list(TARGETS), list(TARGETS.values()))
            await asyncio.shield(self.kill(target))

    async def kill(self, target: str) -> None:
        """`kill -9` of a child with this name, or of the server with all of them."""
        async with self._turn:
            assert self._server is not None
            if self._server.poll() is not None:
                raise RuntimeError("the server has ended by itself")
            if target == "server":
                self._server.kill()
                await asyncio.to_thread(self._server.wait)
                await asyncio.to_thread(self.start)
            else:
                with suppress(psutil.NoSuchProcess):
                    found = [
                        child
                        for child in psutil.Process(self._server.pid).children()
                        if child.name().startswith(target)
                    ]
                    if not found:
                        return
                    self._luck.choice(found).kill()
            self.killed[target] += 1


@contextmanager
def on_stage(faults: Faults) -> Iterator[Stage]:
    """A stage whose data is deleted at the end."""
    with TemporaryDirectory(prefix="yemae-faults-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        stage = Stage(Path(name), faults)
        try:
            stage.start()
            yield stage
        finally:
            stage.stop()
