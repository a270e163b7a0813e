"""The processes of `yemae serve`: started, watched, replaced when they die, and stopped in good
order.

Always holds: as many run as were asked for, or are about to be started again. A process that dies
after it was ready is replaced for ever. A server process that never gets ready is replaced only a
few times, because then something is wrong that a restart does not mend; the jobs process for ever,
because the sale goes on without it. A process whose event loop stands still sends no heartbeat, and
is replaced as well.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

import structlog
from prometheus_client import multiprocess

from yemae.base.shared_folder import SHARED_FOLDER
from yemae.embedded.children import start_child
from yemae.serve.address import ServeError

COMMAND = (sys.executable, "-m", "yemae.http.server.worker")
JOBS_COMMAND = (sys.executable, "-m", "yemae.jobs.process")
# From the last heartbeat of a process to its replacement.
HEARTBEAT_TIMEOUT_S = 30.0
START_FAILURES_MAX = 5
RESTART_FIRST_S = 0.1
RESTART_MAX_S = 5.0
KILL_WAIT_S = 5.0
# A process that is not ready after this time is taken for hung.
START_WAIT_S = 120.0
# How long a hung process has for its last word: where each of its threads stands.
LAST_WORD_S = 1.0
# After a pause of this length of the supervisor itself, the heartbeats of the others start anew.
STOOD_STILL_S = 5.0
BEATS_MAX_BYTES = 65_536
# What a process writes while it still is root is read by those that are not any more: by the group.
GROUP_READS = 0o027
# What the supervisor asks of a server process, besides to stop.
DRAIN = signal.SIGUSR1
SAY_WHERE = signal.SIGUSR2

log = structlog.get_logger(__name__)


class Worker:
    """One place in the pool, and the process that fills it at the moment."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.failures = 0
        self.start_after = 0.0
        self.heard_at = 0.0
        self.given_up_at: float | None = None
        self._pipe = -1

    def start(
        self, command: Sequence[str], listener: int | None, environ: Mapping[str, str]
    ) -> None:
        """Start a process; it writes a byte to the pipe when it is ready, and every second from
        then on."""
        self._pipe, ours = os.pipe()
        for end in (self._pipe, ours):
            os.set_blocking(end, False)
        passed = (ours,) if listener is None else (listener, ours)
        try:
            self.process = start_child(
                [*command, *map(str, passed)],
                end=signal.SIGTERM, environ=environ, pass_fds=passed, umask=GROUP_READS,
            )  # fmt: skip
        finally:
            os.close(ours)
        self.ready = False
        self.given_up_at = None
        self.heard_at = time.monotonic()

    def look(self, now: float) -> int | None:
        """Note its signs of life. Returns its exit code once it has ended."""
        if self.process is None:
            return None
        code = self.process.poll()
        if self._was_heard():
            self.ready = True
            self.heard_at = now
            self.failures = 0
        return code

    def _was_heard(self) -> bool:
        try:
            return bool(os.read(self._pipe, BEATS_MAX_BYTES))
        except BlockingIOError:
            return False

    def silent_s(self, now: float) -> float:
        """How long nothing was heard of it."""
        return now - self.heard_at

    def drain(self) -> None:
        """Have it say that it is not ready any more."""
        if self.process is not None:
            self.process.send_signal(DRAIN)

    def forget(self) -> None:
        """Let go of a process that has ended."""
        self.process = None
        os.close(self._pipe)
        self._pipe = -1


class WorkerPool:
    """All processes of one kind of one `yemae serve`: server processes with a listener, or the jobs
    process without one. Use it from the main thread (see children.py)."""

    def __init__(
        self,
        size: int,
        listener: int | None,
        environ: Mapping[str, str],
        command: Sequence[str],
        silence_max_s: float,
    ) -> None:
        what = "jobs process" if listener is None else "server process"
        self._ended, self._hangs = f"{what} ended", f"{what} hangs and is replaced"
        self._silence_max_s = silence_max_s
        self._looked_at = time.monotonic()
        self._workers = [Worker() for _ in range(size)]
        self._listener = listener
        self._environ = environ
        self._command = command
        self._is_draining = False

    @property
    def pids(self) -> list[int]:
        """The processes that run."""
        return [worker.process.pid for worker in self._workers if worker.process is not None]

    @property
    def all_ready(self) -> bool:
        """Whether every process takes requests."""
        return all(worker.ready for worker in self._workers)

    @property
    def any_ready(self) -> bool:
        """Whether a process takes requests: one that hangs does until it is given up."""
        return any(worker.ready and worker.given_up_at is None for worker in self._workers)

    def check(self) -> None:
        """Start what is missing. Raises ServeError when a process cannot get ready.

        Call it a few times a second; it never waits.
        """
        now = time.monotonic()
        stood_still = now - self._looked_at > STOOD_STILL_S
        self._looked_at = now
        for worker in self._workers:
            was_ready = worker.ready
            code = worker.look(now)
            if self._is_draining and worker.ready and not was_ready:
                worker.drain()
            if stood_still:
                worker.heard_at = now
            if worker.process is not None and code is not None:
                self._bury(worker, worker.process.pid, code, now)
            elif worker.process is not None:
                self._end_if_hung(worker, worker.process, now)
            if worker.process is None and now >= worker.start_after:
                worker.start(self._command, self._listener, self._environ)

    def _bury(self, worker: Worker, pid: int, code: int, now: float) -> None:
        was_ready = worker.ready
        worker.forget()
        worker.ready = False
        # Its gauges would otherwise count for ever.
        multiprocess.mark_process_dead(pid, self._environ[SHARED_FOLDER])  # type: ignore[no-untyped-call]
        log.warning(self._ended, pid=pid, exit_code=code, was_ready=was_ready)
        if not was_ready:
            worker.failures += 1
        if worker.failures >= START_FAILURES_MAX and self._listener is not None:
            raise ServeError(
                f"A server process ended {worker.failures} times in a row before it was ready "
                f"(exit code {code}); its reason is in the messages above."
            )
        doublings = min(worker.failures, START_FAILURES_MAX + 1)
        delay_s = RESTART_FIRST_S * 2**doublings if doublings else 0.0
        worker.start_after = now + min(RESTART_MAX_S, delay_s)

    def _end_if_hung(self, worker: Worker, process: subprocess.Popen[bytes], now: float) -> None:
        """Kill a process that has gone silent; how it ended is the next look's business."""
        silent_s = worker.silent_s(now)
        if worker.given_up_at is not None:
            if now - worker.given_up_at > LAST_WORD_S:
                process.kill()
        elif silent_s > (self._silence_max_s if worker.ready else START_WAIT_S):
            log.error(self._hangs, pid=process.pid, silent_s=silent_s)
            worker.given_up_at = now
            process.send_signal(SAY_WHERE)

    def drain(self) -> None:
        """Have each tell balancers to look elsewhere, while it still takes requests; also one that
        gets ready from now on."""
        self._is_draining = True
        for worker in self._workers:
            if worker.ready:
                worker.drain()

    def begin_stop(self) -> None:
        """Ask each to finish what it has."""
        for worker in self._workers:
            if worker.process is not None:
                worker.process.send_signal(signal.SIGTERM)

    def stop(self, grace_s: float) -> None:
        """Let each finish what it has for up to `grace_s`, then kill what is left."""
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
