"""Notices: short texts that one process tells all others through PostgreSQL (LISTEN, NOTIFY).

A connection of its own listens, because one of the pool has to be free for the next transaction.
What was told while nobody was connected is lost, so whoever listens reads the truth once at first.
"""

from collections.abc import AsyncGenerator

import psycopg
from psycopg import sql

from yemae.refusals import StoreUnavailable
from yemae.settings import Settings

# A broken network shows by itself after about so many seconds without any traffic.
KEEPALIVE_S = 10


async def notices(
    settings: Settings, channel: str, quiet_s: float
) -> AsyncGenerator[str | None, None]:
    """None once it is connected, then each notice as it comes, until the generator is closed. An
    empty one comes when it was quiet for a while, so that whoever has heard enough can leave.

    Raises StoreUnavailable when the connection breaks or cannot be made.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(
            settings.database_url,
            autocommit=True,
            connect_timeout=settings.store_connect_timeout_s,
            application_name="yemae listener",
            keepalives_idle=KEEPALIVE_S,
            keepalives_interval=KEEPALIVE_S,
            keepalives_count=2,
        )
        async with connection:
            await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
            yield None
            while True:
                async for notice in connection.notifies(timeout=quiet_s):
                    yield notice.payload
                yield ""
    except psycopg.OperationalError as error:
        raise StoreUnavailable from error
