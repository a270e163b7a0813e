"""Brings a database to the newest schema, and says when one is not there."""

from pathlib import Path

import psycopg

from yemae.schema.roles import Role, grant_privileges, role_of
from yemae.store.address import READ_ONLY, is_read_only, options_of
from yemae.store.failures import why_unreachable

VERSIONS = Path(__file__).with_name("migrations") / "versions"
# Every revision that this program knows, the oldest first.
REVISIONS = sorted(path.stem.partition("_")[0] for path in VERSIONS.glob("*.py"))
OLDEST_POSTGRES = 16


class SchemaError(Exception):
    """The database cannot be used as it is; the text is one sentence that says what to do."""


def upgrade(database_url: str) -> list[str]:
    """Apply every missing revision. Returns the applied ones, oldest first; [] when current."""
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
    head = REVISIONS[-1]
    if not rows:
        raise SchemaError("The database is empty: type `yemae migrate` first.")
    if rows[0][0] == head:
        return
    if rows[0][0] in REVISIONS:
        raise SchemaError(
            f"The database is at schema {rows[0][0]} and this program needs {head}: "
            "type `yemae migrate`."
        )
    raise SchemaError(
        f"The database is at schema {rows[0][0]}, which this program ({head}) does not know: "
        "install the newer program."
    )


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
        connection = psycopg.connect(database_url, connect_timeout=10, **options_of(database_url))
    except psycopg.OperationalError as error:
        if is_read_only(error):
            raise SchemaError(READ_ONLY) from error
        raise SchemaError(f"PostgreSQL cannot be reached: {why_unreachable(error)}.") from error
    major = connection.info.server_version // 10_000
    if major < OLDEST_POSTGRES:
        connection.close()
        raise SchemaError(f"PostgreSQL {major} is too old: Yemae needs {OLDEST_POSTGRES} or newer.")
    return connection
