"""Restores a backup as a data folder.

Always holds: the data folder appears whole, by one rename, after PostgreSQL has recovered it and
its counts were compared; the folder that it replaces is moved aside and never deleted. Killed at
any moment, it leaves the old folder in its place or aside, and a draft that the next restore
removes.
"""

import asyncio
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from yemae.backups.books import begin_queues, count, require_all
from yemae.backups.folder import flush
from yemae.backups.manifest import (
    Backup,
    BackupCounts,
    BackupError,
    read_backup,
    require_fitting,
    require_intact,
)
from yemae.backups.unpack import started, unpack
from yemae.embedded.data_folder import FolderBusyError, lock_folder, open_folder
from yemae.embedded.restored import RestoredFrom, mark_restored
from yemae.settings import Settings
from yemae.values.instants import instant


class Restored(NamedTuple):
    """A restored data folder, and where the one before is."""

    data_dir: Path
    backup: Backup
    counts: BackupCounts
    schema: str
    moved_to: Path | None


def restore(settings: Settings, path: Path, data_dir: Path, *, replace: bool) -> Restored:
    """Restore a backup. Raises BackupError, StoreError, StoreUnavailable, OSError."""
    backup = read_backup(path.absolute())
    require_fitting(backup)
    with owned(data_dir, replace=replace), _draft_beside(data_dir) as draft:
        require_intact(backup)
        unpack(backup, draft)
        with started(draft, settings, durable=True) as copy:
            found = asyncio.run(count(copy))
            require_all(found.counts, backup.manifest.counts)
            asyncio.run(begin_queues(copy))
        mark_restored(draft, RestoredFrom(str(backup.path), instant(backup.manifest.began_at)))
        _belong_as_before(draft, data_dir)
        flush(draft)
        moved_to = _put_in_place(draft, data_dir)
    return Restored(data_dir, backup, found.counts, found.schema, moved_to)


@contextmanager
def owned(data_dir: Path, *, replace: bool) -> Iterator[None]:
    """Own the place of the data folder, so that no server starts on what is moved aside."""
    if data_dir.is_symlink() or os.path.ismount(data_dir):
        raise BackupError(
            f"{data_dir} is a mount or a link, which cannot be replaced in one step: restore into "
            "a folder below it and set YEMAE_DATA_DIR to that."
        )
    if data_dir.exists() and not data_dir.is_dir():
        raise BackupError(f"{data_dir} is not a folder.")
    if not _has_something(data_dir):
        yield
        return
    if not (data_dir / "lock").exists():  # No server has ever run here.
        if not replace:
            raise _not_empty(data_dir)
        yield
        return
    try:
        lock = lock_folder(data_dir, "command")
    except FolderBusyError as busy:
        raise BackupError(str(busy)) from busy
    try:
        if not replace:
            raise _not_empty(data_dir)
        yield
    finally:
        lock.release()


def _has_something(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _not_empty(data_dir: Path) -> BackupError:
    return BackupError(
        f"{data_dir} is not empty: name another folder, or add --replace, which moves it aside."
    )


@contextmanager
def _draft_beside(data_dir: Path) -> Iterator[Path]:
    """An empty folder beside the data folder, for this process alone."""
    draft = data_dir.with_name(f".{data_dir.name}.restoring")
    open_folder(data_dir.parent)
    draft.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(draft, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another restore to {data_dir} is at work.") from None
        for left in draft.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        draft.chmod(0o711 if os.geteuid() == 0 else 0o700)
        try:
            yield draft
        finally:
            if draft.exists() and os.fstat(descriptor).st_ino == draft.stat().st_ino:
                shutil.rmtree(draft, ignore_errors=True)
    finally:
        os.close(descriptor)


def _belong_as_before(draft: Path, data_dir: Path) -> None:
    """Root gives a data folder back to the user who had it, such as that of a systemd unit."""
    if os.geteuid() != 0 or not data_dir.exists() or not (owner := data_dir.stat()).st_uid:
        return
    draft.chmod(owner.st_mode & 0o777)
    for path in (draft, *draft.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _put_in_place(draft: Path, data_dir: Path) -> Path | None:
    """Move what is there aside, and the draft to its place. Returns where the old one is."""
    moved_to = None
    if _has_something(data_dir):
        moved_to = data_dir.with_name(f"{data_dir.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S}Z")
        data_dir.rename(moved_to)
    draft.rename(data_dir)
    flush(data_dir.parent)
    return moved_to
