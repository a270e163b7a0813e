"""Brings a database to the newest schema, and says when one is not there."""

from pathlib import Path
from typing import NamedTuple

import psycopg
import structlog

from yemae.schema.roles import Role, grant_privileges, role_of
from yemae.store.address import READ_ONLY, blocking_options_of, is_read_only
from yemae.store.failures import why_unreachable
from yemae.values.troubles import TroubleError

VERSIONS = Path(__file__).with_name("migrations") / "versions"
# Every revision that this program knows, the oldest first.
REVISIONS = sorted(path.stem.partition("_")[0] for path in VERSIONS.glob("*.py"))
OLDEST_POSTGRES = 16

log = structlog.get_logger(__name__)


class Revision(NamedTuple):
    """Where a database is, and the newest revision that the oldest program knows which works on
    it."""

    number: str
    oldest_program: str | None

    @property
    def has_all(self) -> bool:
        """Whether a revision that this program does not know has all that it uses."""
        return self.oldest_program is not None and self.oldest_program <= REVISIONS[-1]


class SchemaError(TroubleError):
    """The database cannot be used as it is; the text is one sentence that says what to do."""


def prepare(database_url: str, *, migrate: bool, private: bool) -> None:
    """What a server needs before it starts: migrate if that was asked for or a private database is
    empty; then require a schema that this program works on. Raises SchemaError."""
    if (migrate or (private and is_empty(database_url))) and (applied := upgrade(database_url)):
        log.info("schema brought up to date", revisions=applied)
    found = require_current(database_url)
    if found not in REVISIONS:
        log.warning(
            "a newer program has migrated the database; this one goes on working on it",
            schema=found,
            program=REVISIONS[-1],
        )
    if private:
        renew_privileges(database_url)


def upgrade(database_url: str) -> list[str]:
    """Apply every missing revision. Returns the applied ones, oldest first; [] when the database is
    current or newer. Raises SchemaError when it is too new for this program."""
    found = revision_of(database_url)
    if found is not None and found.number not in REVISIONS:
        require_current(database_url)
        return []
    # Only here, because Alembic takes longer to import than most commands take to run.
    from yemae.schema.upgrade import apply_missing  # noqa: PLC0415

    return apply_missing(lambda: _connect(database_url))


def role(database_url: str) -> Role:
    """Look whom the URL works as."""
    with _connect(database_url) as connection:
        return role_of(connection)


def renew_privileges(database_url: str) -> None:
    """Give the server's role its privileges, such as after an upgrade that changed only them."""
    with _connect(database_url) as connection:
        grant_privileges(connection)


def require_current(database_url: str) -> str:
    """The revision of the database: the newest that this program knows, or a newer one that it
    still works on. Raises SchemaError for every other."""
    found = revision_of(database_url)
    head = REVISIONS[-1]
    if found is None:
        raise SchemaError("The database is empty: type `yemae migrate` first.")
    if found.number == head:
        return head
    if found.number in REVISIONS:
        raise SchemaError(
            f"The database is at schema {found.number} and this program needs {head}: "
            "type `yemae migrate`."
        )
    if not found.has_all:
        raise SchemaError(
            f"The database is at schema {found.number}, on which this program ({head}) does not "
            "work: install the newer program."
        )
    return found.number


def revision_of(database_url: str) -> Revision | None:
    """The revision of the database; None when it is empty. Raises SchemaError."""
    with _connect(database_url) as connection:
        row = connection.execute(
            "select to_regclass('alembic_version') is not null as is_known"
        ).fetchone()
        assert row is not None
        # Before revision 0016 the table has no oldest_program, which reads as null here.
        rows = (
            connection.execute(
                "select version_num, to_jsonb(v) ->> 'oldest_program' from alembic_version as v"
            ).fetchall()
            if row[0]
            else []
        )
    if not rows:
        return None
    number, oldest_program = rows[0]
    return Revision(str(number), None if oldest_program is None else str(oldest_program))


def is_empty(database_url: str) -> bool:
    """Whether the database has no table, so that building the schema is safe."""
    with _connect(database_url) as connection:
        row = connection.execute(
            "select not exists (select from pg_tables where schemaname = 'public')"
        ).fetchone()
    assert row is not None
    return bool(row[0])


def _connect(database_url: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        connection = psycopg.connect(database_url, **blocking_options_of(database_url))
    except psycopg.OperationalError as error:
        if is_read_only(error):
            raise SchemaError(READ_ONLY) from error
        raise SchemaError(f"PostgreSQL cannot be reached: {why_unreachable(error)}.") from error
    major = connection.info.server_version // 10_000
    if major < OLDEST_POSTGRES:
        connection.close()
        raise SchemaError(f"PostgreSQL {major} is too old: Yemae needs {OLDEST_POSTGRES} or newer.")
    return connection
