"""`yemae serve` as a process of its own, with its data in a folder and its output in files."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

import psutil
from psycopg.conninfo import make_conninfo

from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.runtime import Runtime, open_runtime
from yemae.schema.roles import APP_ROLE
from yemae.settings import Settings

SECRET_KEY = "a key that a test and its server share, of 32 characters or more"
START_S = 120.0
PAGE = "http://127.0.0.1:{}"


# What a server process needs for the coverage of its lines to be measured.
TRACED = "COVERAGE"


class Server:
    """One server on a free port; `variables` are further YEMAE_* settings. Its lines are not
    measured, which takes a third of its start and of each request, unless it is `traced`: most of
    them are covered by tests in one process."""

    def __init__(self, folder: Path, *options: str, **variables: str) -> None:
        self.folder = folder
        self.options = options
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = PAGE.format(self.port)
        kept = {
            name: value
            for name, value in os.environ.items()
            if "YEMAE" not in name and not name.startswith(TRACED)
        }
        self.environ = kept | {
            "YEMAE_DATA_DIR": str(folder / "data"),
            "YEMAE_PORT": str(self.port),
            "YEMAE_WORKERS": "2",
            "YEMAE_SHUTDOWN_DRAIN_S": "0",
            "YEMAE_POSTGRES_TRANSACTION_TIMEOUT_S": "60",
            "YEMAE_SECRET_KEY": SECRET_KEY,
            "YEMAE_LOG_LEVEL": "warning",
            "YEMAE_POLL_AFTER_MAX_MS": "1000",
            **variables,
        }
        # Server processes of root run as a system user that may not connect as the owner.
        if url := self.environ.get("YEMAE_DATABASE_URL"):
            self.environ["YEMAE_DATABASE_URL"] = make_conninfo(url, user=APP_ROLE)
        self.process: subprocess.Popen[bytes] | None = None

    def traced(self) -> Self:
        """Measure which lines it runs, in a run that does."""
        self.environ |= {
            name: value for name, value in os.environ.items() if name.startswith(TRACED)
        }
        return self

    @property
    def settings(self) -> Settings:
        """Settings that open a runtime on this server's stores, from this process."""
        given = StoreUrls(
            self.environ.get("YEMAE_DATABASE_URL", ""), self.environ.get("YEMAE_VALKEY_URL", "")
        )
        urls = given if all(given) else PrivateStores(self.folder / "data").urls
        return Settings().replace(
            database_url=urls.database_url,
            valkey_url=urls.valkey_url,
            secret_key=SECRET_KEY,
            data_dir=self.folder / "data",
        )

    @asynccontextmanager
    async def runtime(self) -> AsyncIterator[Runtime]:
        """A runtime on the same stores."""
        async with open_runtime(self.settings) as opened:
            yield opened

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        command = [sys.executable, "-m", "yemae", "serve", *self.options]
        with (self.folder / "out").open("wb") as out, (self.folder / "err").open("ab") as err:
            self.process = subprocess.Popen(
                command, env=self.environ, stdout=out, stderr=err, start_new_session=True
            )
        deadline = time.monotonic() + START_S
        while '"event":"serving"' not in self.said():
            assert self.process.poll() is None, self.complaint()
            assert time.monotonic() < deadline, self.complaint()
            time.sleep(0.02)

    def said(self) -> str:
        """What it wrote to its standard output."""
        return (self.folder / "out").read_text()

    def complaint(self) -> str:
        """What it wrote to its standard error, in all its lives."""
        return (self.folder / "err").read_text()

    def below(self, name: str) -> list[int]:
        """Its own children of this program, the oldest first."""
        assert self.process is not None
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # It has ended just now.
                if child.name().startswith(name):
                    found.append(child.pid)
        return found

    def workers(self) -> list[int]:
        """Its server processes, the oldest first."""
        return self._running("yemae.http.server.worker")

    def jobs(self) -> list[int]:
        """Its jobs process, if it runs."""
        return self._running("yemae.jobs.process")

    def _running(self, module: str) -> list[int]:
        found = []
        for pid in self.below("python"):
            # One that has just ended has no command line.
            with suppress(psutil.Error):
                if module in psutil.Process(pid).cmdline():
                    found.append(pid)
        return found

    def end(self, number: int = signal.SIGTERM, within_s: float = 120.0) -> int:
        """Send a signal and wait for the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=within_s)

    def stop(self) -> None:
        """End it if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.end()
