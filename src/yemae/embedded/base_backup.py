"""A base backup of the private PostgreSQL, taken by the `pg_basebackup` of the same wheel.

Always holds: PostgreSQL goes on working meanwhile; the files make a database as of the end of the
backup, with every transaction that was committed before its beginning; and each page's checksum was
verified as it was read.
"""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from yemae.embedded.children import start_child
from yemae.embedded.postgres_server import BINARIES, environ
from yemae.store.errors import StoreError

# The data folder and the WAL written meanwhile, then PostgreSQL's own list of files.
FILES = ("base.tar.gz", "pg_wal.tar.gz", "backup_manifest")
# The lightest compression: it keeps up with a disk, and pages are half empty space.
COMPRESSION = "client-gzip:1"


def take_base_backup(database_url: str, folder: Path) -> None:
    """Write FILES into a new folder, flushed to disk. Raises StoreError with PostgreSQL's reason,
    and OSError."""
    command = [
        str(BINARIES / "pg_basebackup"), "--dbname", database_url, "--no-password",
        "--pgdata", str(folder), "--format=tar", "--compress", COMPRESSION, "--wal-method=stream",
        "--checkpoint=fast", "--manifest-checksums=SHA256", "--label=yemae backup",
    ]  # fmt: skip
    code, said = _run(command)
    if code != 0:
        raise StoreError(_why_not(code, said, folder))
    others = ", ".join(sorted({path.name for path in folder.iterdir()} - {*FILES}))
    if others:
        raise StoreError(
            f"The private PostgreSQL has tablespaces of its own ({others}), which no backup of "
            "Yemae restores: move their tables into the data folder."
        )


def _run(command: Sequence[str]) -> tuple[int, str]:
    """The exit code, and what it said: kept in memory, because the disk may be what is full."""
    with os.fdopen(os.memfd_create("pg_basebackup"), "r+b") as memory:
        log = Path(f"/proc/self/fd/{memory.fileno()}")
        child = start_child(command, end=signal.SIGTERM, environ=environ(), log=log)
        try:
            code = child.wait()
        finally:
            child.kill()
            child.wait()
        return code, memory.read().decode(errors="replace")


def _why_not(code: int, said: str, folder: Path) -> str:
    if "No space left on device" in said:
        return f"The disk of {folder.parent.parent} is full."
    if code < 0:
        return f"pg_basebackup was ended by signal {-code} ({signal.Signals(-code).name})."
    lines = [line.split("error: ", 1)[1] for line in said.splitlines() if "error: " in line]
    return f"pg_basebackup failed: {'; '.join(lines) or said.strip() or f'exit code {code}'}."
