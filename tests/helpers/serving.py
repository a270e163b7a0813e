"""`yemae serve` around the tiny application of tests/serve, with its output in files."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

SERVE = (sys.executable, str(Path(__file__).parents[1] / "serve" / "serve_tiny.py"))


def until(condition: Callable[[], bool], deadline_s: float = 120) -> None:
    """Wait for a condition; the test fails when it does not come true."""
    deadline = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


# The lines that it writes when it serves: as JSON, and as text.
SERVING = ('"event":"serving"', "Stop it")


class Serving:
    """One `yemae serve` with its output in files."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environ = {
            **{name: value for name, value in os.environ.items() if "YEMAE" not in name},
            "YEMAE_DATA_DIR": str(folder / "data"),
            "YEMAE_PORT": str(self.port),
            "YEMAE_WORKERS": "1",
            "YEMAE_SHUTDOWN_DRAIN_S": "0",
            **variables,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self, *options: str) -> subprocess.Popen[bytes]:
        """Start the command and return at once."""
        with (self.folder / "out").open("wb") as out, (self.folder / "err").open("wb") as err:
            self.process = subprocess.Popen(
                [*SERVE, *options], env=self.environ, stdout=out, stderr=err, start_new_session=True
            )
        return self.process

    def start(self, *options: str) -> psutil.Process:
        """Start the command and wait until it says that it serves."""
        process = self.begin(*options)
        until(lambda: any(word in self.said() for word in SERVING) or process.poll() is not None)
        assert process.poll() is None, self.said() + self.complaint()
        return psutil.Process(process.pid)

    def said(self) -> str:
        """Read what it wrote to its standard output."""
        return (self.folder / "out").read_text()

    def complaint(self) -> str:
        """Read what it wrote to its standard error."""
        return (self.folder / "err").read_text()

    def refusal(self) -> tuple[int, str]:
        """Start it, expecting a refusal: exit code and last line."""
        code = self.begin().wait(timeout=120)
        return code, self.complaint().strip().splitlines()[-1]

    def get(self, path: str = "/pid") -> str:
        """Ask the server."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=120) as answer:
            return str(answer.read().decode())

    def answers(self) -> bool:
        """Tell whether a process answers."""
        try:
            return bool(self.get())
        except OSError:
            return False

    def worker(self) -> int:
        """Ask for the process that answers."""
        return int(self.get().split()[0])

    def below(self) -> list[psutil.Process]:
        """Find every process under it."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=120)


def alive(process: psutil.Process) -> bool:
    """Tell whether it runs; an orphan that init has not buried yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
