"""What is in a backup: versions, times, counts, and a checksum of each file.

    yemae-20300501T110000.000Z/  manifest.json  secret.key
                                 postgres/  base.tar.gz  pg_wal.tar.gz  backup_manifest

Always holds: a folder with this name and a manifest is a complete backup.
"""

import hashlib
import platform
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from yemae import __version__
from yemae.embedded.base_backup import FILES
from yemae.embedded.postgres_server import MAJOR, VERSION
from yemae.schema.migrate import REVISIONS
from yemae.values.troubles import BadInputError

FORMAT = 1
MANIFEST = "manifest.json"
KEY = "secret.key"
POSTGRES = "postgres"
CHECKED = (KEY, *(f"{POSTGRES}/{name}" for name in FILES))


class BackupError(BadInputError):
    """A backup, or a place for one, that cannot be used; the text is one sentence."""


class BackupCounts(msgspec.Struct, frozen=True):
    """What the database had: none of these ever falls, but for tickets of cancelled seats."""

    orders: int
    tickets: int
    ledger_sum: int


class FileSum(msgspec.Struct, frozen=True):
    """The size and the checksum of a file."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself.

    The counts are those of `began_at`; the data are those of `ended_at`. `system_id` is
    PostgreSQL's own number of the database, which a restored copy keeps.
    """

    format: int = FORMAT
    yemae: str = __version__
    postgres: str = VERSION
    machine: str = msgspec.field(default_factory=platform.machine)
    schema: str
    system_id: str
    began_at: datetime
    ended_at: datetime
    counts: BackupCounts
    files: dict[str, FileSum]

    @property
    def bytes(self) -> int:
        """The size of the backup."""
        return sum(file.bytes for file in self.files.values())


class Backup(NamedTuple):
    """A complete backup."""

    path: Path
    manifest: Manifest


class _Format(msgspec.Struct):
    format: int


def read_backup(path: Path) -> Backup:
    """Read the manifest. Raises BackupError unless this program knows its format."""
    try:
        text = (path / MANIFEST).read_bytes()
    except OSError as error:
        raise BackupError(
            f"{path} is no complete backup: its {MANIFEST} cannot be read ({error.strerror})."
        ) from error
    try:
        found = msgspec.json.decode(text, type=_Format).format
        if found != FORMAT:
            raise BackupError(
                f"{path} has format {found} of backups, and this Yemae {__version__} knows format "
                f"{FORMAT}: restore it with the Yemae that made it."
            )
        return Backup(path, msgspec.json.decode(text, type=Manifest))
    except msgspec.DecodeError as error:
        raise BackupError(f"{path} is no backup: its {MANIFEST} is damaged ({error}).") from error


def sums_of(folder: Path) -> dict[str, FileSum]:
    """The checksums of the files of a backup."""
    return {name: sum_of(folder / name) for name in CHECKED}


def sum_of(path: Path) -> FileSum:
    """The checksum of one file. Raises OSError."""
    with path.open("rb") as file:
        return FileSum(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def require_fitting(backup: Backup) -> None:
    """Raise BackupError for a backup of another PostgreSQL, kind of machine or newer schema."""
    manifest = backup.manifest
    major = manifest.postgres.split(".")[0]
    advice = f"restore it with Yemae {manifest.yemae}, which made it"
    if major != MAJOR:
        raise BackupError(
            f"{backup.path} was made by PostgreSQL {major}, and this Yemae {__version__} brings "
            f"PostgreSQL {MAJOR}: {advice}."
        )
    if manifest.machine != platform.machine():
        raise BackupError(
            f"{backup.path} was made on {manifest.machine}, and the files of PostgreSQL do not fit "
            f"{platform.machine()}: restore it on a machine of that kind."
        )
    if manifest.schema not in REVISIONS:
        raise BackupError(
            f"{backup.path} is at schema {manifest.schema}, which this Yemae {__version__} "
            f"({REVISIONS[-1]}) does not know: {advice}."
        )


def require_intact(backup: Backup) -> None:
    """Raise BackupError unless each file has its checksum."""
    for name in CHECKED:
        path = backup.path / name
        try:
            found = sum_of(path)
        except OSError as error:
            raise BackupError(f"{path} of the backup cannot be read ({error.strerror}).") from error
        if found != backup.manifest.files.get(name):
            raise BackupError(
                f"{path} is damaged: its checksum is not that of the {MANIFEST}. Restore another "
                "backup."
            )
