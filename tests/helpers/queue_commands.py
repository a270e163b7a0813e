"""`yemae queue` as tests use it, and what its commands leave in the database."""

import psycopg

from helpers.command import Done, yemae
from yemae.settings import Settings


def queue(*arguments: str) -> Done:
    """Run one command of the group."""
    return yemae("queue", *arguments)


def controls(settings: Settings, columns: str) -> tuple[object, ...] | None:
    """What the database says that operators have set."""
    with psycopg.connect(settings.stores.database_url) as connection:
        query = f"select {columns} from queue_controls"  # noqa: S608 - of the tests
        return connection.execute(query.encode()).fetchone()
