"""The folder that backups are kept in.

Always holds: a backup has its name only once it is complete and on disk; one command at a time
works in the folder; what a killed one left is removed by the next; and only complete older backups
of the same database are ever deleted.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from yemae.backups.manifest import Backup, BackupError, read_backup
from yemae.store.errors import StoreError
from yemae.values.instants import instant

NAME = re.compile(r"yemae-\d{8}T\d{6}\.\d{3}Z")
# What is not complete, and what a verification unpacks.
DRAFT = ".yemae-draft"
SCRATCH = ".yemae-scratch"
LAST = "last.json"


class LastBackup(msgspec.Struct, frozen=True):
    """When the last backup of a data folder was begun, where it is, and when it was verified."""

    at: str
    path: str
    verified_at: str | None = None


@contextmanager
def backups_folder(folder: Path) -> Iterator[Path]:
    """Work in a folder of backups alone: a lock that the kernel gives back keeps others out.

    Yields the folder for what is not complete, which is removed at the end. Raises BackupError and
    StoreError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise BackupError(f"The folder {folder} cannot be used ({error.strerror}).") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"Another backup is being written to {folder}.") from None
        draft = folder / DRAFT
        _clear(folder)
        draft.mkdir(mode=0o700)
        try:
            yield draft
        finally:
            _clear(folder)
    finally:
        os.close(descriptor)


def _clear(folder: Path) -> None:
    for name in (DRAFT, SCRATCH):
        shutil.rmtree(folder / name, ignore_errors=True)


def name_of(began_at: datetime) -> str:
    """The name of the backup that was begun then."""
    return f"yemae-{began_at.astimezone(UTC):%Y%m%dT%H%M%S}.{began_at.microsecond // 1000:03}Z"


def complete(folder: Path, system_id: str) -> list[Backup]:
    """The complete backups of a database, the oldest first; what cannot be read is none."""
    found = []
    for path in folder.iterdir():
        if NAME.fullmatch(path.name):
            with suppress(BackupError):
                found.append(read_backup(path))
    mine = [backup for backup in found if backup.manifest.system_id == system_id]
    return sorted(mine, key=lambda backup: backup.manifest.began_at)


def keep_newest(folder: Path, made: Backup, keep: int) -> list[Path]:
    """Delete complete backups of the same database until this number is left: the one just made and
    the newest others. Returns which were deleted.

    Each first loses its name, so that a backup that is half deleted is not taken for one.
    """
    others = [old for old in complete(folder, made.manifest.system_id) if old.path != made.path]
    gone = []
    for backup in others[: max(0, len(others) + 1 - keep)]:
        doomed = folder / SCRATCH
        backup.path.rename(doomed)
        shutil.rmtree(doomed)
        gone.append(backup.path)
    return gone


def note_last(data_dir: Path, backup: Backup, verified_at: datetime | None) -> None:
    """Keep the time of the last backup in the data folder, wherever the backup itself is."""
    last = LastBackup(
        instant(backup.manifest.began_at),
        str(backup.path),
        None if verified_at is None else instant(verified_at),
    )
    folder = data_dir / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    draft = folder / f".{LAST}"
    draft.write_bytes(msgspec.json.encode(last))
    draft.replace(folder / LAST)


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
