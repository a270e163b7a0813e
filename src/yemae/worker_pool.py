"""The server processes: started, watched, replaced when they die, and stopped in good order.

Always holds: as many run as were asked for, or are about to be started again. A process that dies
after it was ready is replaced for ever; one that never gets ready only a few times, because then
something is wrong that a restart does not mend.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

import structlog
from prometheus_client import multiprocess

from yemae.listening import ServeError
from yemae.store.children import start_child

COMMAND = (sys.executable, "-m", "yemae.http.worker")
START_FAILURES_MAX = 5
RESTART_FIRST_S = 0.1
RESTART_MAX_S = 5.0
KILL_WAIT_S = 5.0

log = structlog.get_logger(__name__)


class Worker:
    """One place in the pool, and the process that fills it at the moment."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.failures = 0
        self.start_after = 0.0
        self._ready_pipe = -1

    def start(self, command: Sequence[str], listener: int, environ: Mapping[str, str]) -> None:
        """Start a process; it writes one byte to the pipe when it takes requests."""
        self._ready_pipe, ours = os.pipe()
        os.set_blocking(self._ready_pipe, False)
        try:
            self.process = start_child(
                [*command, str(listener), str(ours)],
                end=signal.SIGTERM, environ=environ, pass_fds=(listener, ours),
            )  # fmt: skip
        finally:
            os.close(ours)
        self.ready = False

    def look(self) -> int | None:
        """Note whether it got ready. Returns its exit code once it has ended."""
        if self.process is None:
            return None
        code = self.process.poll()
        if self._ready_pipe >= 0 and not self.ready:
            self.ready = self._read_pipe()
        if self.ready:
            self.failures = 0
        return code

    def _read_pipe(self) -> bool:
        try:
            return os.read(self._ready_pipe, 1) == b"1"
        except BlockingIOError:
            return False

    def forget(self) -> None:
        """Let go of a process that has ended."""
        self.process = None
        os.close(self._ready_pipe)
        self._ready_pipe = -1


class WorkerPool:
    """All server processes of one `yemae serve`. Use it from the main thread (see children.py)."""

    def __init__(
        self, size: int, listener: int, environ: Mapping[str, str], command: Sequence[str]
    ) -> None:
        self._workers = [Worker() for _ in range(size)]
        self._listener = listener
        self._environ = environ
        self._command = command

    @property
    def pids(self) -> list[int]:
        """The processes that run."""
        return [worker.process.pid for worker in self._workers if worker.process is not None]

    @property
    def all_ready(self) -> bool:
        """Whether every process takes requests."""
        return all(worker.ready for worker in self._workers)

    def check(self) -> None:
        """Start what is missing. Raises ServeError when a process cannot get ready.

        Call it a few times a second; it never waits.
        """
        now = time.monotonic()
        for worker in self._workers:
            code = worker.look()
            if worker.process is not None and code is not None:
                self._bury(worker, worker.process.pid, code, now)
            if worker.process is None and now >= worker.start_after:
                worker.start(self._command, self._listener, self._environ)

    def _bury(self, worker: Worker, pid: int, code: int, now: float) -> None:
        was_ready = worker.ready
        worker.forget()
        worker.ready = False
        # Its gauges would otherwise count for ever.
        multiprocess.mark_process_dead(pid, self._environ["PROMETHEUS_MULTIPROC_DIR"])  # type: ignore[no-untyped-call]
        log.warning("server process ended", pid=pid, exit_code=code, was_ready=was_ready)
        if not was_ready:
            worker.failures += 1
        if worker.failures >= START_FAILURES_MAX:
            raise ServeError(
                f"A server process ended {worker.failures} times in a row before it was ready "
                f"(exit code {code}); its reason is in the messages above."
            )
        delay_s = RESTART_FIRST_S * 2**worker.failures if worker.failures else 0.0
        worker.start_after = now + min(RESTART_MAX_S, delay_s)

    def stop(self, grace_s: float) -> None:
        """Let each finish its requests for up to `grace_s`, then kill what is left."""
        for number, wait_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, KILL_WAIT_S)):
            deadline = time.monotonic() + wait_s
            for worker in self._workers:
                if worker.process is not None:
                    worker.process.send_signal(number)
            for worker in self._workers:
                if worker.process is not None and _ended(worker.process, deadline):
                    worker.forget()


def _ended(process: subprocess.Popen[bytes], deadline: float) -> bool:
    try:
        process.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True
