"""Child processes that never outlive their parent.

Always holds: a child gets its end signal from the kernel when the parent dies, even by `kill -9`,
and sits in a session of its own, so that Ctrl-C in the terminal reaches only the parent, which
decides the order of stopping. The signal is tied to the thread that started the child: start
children from the main thread.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psutil

from yemae.embedded.account import SystemUser
from yemae.store.errors import StoreError

LOG_MAX_BYTES = 16_777_216


def wheel(package: str) -> Path:
    """Find a package's folder without importing it: these bring start-up code that we don't use."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise StoreError(f"The package {package} is not installed.")
    return Path(found.submodule_search_locations[0])


def own(folder: Path, account: SystemUser) -> None:
    """Give a folder and all in it to the account, such as one that root restored from a copy."""
    if os.geteuid() != 0 or folder.lstat().st_uid == account.uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def start_child(
    command: Sequence[str],
    *,
    end: signal.Signals,
    account: SystemUser | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    log: Path | None = None,
    pass_fds: Sequence[int] = (),
    umask: int = 0o077,
) -> subprocess.Popen[bytes]:
    """Start a child that gets `end` when this process dies. Its output goes to `log`, if named."""
    # Without setpriv (not Linux) a child may outlive a killed parent; the next start ends it.
    wrap = ["setpriv", *(account.switches if account else ()), "--pdeathsig", end.name[3:], "--"]
    whole = [*(wrap if shutil.which("setpriv") else ()), *command]
    descriptor = _open_log(log) if log else None
    try:
        return subprocess.Popen(
            whole, stdin=subprocess.DEVNULL, stdout=descriptor, stderr=descriptor, cwd=folder,
            env=None if environ is None else dict(environ), start_new_session=True,
            pass_fds=tuple(pass_fds), umask=umask,
        )  # fmt: skip
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _open_log(path: Path) -> int:
    """Open a log for appending; a full one is kept as `.1` and a new one begun."""
    if path.exists() and path.stat().st_size > LOG_MAX_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def living_in(folder: Path, program: str) -> list[psutil.Process]:
    """Find processes of this program that work in the folder, as both stores enter theirs."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() == program and process.cwd() == os.fspath(folder.resolve()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def outlive(folder: Path, program: str, end: signal.Signals, wait_s: float) -> None:
    """Wait until a dead server's store has ended; ask it to, when it does not by itself.

    It got its end signal when the server died, so it is ending; the second request is for
    systems without such a signal. Raises StoreError when it stays.
    """
    if _all_gone(folder, program, wait_s):
        return
    left = living_in(folder, program)
    for process in left:
        # Sub-processes follow their leader; and any of them may be ending at this moment.
        with suppress(psutil.NoSuchProcess):
            if process.ppid() not in {other.pid for other in left}:
                process.send_signal(end)
    if not _all_gone(folder, program, wait_s):
        pids = ", ".join(str(process.pid) for process in living_in(folder, program))
        raise StoreError(f"A {program} from before (process {pids}) still uses {folder}: end it.")


def _all_gone(folder: Path, program: str, wait_s: float) -> bool:
    """Wait; a process that has ended and was not reaped yet counts as gone."""
    deadline = time.monotonic() + wait_s
    while living_in(folder, program):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
