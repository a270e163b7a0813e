"""Brings a database to the newest schema, and says when one is not there.

Every revision runs in a transaction of its own, so a cut-off migration leaves the last complete
one. Two nodes that migrate at once take turns by an advisory lock.
"""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from yemae.store.failures import why_unreachable

# Any number will do, as long as nobody else in the database uses it.
MIGRATION_LOCK = 0x59454D41
OLDEST_POSTGRES = 16


class SchemaError(Exception):
    """The database cannot be used as it is; the text is one sentence that says what to do."""


def upgrade(database_url: str) -> list[str]:
    """Apply every missing revision. Returns the applied ones, oldest first; [] when current."""
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: _connect(database_url), poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.execute(text(f"select pg_advisory_lock({MIGRATION_LOCK})"))
        connection.commit()
        before = _current(connection)
        config = _config()
        config.attributes["connection"] = connection
        connection.rollback()
        command.upgrade(config, "head")
        connection.commit()
        missing = [script.revision for script in _scripts().iterate_revisions("head", before)]
    return missing[::-1]


def require_current(database_url: str) -> None:
    """Raise SchemaError unless the database is at the newest revision that this program knows."""
    with _connect(database_url) as connection:
        found = connection.execute(
            "select to_regclass('alembic_version') is not null as known"
        ).fetchone()
        assert found is not None
        rows = (
            connection.execute("select version_num from alembic_version").fetchall()
            if found[0]
            else []
        )
    head = _scripts().get_current_head()
    if not rows:
        raise SchemaError("The database is empty: type `yemae migrate` first.")
    if rows[0][0] == head:
        return
    if rows[0][0] in {script.revision for script in _scripts().walk_revisions()}:
        raise SchemaError(
            f"The database is at schema {rows[0][0]} and this program needs {head}: "
            "type `yemae migrate`."
        )
    raise SchemaError(
        f"The database is at schema {rows[0][0]}, which this program ({head}) does not know: "
        "install the newer program."
    )


def is_empty(database_url: str) -> bool:
    """Whether the database holds no table at all, so that building the schema harms nobody."""
    with _connect(database_url) as connection:
        row = connection.execute(
            "select not exists (select from pg_tables where schemaname = 'public')"
        ).fetchone()
    assert row is not None
    return bool(row[0])


def _connect(database_url: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        connection = psycopg.connect(database_url, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise SchemaError(f"PostgreSQL cannot be reached: {why_unreachable(error)}.") from error
    major = connection.info.server_version // 10_000
    if major < OLDEST_POSTGRES:
        connection.close()
        raise SchemaError(f"PostgreSQL {major} is too old: Yemae needs {OLDEST_POSTGRES} or newer.")
    return connection


def _current(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or "base"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
