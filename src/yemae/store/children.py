"""Child processes that never outlive their parent, and the user they run as.

Always holds: a child gets its end signal from the kernel when the parent dies, even by `kill -9`,
and sits in a session of its own, so that Ctrl-C in the terminal reaches only the parent, which
decides the order of stopping. The signal is tied to the thread that started the child: start
children from the main thread.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

from yemae.store.data_folder import StoreError

SYSTEM_USER = "yemae"
LOG_MAX_BYTES = 16_777_216

# Folders that only root may enter lie above many a checkout or data folder. With this capability
# the system user may pass through and read, but not write. Without no_setuid_fixup the kernel
# would leave the capability out when initdb asks access(2).
PASS_THROUGH = (
    "--securebits", "+no_setuid_fixup",
    "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
    "--bounding-set=-all,+dac_read_search",
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """The user that stores run as; `switches` are what setpriv needs to become it."""

    uid: int
    gid: int
    switches: tuple[str, ...] = ()


def wheel(package: str) -> Path:
    """Find a package's folder without importing it: these bring start-up code that we don't use."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise StoreError(f"The package {package} is not installed.")
    return Path(found.submodule_search_locations[0])


def store_account() -> Account:
    """Choose this user, or for root, whom PostgreSQL refuses, a system user made on first use."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if shutil.which("setpriv") is None:
        raise StoreError(
            "PostgreSQL does not run as root, and setpriv (package util-linux) is not installed: "
            "install it, or start Yemae as an ordinary user."
        )
    user = _system_user()
    become = ("--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups")
    return Account(user.pw_uid, user.pw_gid, become)


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


def able_account(account: Account, programs: Sequence[Path], folders: Sequence[Path]) -> Account:
    """Add no more rights than it takes to run `programs` and write to `folders`."""
    if not account.switches:
        return account
    for extra in ((), PASS_THROUGH):
        able = Account(account.uid, account.gid, account.switches + extra)
        if _can(able, programs, folders):
            return able
    raise StoreError(
        f"PostgreSQL does not run as root, and its system user {SYSTEM_USER} cannot reach "
        f"{folders[0]} or {programs[0]}: put the data folder (YEMAE_DATA_DIR) and the checkout "
        "under folders that everybody may enter, or start Yemae as an ordinary user."
    )


def _can(account: Account, programs: Sequence[Path], folders: Sequence[Path]) -> bool:
    tries = [f'"${n}" --version' for n in range(1, len(programs) + 1)]
    tries += [f'test -w "${{{n + len(programs)}}}"' for n in range(1, len(folders) + 1)]
    script = ["/bin/sh", "-c", " && ".join(tries), "sh", *map(str, (*programs, *folders))]
    command = ["setpriv", *account.switches, "--", *script]
    return subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0


def own(folder: Path, account: Account) -> None:
    """Give a folder and all in it to the account, such as one that root restored from a copy."""
    if os.geteuid() != 0 or folder.lstat().st_uid == account.uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def start_child(
    command: Sequence[str],
    *,
    end: signal.Signals,
    account: Account | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    log: Path | None = None,
    pass_fds: Sequence[int] = (),
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
            pass_fds=tuple(pass_fds), umask=0o077,
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
    """Wait; a process that has ended and that nobody buried yet counts as gone."""
    deadline = time.monotonic() + wait_s
    while living_in(folder, program):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
