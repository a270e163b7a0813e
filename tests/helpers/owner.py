"""Statements that only the owner of a test's database may run: the runtime's role owns nothing."""

import psycopg
from psycopg.conninfo import make_conninfo

from yemae.embedded.postgres_server import NAME
from yemae.settings import Settings


def owner_url(settings: Settings) -> str:
    """The address of the same database, for its owner."""
    return make_conninfo(settings.stores.database_url, user=NAME)


def as_owner(settings: Settings, *statements: str) -> None:
    """Run statements in one transaction."""
    with psycopg.connect(owner_url(settings)) as session:
        for statement in statements:
            session.execute(statement.encode())
