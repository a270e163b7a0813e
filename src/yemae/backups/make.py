"""Makes a backup of the private PostgreSQL, which may be running."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from yemae.backups.books import count
from yemae.backups.folder import flush, name_of
from yemae.backups.manifest import (
    KEY,
    MANIFEST,
    POSTGRES,
    Backup,
    BackupError,
    Manifest,
    sums_of,
)
from yemae.embedded.base_backup import take_base_backup
from yemae.schema.migrate import is_empty
from yemae.settings import Settings


def make_backup(settings: Settings, draft: Path, folder: Path) -> Backup:
    """Write everything to the draft, and move it to its place in the folder when it is on disk.

    `settings` name stores that answer, and the key. Raises BackupError, StoreError,
    StoreUnavailable, OSError.
    """
    if is_empty(settings.stores.database_owner_url):
        raise BackupError("The database is empty: there is nothing to back up.")
    began_at = datetime.now(UTC)
    counted = asyncio.run(count(settings))
    take_base_backup(settings.stores.database_owner_url, draft / POSTGRES)
    write_private(draft / KEY, f"{settings.stores.secret_key}\n".encode())
    manifest = Manifest(
        schema=counted.schema,
        system_id=counted.system_id,
        began_at=began_at,
        ended_at=datetime.now(UTC),
        counts=counted.counts,
        files=sums_of(draft),
    )
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    write_private(draft / MANIFEST, text + b"\n")
    flush(draft)
    path = folder / name_of(began_at)
    draft.rename(path)
    flush(folder)
    return Backup(path, manifest)


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that its owner alone may read, to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
