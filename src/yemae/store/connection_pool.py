"""The pool of connections to PostgreSQL: how it is made, and how long its opening waits."""

import time
from contextlib import AsyncExitStack

from psycopg.rows import namedtuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from yemae.settings.stores import StoreSettings, statement_timeout_s
from yemae.store.pipeline import PooledConnection

Pool = AsyncConnectionPool[PooledConnection]

# How long the pool tries by itself to connect again, and between two looks at all connections.
RECONNECT_S = 1.0
# How long a process that starts waits for the store.
OPEN_S = 30.0
# Transactions that may wait for a connection.
WAITING_MAX = 5_000

# Plans are made once for each connection, maybe while the tables are still empty, where reading a
# whole table is the cheapest; an hour later that plan would read all of the on-sale's orders for
# each batch. Every statement here has its index, so look-ups by it are never a bad plan. The same
# goes for the look-ups behind foreign keys, which cannot be rewritten. A plan for any parameters
# that looks dearer than one for a small batch would never be kept, and each batch planned anew.
PLANS = (
    "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
    " -c plan_cache_mode=force_generic_plan"
)


def make(stores: StoreSettings, deadline_s: int) -> Pool:
    """A pool that is still to be opened; `deadline_s` is what a transaction may take."""
    return AsyncConnectionPool(
        stores.database_url,
        connection_class=PooledConnection,
        min_size=2,
        max_size=stores.postgres_connections_max,
        timeout=stores.postgres_connect_timeout_s,
        max_waiting=WAITING_MAX,
        # A new try begins with the next request, so the pool's back-off may stay short.
        reconnect_timeout=RECONNECT_S,
        kwargs={
            "row_factory": namedtuple_row,
            "autocommit": True,
            # The driver would drop all prepared statements, also ours, when it rolls back.
            "prepare_threshold": None,
            "connect_timeout": stores.postgres_connect_timeout_s,
            "application_name": "yemae",
            "options": f"-c statement_timeout={statement_timeout_s(deadline_s)}s"
            f" -c lock_timeout={stores.postgres_lock_timeout_s}s -c timezone=UTC {PLANS}",
        },
        open=False,
        name="yemae",
    )


async def connect(pool: Pool) -> None:
    """Open a pool and wait for its first connections, for OPEN_S: a server that was killed takes
    seconds to start up, and the pool, which soon gives up, tries again with a request only. Raises
    PoolTimeout."""
    await pool.open()
    give_up_at = time.monotonic() + OPEN_S
    while True:
        try:
            async with AsyncExitStack() as stack:
                for _ in range(pool.min_size):
                    await stack.enter_async_context(pool.connection(timeout=2 * RECONNECT_S))
                return
        except PoolTimeout:
            if time.monotonic() > give_up_at:
                raise
