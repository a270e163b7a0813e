"""What was last done on this machine, each in a small file of the data folder: the backup and the
rehearsal. `yemae doctor` reads them.

    backups/last.json  rehearsals/last.json

Always holds: a file appears whole, and one that cannot be read counts as none.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

Run = TypeVar("Run", bound=msgspec.Struct)

LAST = "last.json"


class BackupRun(msgspec.Struct, frozen=True, kw_only=True):
    """The last backup, as `yemae backup` notes it. `verified_at`: when a copy was restored and its
    books added up."""

    at: datetime
    path: str
    verified_at: datetime | None = None


class RehearsalRun(msgspec.Struct, frozen=True, kw_only=True):
    """A rehearsal that ended. `problems` are sentences; without any, every check passed."""

    at: datetime
    version: str
    url: str
    fans: int
    seats_sold: int
    was_stopped: bool
    problems: list[str]


FOLDERS: dict[type[msgspec.Struct], str] = {BackupRun: "backups", RehearsalRun: "rehearsals"}


def remember(data_dir: Path, run: BackupRun | RehearsalRun) -> None:
    """Write it over the one before. Raises OSError."""
    folder = data_dir / FOLDERS[type(run)]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f"{LAST}.{os.getpid()}"
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=2) + b"\n")
    draft.replace(folder / LAST)


def last_run(data_dir: Path, kind: type[Run]) -> Run | None:
    """The last one of this kind, or None."""
    try:
        return msgspec.json.decode((data_dir / FOLDERS[kind] / LAST).read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None
