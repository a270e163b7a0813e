"""Verifies a backup by restoring it: into a scratch folder, with a PostgreSQL of its own."""

import asyncio
from pathlib import Path

from yemae.backups.books import count, require_all
from yemae.backups.folder import SCRATCH
from yemae.backups.manifest import Backup, require_intact
from yemae.backups.unpack import started, unpack
from yemae.reconcile.report import Reconciled
from yemae.reconcile.stores import reconcile_books
from yemae.schema.migrate import REVISIONS, upgrade
from yemae.settings import Settings

# The copy archives nothing, whatever ALTER SYSTEM has set in the original.
NO_ARCHIVE = "archive_mode = off\n"


def verify(backup: Backup, settings: Settings, folder: Path) -> Reconciled:
    """Restore it in the folder of backups and reconcile its books; a copy of an older schema is
    migrated first. Raises BackupError, StoreError, StoreUnavailable, OSError."""
    require_intact(backup)
    scratch = folder / SCRATCH
    scratch.mkdir(mode=0o711)
    unpack(backup, scratch)
    with (scratch / "postgres" / "postgresql.auto.conf").open("a", encoding="utf-8") as conf:
        conf.write(NO_ARCHIVE)
    with started(scratch, settings, durable=False) as copy:
        found = asyncio.run(count(copy))
        require_all(found.counts, backup.manifest.counts)
        if found.schema in REVISIONS[:-1]:
            upgrade(copy.stores.database_owner_url)
        return asyncio.run(reconcile_books(copy))
