"""The removal of a concert that was never sold: from the database, then from the waiting room."""

import asyncio

from uuid_utils.compat import uuid7

from yemae.concerts.files import removing
from yemae.runtime import Stores
from yemae.waiting_room.keys import keys_of

# Server processes look at the catalogue twice a second. Until they have noticed, their ticks would
# take a queue without its keys for a loss.
NOTICED_S = 2.0


async def remove(stores: Stores, concert_id: str, who: str) -> int:
    """Remove a concert, and return how many dates it had. Fans in its queues lose their places.
    Raises ConcertNotFound, ConcertHasOrdersError or StoreUnavailable."""
    await stores.valkey.ping()
    async with stores.postgres.transaction() as tx:
        removed = await removing.remove(tx, concert_id, who, uuid7())
    await asyncio.sleep(NOTICED_S)
    for queue_id in removed.queues:
        for key in keys_of(queue_id):
            await stores.valkey.forget(key)
    return len(removed.dates)
