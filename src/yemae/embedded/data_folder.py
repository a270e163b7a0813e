"""The data folder: who may use it, and what lies where in it.

Always holds: at most one process owns a folder (a lock that the kernel gives back when the owner
dies, by any cause), and its secret files are readable by the owner only.

    postgres/  valkey/  log/  run/ (sockets)  secret.key  lock  backups/  rehearsals/
"""

import fcntl
import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from yemae.store.errors import StoreError

# A socket's path has 108 bytes on Linux and 104 on macOS, with its end mark.
SOCKET_PATH_MAX_BYTES = 100
LONGEST_SOCKET = ".s.PGSQL.5432"
# Where the system can tell, ask for the user that files are opened as.
EFFECTIVE = os.access in os.supports_effective_ids

Purpose = Literal["serve", "command"]


class Holder(NamedTuple):
    """The process that owns a data folder."""

    pid: int
    purpose: Purpose


class FolderBusyError(StoreError):
    """Another process owns the data folder."""

    def __init__(self, data_dir: Path, holder: Holder) -> None:
        self.holder = holder
        who = "Another Yemae server" if holder.purpose == "serve" else "A yemae command"
        super().__init__(
            f"{who} (process {holder.pid}) is using the data folder {data_dir}: stop it first, or "
            "set YEMAE_DATA_DIR and YEMAE_PORT to run a second server beside it."
        )


@dataclass(eq=False)
class FolderLock:
    """Ownership of a data folder, until released or until the process ends."""

    descriptor: int

    def release(self) -> None:
        """Give the folder back."""
        os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)


def open_folder(data_dir: Path) -> None:
    """Make sure that the data folder exists and can be written to.

    Root's folder may be passed through, though not listed, because PostgreSQL runs as a system
    user there; everything inside is closed to others.
    """
    advice = "set YEMAE_DATA_DIR to a folder that you may write to"
    try:
        missing = [path for path in (data_dir, *data_dir.parents) if not path.exists()]
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            if os.geteuid() == 0:
                folder.chmod(stat.S_IMODE(folder.stat().st_mode) | 0o011)
        if missing:
            data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise StoreError(
            f"The data folder {data_dir} cannot be made ({error.strerror}): {advice}."
        ) from error
    if not data_dir.is_dir():
        raise StoreError(f"The data folder {data_dir} is not a folder: {advice}.")
    if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK, effective_ids=EFFECTIVE):
        raise StoreError(f"The data folder {data_dir} cannot be written to: {advice}.")


def lock_folder(data_dir: Path, purpose: Purpose, wait_s: float = 0) -> FolderLock:
    """Become the owner. Raises FolderBusyError naming the present one.

    A short command is waited for up to `wait_s`; a server is not, as it stays.
    """
    deadline = time.monotonic() + wait_s
    descriptor = _open_lock(data_dir)
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            if holder.purpose == "serve" or time.monotonic() > deadline:
                os.close(descriptor)
                raise FolderBusyError(data_dir, holder) from None
            time.sleep(0.02)
        else:
            if not _is_here(descriptor, data_dir):
                os.close(descriptor)
                descriptor = _open_lock(data_dir)
                continue
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{purpose} {os.getpid()}\n".encode(), 0)
            return FolderLock(descriptor)


def _open_lock(data_dir: Path) -> int:
    try:
        return os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"The data folder {data_dir} cannot be locked ({error.strerror}): it belongs to "
            "another user, or its disk is full."
        ) from error


def _is_here(descriptor: int, data_dir: Path) -> bool:
    """Whether the lock is that of the folder that has the name now: a restore may have moved the
    one aside whose lock was waited for."""
    try:
        return os.path.samestat(os.fstat(descriptor), (data_dir / "lock").stat())
    except FileNotFoundError:
        return False


def _holder(descriptor: int) -> Holder:
    """Who wrote the lock file; a holder that has not got to writing yet counts as a command."""
    words = os.pread(descriptor, 64, 0).split()
    if len(words) != 2:
        return Holder(0, "command")
    return Holder(int(words[1]), "serve" if words[0] == b"serve" else "command")


def running_server(data_dir: Path) -> int | None:
    """The process number of the server that owns the folder, or None."""
    try:
        descriptor = os.open(data_dir / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # Shared and for a moment: a command that wants the folder just now tries again.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _holder(descriptor)
        return holder.pid if holder.purpose == "serve" else None
    else:
        return None
    finally:
        os.close(descriptor)


def has_begun(data_dir: Path, name: str) -> bool:
    """Whether something of a server is there, or a server is about to make it."""
    try:
        return (data_dir / name).exists() or (data_dir / "lock").read_bytes()[:5] == b"serve"
    except FileNotFoundError:
        return False
    except OSError:
        return True  # What is wrong with the folder is said where it is opened.


def run_folder(data_dir: Path) -> Path:
    """Where the sockets are: in the data folder, or under /tmp when that path is too long, or when
    the system user that root's servers run as may not pass through it."""
    inside = data_dir / "run"
    is_short = len(os.fsencode(inside / LONGEST_SOCKET)) <= SOCKET_PATH_MAX_BYTES
    if is_short and (os.geteuid() != 0 or passable(data_dir)):
        return inside
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path("/tmp") / f"yemae-{os.geteuid()}-{name}"  # noqa: S108 - make_private checks it


def passable(folder: Path) -> bool:
    """Whether every user may pass through a folder and all above it, as far as they exist."""
    return all(
        not above.exists() or above.stat().st_mode & stat.S_IXOTH
        for above in (folder, *folder.parents)
    )


def make_private(folder: Path, uid: int, gid: int) -> None:
    """Make a folder that only `uid` may enter, or check that an existing one is such.

    Under /tmp another user could have made a folder or a link of this name first.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {uid, os.geteuid()}:
            raise StoreError(f"{folder} belongs to another user: remove it and try again.")
        if found.st_uid != uid:
            os.chown(folder, uid, gid)
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise StoreError(f"The folder {folder} cannot be made ({error.strerror}).") from error
