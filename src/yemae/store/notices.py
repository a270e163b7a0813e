"""Notices: short texts that one process tells all others through PostgreSQL (LISTEN, NOTIFY).

A connection of its own listens, because one of the pool has to be free for the next transaction.
A notice without a listener is lost, so a listener reads the truth once at first.
When it was quiet for a while, a heartbeat asks whether the server still answers and can be written
to: one that froze, or was replaced by another, says nothing by itself.
"""

from collections.abc import AsyncGenerator

from psycopg import sql

from yemae.refusals import StoreUnavailable
from yemae.settings import Settings
from yemae.store.address import WritableConnection
from yemae.store.away import is_away
from yemae.store.postgres import deadline


async def notices(
    settings: Settings, channel: str, quiet_s: float
) -> AsyncGenerator[str | None, None]:
    """None once it is connected, then each notice as it comes, until the generator is closed. An
    empty one comes after a quiet time, so that the caller can stop.

    Raises StoreUnavailable when the connection breaks or cannot be made.
    """
    try:
        connection = await WritableConnection.connect(
            settings.stores.database_url,
            autocommit=True,
            connect_timeout=settings.stores.postgres_connect_timeout_s,
            application_name="yemae listener",
        )
        async with connection:
            await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
            yield None
            while True:
                async for notice in connection.notifies(timeout=quiet_s):
                    yield notice.payload
                async with deadline(connection, settings.stores.postgres_connect_timeout_s):
                    answer = await connection.execute("show transaction_read_only")
                    if await answer.fetchone() != ("off",):
                        raise StoreUnavailable
                yield ""
    except Exception as error:
        if not is_away(error):
            raise
        raise StoreUnavailable from error
