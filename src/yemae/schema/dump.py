"""The schema of a database as SQL text: pg_dump's, without what says nothing about the schema.

The same schema gives the same text, so that the committed schema.sql can be compared with what the
migrations build. Left out are versions, session settings and the migrations' own bookkeeping table.
"""

import re
import subprocess

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from yemae.embedded.postgres_server import BINARIES, environ
from yemae.store.address import blocking_options_of
from yemae.store.errors import StoreError

HEADER = """\
-- The whole schema, as the migrations build it. Made by `make docs` (`yemae schema`), never edited;
-- a test proves that the migrations build exactly this. To change it, write a new migration.
"""
BOOKKEEPING = "alembic_version"
DUMP_WAIT_S = 120

# pg_dump's own lines, none of which can begin a line of ours.
NOISE = re.compile(
    r"^(--$|-- Name: |-- Dumped |-- PostgreSQL database dump|\\(un)?restrict "
    r"|SET [a-z_]+ = [^;]*;$|SELECT pg_catalog\.set_config\()"
)
BLANK_LINES = re.compile(r"\n{3,}")


def dump(database_url: str) -> str:
    """The schema of a database. Raises StoreError when pg_dump cannot do it."""
    # The password is passed in the environment, because every user can see a program's arguments.
    parts = conninfo_to_dict(database_url)
    password = str(parts.pop("password", ""))
    parts = blocking_options_of(database_url) | parts
    address = make_conninfo("", **{name: str(value) for name, value in parts.items()})
    command = [
        str(BINARIES / "pg_dump"),
        f"--dbname={address}",
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        "--no-tablespaces",
        f"--exclude-table={BOOKKEEPING}",
    ]
    try:
        done = subprocess.run(
            command,
            env={**environ(), "PGPASSWORD": password},
            capture_output=True,
            encoding="utf-8",
            timeout=DUMP_WAIT_S,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise StoreError(f"pg_dump failed: {' '.join(error.stderr.split())}") from error
    except subprocess.TimeoutExpired as error:
        raise StoreError(f"pg_dump was not done after {DUMP_WAIT_S} s.") from error
    return HEADER + "\n" + normalised(done.stdout)


def normalised(text: str) -> str:
    """pg_dump's text without its noise, statements parted by one blank line."""
    lines = [line for line in text.splitlines() if not NOISE.match(line)]
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n") + "\n"
