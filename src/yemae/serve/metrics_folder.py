"""The folder in which the server processes of one `yemae serve` share numbers: those of their
metrics, and the ends of passes.

Always holds: it is in use as long as its server lives, because the server holds a lock that ends
with it, however it ends; and a server that starts removes those that are not in use any more. What
a process writes there while it still is root belongs to the group of the system user, so that the
processes that have given up root can read it at once.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from pathlib import Path

import structlog

from yemae.embedded.account import SystemUser, store_account
from yemae.store.errors import StoreError

IN_USE = "in-use"

log = structlog.get_logger(__name__)


def make_folder(run: Path | None) -> Path:
    """Make a fresh one: in the private folder of the sockets, or where temporary files are."""
    account = _account()
    place = run or Path(tempfile.gettempdir())
    prefix = "metrics-" if run else "yemae-metrics-"
    for old in place.glob(f"{prefix}*"):
        _remove_unused(old, {os.geteuid(), account.uid})
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    descriptor = os.open(folder / IN_USE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)  # never closed: the lock is this process's own
    if account.uid != os.geteuid():
        folder.chmod(0o2700)  # Its files get its group.
        os.chown(folder, account.uid, account.gid)
    return folder


def _account() -> SystemUser:
    """The user that server processes run as: this one, but for root."""
    try:
        return store_account()
    except StoreError as error:
        log.warning("server processes keep the rights of root", reason=str(error))
        return SystemUser(os.geteuid(), os.getegid())


def _remove_unused(folder: Path, owners: set[int]) -> None:
    """Remove a folder of ours whose server has ended. Another user may own one of this name."""
    try:
        found = folder.lstat()
        if found.st_uid not in owners or not stat.S_ISDIR(found.st_mode):
            return
        descriptor = os.open(folder / IN_USE, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return  # It has gone, or it was made by a version that did not lock.
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
