"""The pool of connections to PostgreSQL: how it is made, and how long its opening waits."""

from psycopg.rows import namedtuple_row
from psycopg_pool import AsyncConnectionPool

from yemae.settings.stores import StoreSettings, statement_timeout_s
from yemae.store.pipeline import PooledConnection

Pool = AsyncConnectionPool[PooledConnection]

# How long a process that starts tries to connect.
OPEN_S = 30.0
# How long the pool tries by itself to connect again, and between two looks at all connections.
# A new try begins with the next request, so the pool's back-off may stay short.
RECONNECT_S = 1.0
# Connections that are open also while nothing is to do.
MIN_SIZE = 2
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
        min_size=min(MIN_SIZE, stores.postgres_connections_max),
        max_size=stores.postgres_connections_max,
        timeout=stores.postgres_connect_timeout_s,
        max_waiting=WAITING_MAX,
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
    """Open a pool and wait for its first connections: a server that was killed takes seconds to
    start up. Raises PoolTimeout."""
    pool.reconnect_timeout = OPEN_S
    await pool.open(wait=True, timeout=OPEN_S)
    pool.reconnect_timeout = RECONNECT_S
