"""Applies the revisions that a database does not have yet, with Alembic, and then the privileges.

Every revision runs in a transaction of its own, so a cut-off migration leaves the last complete
one. Two nodes that migrate at once take turns by an advisory lock.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from yemae.schema.roles import grant_privileges

# Any number that no other program uses as an advisory lock in this database.
MIGRATION_LOCK = 0x59454D41


def apply_missing(connect: Callable[[], psycopg.Connection[Any]]) -> list[str]:
    """Apply every missing revision. Returns the applied ones, oldest first. Raises what the driver
    raises."""
    try:
        return _apply_missing(connect)
    except DBAPIError as error:
        raise error.orig or error from error


def _apply_missing(connect: Callable[[], psycopg.Connection[Any]]) -> list[str]:
    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with engine.connect() as connection:
        connection.execute(text(f"select pg_advisory_lock({MIGRATION_LOCK})"))
        connection.commit()
        before = MigrationContext.configure(connection).get_current_revision() or "base"
        config.attributes["connection"] = connection
        connection.rollback()
        command.upgrade(config, "head")
        driver_connection = connection.connection.driver_connection
        assert isinstance(driver_connection, psycopg.Connection)
        connection.commit()
        with driver_connection.transaction():
            grant_privileges(driver_connection)
        scripts = ScriptDirectory.from_config(config)
        missing = [script.revision for script in scripts.iterate_revisions("head", before)]
    return missing[::-1]
