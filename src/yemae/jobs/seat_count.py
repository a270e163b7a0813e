"""The count of the seats that are left, for every queue."""

from yemae.concerts import seats
from yemae.concerts.catalogue import Concert
from yemae.jobs.sweep import log
from yemae.refusals import StoreUnavailable
from yemae.runtime import Stores
from yemae.sale import recovery
from yemae.waiting_room import counts

INTERVAL_MS = 2_000


async def count_seats(stores: Stores) -> None:
    """Write to every queue how many seats are left of the dates that have not begun; one node does
    it for all. Never raises."""
    for concert in list(stores.catalogue.queues.values()):
        try:
            await _count_seats(stores, concert)
        except StoreUnavailable:
            log.warning("seats not counted: a store is away", concert=concert.id)
        except Exception:
            log.exception("seats not counted", concert=concert.id)


async def _count_seats(stores: Stores, concert: Concert) -> None:
    if not await counts.take_seats_turn(stores.valkey, concert.id, INTERVAL_MS):
        return
    keys = [date.key for date in concert.to_come(stores.now())]
    async with stores.postgres.transaction() as tx:
        left, unsold = await seats.seats_of_concert(tx, keys)
        if (known := stores.last_known.get(concert.id)) is not None:
            await recovery.note_inside(tx, concert.id, known.active)
    await counts.keep_seats(stores.valkey, concert.id, left, unsold)
