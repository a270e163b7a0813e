"""What the race tests share: several runtimes on the same stores, and deadlocks that show fast."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import psycopg
import pytest
from psycopg import sql

from races.interleaving import several_runtimes
from yemae.runtime import Runtime
from yemae.sale.batches import Batches, open_batches
from yemae.settings import Settings


@pytest.fixture
def database_url(database_url: str) -> str:
    """The test's database, where a deadlock is found after 50 ms instead of a second."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        name = sql.Identifier(admin.info.dbname)
        admin.execute(sql.SQL("alter database {} set deadlock_timeout = '50ms'").format(name))
    return database_url


@pytest.fixture
async def runtimes(settings: Settings) -> AsyncIterator[list[Runtime]]:
    """Two runtimes with the usual concert, as in two processes."""
    async with several_runtimes(settings, 2) as opened:
        yield opened


@pytest.fixture
async def desks(runtimes: list[Runtime]) -> AsyncIterator[list[Batches]]:
    """The batches of each runtime."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_batches(runtime)) for runtime in runtimes]
