"""The user that the stores and the server processes run as.

Always holds: what root starts gives root up for good. It runs as a system user, in no further
group, without any capability and without a way back (`no_new_privs`). That user may be kept out of
the folders that the program or its data are in, such as those under `/root`; then it is handed the
folder itself (a descriptor) or a copy of the program, and never the right to read all files.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from yemae.base.shared_folder import SHARED_FOLDER
from yemae.embedded.data_folder import passable
from yemae.store.errors import StoreError

SYSTEM_USER = "yemae"
# Where the system user finds programs that are out of its reach where they were installed.
PROGRAMS = Path("/var/lib/yemae/programs")
NO_MORE = ("--clear-groups", "--inh-caps=-all", "--no-new-privs")
# From <linux/prctl.h>.
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38


@dataclass(frozen=True)
class SystemUser:
    """A user; `switches` are what setpriv needs to become it, none when that is this user."""

    uid: int
    gid: int
    switches: tuple[str, ...] = ()


class Handed(NamedTuple):
    """A folder as a child names it, and the descriptors that the child has to inherit for that."""

    path: str
    descriptors: tuple[int, ...] = ()


def store_account() -> SystemUser:
    """Choose this user, or for root, whom PostgreSQL refuses, a system user made on first use.

    Raises StoreError when root cannot become it.
    """
    if os.geteuid() != 0:
        return SystemUser(os.geteuid(), os.getegid())
    if shutil.which("setpriv") is None:
        raise StoreError(
            "PostgreSQL does not run as root, and setpriv (package util-linux) is not installed: "
            "install it, or start Yemae as an ordinary user."
        )
    user = _system_user()
    become = ("--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), *NO_MORE)
    account = SystemUser(user.pw_uid, user.pw_gid, become)
    done = _as(account, ["true"])
    if done.returncode != 0:
        raise StoreError(
            f"Root cannot become the system user {SYSTEM_USER} here ({done.stderr.strip()}): start "
            "Yemae as an ordinary user."
        )
    return account


def _system_user() -> pwd.struct_passwd:
    reason = ""
    # Two first starts at once: one of them finds the list of users locked, and then changed.
    for _ in range(50):
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            reason = _add_system_user()
            if "lock" in reason:
                time.sleep(0.1)
            elif reason:
                break
    raise StoreError(
        f"PostgreSQL does not run as root, and its system user {SYSTEM_USER} cannot be made "
        f"({reason}): make it, or start Yemae as an ordinary user."
    )


def _add_system_user() -> str:
    """Add the user; "" or why that failed."""
    useradd = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent",
               "--shell", "/usr/sbin/nologin", SYSTEM_USER]  # fmt: skip
    try:
        done = subprocess.run(useradd, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr.strip() if done.returncode else ""


def _as(account: SystemUser, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a short command as the account, from a folder that all users may enter."""
    # By a shell, because setpriv itself looks for its command with the rights it begins with.
    wrapped = ["setpriv", *account.switches, "--", "/bin/sh", "-c", 'exec "$@"', "sh", *command]
    return subprocess.run(wrapped, capture_output=True, text=True, check=False, cwd="/")


def within_reach(account: SystemUser, program: Path, package: Path, name: str) -> Path:
    """A path of `program`, which lies somewhere in the folder `package` or is all of it, that the
    account can run: its own, or that in a copy of the package, made by root and writable by root
    only.

    Raises StoreError when neither works.
    """
    if not account.switches or _as(account, [str(program), "--version"]).returncode == 0:
        return program
    copy = PROGRAMS / name / program.relative_to(package.parent)
    try:
        if not copy.exists():
            _copy(package, PROGRAMS / name)
        done = _as(account, [str(copy), "--version"])
    except OSError as error:
        reason = f"{error.strerror}: {error.filename}"
    else:
        if done.returncode == 0:
            return copy
        reason = done.stderr.strip()
    raise StoreError(
        f"The system user {SYSTEM_USER}, which root runs the stores as, cannot run {program}, and "
        f"not a copy of it in {PROGRAMS} either ({reason}): put the checkout under folders that "
        "all users may enter, or start Yemae as an ordinary user."
    )


def _copy(package: Path, target: Path) -> None:
    """Copy a wheel, or its one program, so that all users may run it; the copy is atomic."""
    for folder, mode in ((PROGRAMS.parent, 0o711), (PROGRAMS, 0o755)):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(mode)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    # Beside the package are the libraries of its wheel; programs look for them there.
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.is_file():
            draft.mkdir()
            shutil.copy(source, draft)
        elif source.exists():
            leave = shutil.ignore_patterns("include", "__pycache__")
            shutil.copytree(source, draft / source.name, symlinks=True, ignore=leave)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            can_run = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if can_run else 0o644)
    with suppress(OSError):
        draft.rename(target)  # Another first start may have been quicker: a full folder stays.
    shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def handed(folder: Path, account: SystemUser) -> Iterator[Handed]:
    """How a child of the account, started in this block, finds its folder, also where it may not
    pass through what lies above."""
    if not account.switches or passable(folder.parent):
        yield Handed(str(folder))
        return
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield Handed(f"/proc/self/fd/{descriptor}", (descriptor,))
    finally:
        os.close(descriptor)


def give_up_root() -> None:
    """Become the system user where this is root, with the files that this process has open for its
    metrics. It does so before it looks at anything that comes from outside."""
    if os.geteuid() != 0:
        return
    with suppress(StoreError):  # There is no such user here: the supervisor has said so.
        account = store_account()
        for path in Path(os.environ[SHARED_FOLDER]).glob(f"*_{os.getpid()}.db"):
            os.chown(path, account.uid, account.gid)
        become(account)


def become(account: SystemUser) -> None:
    """Make this process run as the account, for good, with all it has opened and imported.

    Root only. What Python has yet to import is found afterwards, too. Raises OSError when root may
    not do so; then nothing has changed, or the process must not go on.
    """
    parent = os.getppid()
    roots = _open_roots()
    os.setgroups([])
    os.setresgid(account.gid, account.gid, account.gid)
    os.setresuid(account.uid, account.uid, account.uid)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    # A change of user takes the end signal back that the parent had ordered for its own death.
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        signal.raise_signal(signal.SIGTERM)
    _reach_through(roots)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl failed")


def _open_roots() -> dict[str, int]:
    """A descriptor of each folder that modules come from."""
    folders = [entry for entry in dict.fromkeys(sys.path) if entry and Path(entry).is_dir()]
    return {folder: os.open(folder, os.O_PATH | os.O_DIRECTORY) for folder in folders}


def _reach_through(roots: dict[str, int]) -> None:
    """Import from folders that are out of reach by now through the descriptors of them.

    A process may always follow its own `/proc/self/fd`, even below folders that it cannot enter.
    """
    moved: dict[str, str] = {}
    for folder, descriptor in roots.items():
        if os.access(folder, os.R_OK | os.X_OK):
            os.close(descriptor)
        else:
            moved[folder] = f"/proc/self/fd/{descriptor}"
    if not moved:
        return
    paths = [sys.path]
    for module in tuple(sys.modules.values()):
        found = getattr(module, "__path__", None)
        paths += [found] if isinstance(found, list) else []
    for path in paths:
        path[:] = [_moved(entry, moved) for entry in path]
    sys.path_importer_cache.clear()


def _moved(entry: str, moved: dict[str, str]) -> str:
    # The longest first: site-packages lies in the folder of the standard library.
    for folder in sorted(moved, key=len, reverse=True):
        if entry == folder or entry.startswith(f"{folder}/"):
            return moved[folder] + entry[len(folder) :]
    return entry
