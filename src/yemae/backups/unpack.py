"""Unpacks a backup into a data folder, and starts the private PostgreSQL in it.

Always holds: only files and folders below the data folder are made, readable by their owner alone.
"""

import gzip
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from yemae.backups.make import write_private
from yemae.backups.manifest import KEY, POSTGRES, Backup, BackupError
from yemae.embedded.data_folder import run_folder
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.settings import Settings

# Valkey is not started: a backup has no waiting room.
NO_VALKEY = StoreUrls("", "valkey://127.0.0.1:1")


def unpack(backup: Backup, data_dir: Path) -> None:
    """Make the data folder's files. Raises BackupError and OSError."""
    postgres = data_dir / "postgres"
    packed = backup.path / POSTGRES
    postgres.mkdir(mode=0o700)
    _unpack(packed / "base.tar.gz", postgres)
    _unpack(packed / "pg_wal.tar.gz", postgres / "pg_wal")
    write_private(data_dir / KEY, (backup.path / KEY).read_bytes())


def _unpack(archive: Path, folder: Path) -> None:
    try:
        # PostgreSQL writes several gzip streams, one after the other, which tarfile alone would
        # take for an early end.
        with gzip.open(archive) as content, tarfile.open(fileobj=content, mode="r|") as members:
            for member in members:
                _place(members, member, folder)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise BackupError(f"{archive} is damaged ({error}).") from error


def _place(members: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    path = folder / name
    content = members.extractfile(member) if member.isfile() else None
    if name.is_absolute() or ".." in name.parts or not (content or member.isdir()):
        raise BackupError(f"The backup has {member.name!r}, which is no part of a database.")
    if content is None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    with content, path.open("xb") as file:
        path.chmod(0o600)
        shutil.copyfileobj(content, file, 1_048_576)


@contextmanager
def started(data_dir: Path, settings: Settings, *, durable: bool) -> Iterator[Settings]:
    """Start PostgreSQL on an unpacked folder, which recovers it; yields the settings that name it.
    At the end it has ended cleanly. Raises StoreError."""
    stores = PrivateStores(data_dir, external=NO_VALKEY, durable=durable)
    try:
        urls = stores.start()
        yield settings.replace(
            database_url=stores.app_url,
            database_owner_url=urls.database_url,
            valkey_url=urls.valkey_url,
        )
    finally:
        stores.stop()
        shutil.rmtree(run_folder(data_dir), ignore_errors=True)
