"""The count of the seats that are left, for every queue."""

from yemae.concerts import seats
from yemae.concerts.catalogue import Concert
from yemae.jobs.sweep import log
from yemae.refusals import StoreUnavailable
from yemae.runtime import House
from yemae.sale import recovery
from yemae.waiting_room import line


async def count_seats(house: House) -> None:
    """Tell every queue how many seats are left of the dates that have not begun, so that nobody
    waits for nothing; whichever node's turn it is does it for all. Never raises."""
    for concert in list(house.catalogue.concerts.values()):
        try:
            await _count_seats(house, concert)
        except StoreUnavailable:
            log.warning("seats not counted: a store is away", concert=concert.id)
        except Exception:
            log.exception("seats not counted", concert=concert.id)


async def _count_seats(house: House, concert: Concert) -> None:
    if not await line.take_seats_turn(house.valkey, concert.id, house.settings.seats_count_ms):
        return
    keys = [date.key for date in concert.to_come(house.now())]
    async with house.postgres.transaction() as tx:
        left, unsold = await seats.seats_of_concert(tx, keys)
        if (known := house.last_known.get(concert.id)) is not None:
            await recovery.note_inside(tx, concert.id, known.active)
    await line.keep_seats(house.valkey, concert.id, left, unsold)
