"""What is checked on this machine alone: settings, data folder, disk, limit of open files."""

import os
import pwd
import resource
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil

from yemae.base.open_files import RESERVED_FILES, bound
from yemae.doctor.findings import Finding, found, worst
from yemae.embedded.data_folder import EFFECTIVE
from yemae.embedded.secret_key import FILE as KEY_FILE
from yemae.settings import Settings, unknown_variables

MB = 1_000_000
# PostgreSQL may write 4 GB of its log between two checkpoints, and less where less is free.
LOW_BYTES = 2_000 * MB
NONE_BYTES = 256 * MB
FILES_MIN = 10_000
PRIVATE = ("postgres", "valkey", "log", "run")


def check_settings() -> Finding:
    """Whether a variable is misspelt."""
    if sentences := unknown_variables():
        return found("settings.unknown", sentences=" ".join(sentences))
    return found("settings.known")


def uses_folder(settings: Settings) -> bool:
    """Whether anything of the server is in the data folder."""
    stores = settings.stores
    return not (stores.database_url and stores.valkey_url and stores.secret_key)


def check_data_folder(settings: Settings) -> Finding:
    """Whether the server's user owns the folder and what is in it, and all is closed to others."""
    folder = settings.stores.data_dir
    if not uses_folder(settings):
        return found("data_folder.unused", folder=str(folder))
    try:
        own = folder.stat()
    except FileNotFoundError:
        return found("data_folder.none", folder=str(folder))
    except OSError:
        return _foreign(folder, folder, _reachable(folder).stat().st_uid)
    if not folder.is_dir() or not os.access(
        folder, os.R_OK | os.W_OK | os.X_OK, effective_ids=EFFECTIVE
    ):
        return _foreign(folder, folder, own.st_uid)
    right = found("data_folder.right", folder=str(folder), owner=_name(own.st_uid))
    return worst([right, *_open_to_others(folder), *_of_others(folder)])


def _open_to_others(folder: Path) -> Iterator[Finding]:
    """Others may list the folder itself, because all that is in it is closed to them."""
    inside = [(folder / name, 0o077) for name in PRIVATE]
    for path, bits in ((folder, 0o022), *inside):
        if path.is_dir() and (mode := stat.S_IMODE(path.stat().st_mode)) & bits:
            yield found("data_folder.open", path=str(path), mode=f"{mode:04o}")


def _of_others(folder: Path) -> Iterator[Finding]:
    """Root's server gives what it finds to its system user; an ordinary one cannot."""
    if os.geteuid() == 0:
        return
    for path in sorted(folder.iterdir()):
        if path.name in {*PRIVATE, KEY_FILE, "lock"} and path.lstat().st_uid != os.geteuid():
            yield _foreign(folder, path, path.lstat().st_uid)


def _foreign(folder: Path, path: Path, owner: int) -> Finding:
    return found(
        "data_folder.foreign",
        folder=str(folder),
        path=str(path),
        owner=_name(owner),
        user=_name(os.geteuid()),
    )


def _reachable(path: Path) -> Path:
    """The lowest folder above it that this user may look at."""
    return next(above for above in path.parents if os.access(above.parent, os.X_OK))


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def check_free_space(settings: Settings) -> Finding:
    """Whether the disk of the private stores has room for what they write."""
    folder = settings.stores.data_dir
    if settings.stores.database_url and settings.stores.valkey_url:
        return found("free_space.elsewhere")
    try:
        free_bytes, disk = shutil.disk_usage(folder).free, os.statvfs(folder)
    except OSError:
        return found("free_space.no_folder", folder=str(folder))
    # Some file systems have no fixed number of files, and say 0.
    return judge_space(str(folder), free_bytes, disk.f_favail if disk.f_files else FILES_MIN)


def judge_space(folder: str, free_bytes: int, files: int) -> Finding:
    """Whether a disk with this many bytes and files free is large enough."""
    if files < FILES_MIN:
        return found("free_space.no_files", folder=folder, files=files)
    name = "none" if free_bytes < NONE_BYTES else "low" if free_bytes < LOW_BYTES else "enough"
    return found(f"free_space.{name}", folder=folder, free_mb=free_bytes // MB)


def check_open_files(settings: Settings, server_pid: int | None) -> Finding:
    """Whether a server process may open as many files as it has connections, by the hard limit of
    the server that runs, or else of this command."""
    whose, files = _open_files(server_pid)
    wanted = settings.server.connections_max
    possible = bound(wanted, files)
    if files == resource.RLIM_INFINITY:
        return found("open_files.unlimited", whose=whose)
    if possible >= wanted:
        return found("open_files.enough", whose=whose, files=files, connections=wanted)
    return found(
        "open_files.few",
        whose=whose,
        files=files,
        bound=possible,
        connections=wanted,
        needed=wanted + RESERVED_FILES,
    )


def _open_files(server_pid: int | None) -> tuple[str, int]:
    if server_pid is not None:
        try:
            return "The running server", psutil.Process(server_pid).rlimit(psutil.RLIMIT_NOFILE)[1]
        except psutil.Error:
            pass  # It has ended, or belongs to another user.
    return "This shell", resource.getrlimit(resource.RLIMIT_NOFILE)[1]
