"""What the race tests share: several houses on the same stores, and deadlocks that show fast."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import psycopg
import pytest
from psycopg import sql

from races.interleaving import several_houses
from yemae.runtime import House
from yemae.sale.batches import Desk, open_desk
from yemae.settings import Settings


@pytest.fixture
def database_url(database_url: str) -> str:
    """The test's database, where a deadlock is found after 50 ms instead of a second."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        name = sql.Identifier(admin.info.dbname)
        admin.execute(sql.SQL("alter database {} set deadlock_timeout = '50ms'").format(name))
    return database_url


@pytest.fixture
async def houses(settings: Settings) -> AsyncIterator[list[House]]:
    """Two houses with the usual concert, as in two processes."""
    async with several_houses(settings, 2) as opened:
        yield opened


@pytest.fixture
async def desks(houses: list[House]) -> AsyncIterator[list[Desk]]:
    """The desk of each house."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_desk(house)) for house in houses]
