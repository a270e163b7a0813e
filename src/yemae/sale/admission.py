"""Admission: admits fans from the front of a concert's queue, as many as its limits allow."""

from yemae.concerts.catalogue import Concert
from yemae.runtime import LastKnown, Stores
from yemae.sale import policy, recovery
from yemae.waiting_room import admission
from yemae.waiting_room.admission import Admission
from yemae.waiting_room.snapshot import Snapshot

# How many fans one Lua call of a tick looks at, and how many such calls a tick makes.
STEP_MAX = 25
CALLS_MAX = 200


async def admit(stores: Stores, concert: Concert, at_once: int = 0) -> Admission:
    """One admission tick of one concert, in short calls until there is nothing more to do. Before
    the sale opens no fan is admitted. `at_once` is the number that an operator admits now, ignoring
    the rate."""
    rules = policy.doors_of(concert, stores.now(), _snapshot(stores, concert))
    total = Admission()
    for _ in range(CALLS_MAX):
        wanted = at_once - total.admitted
        done = await admission.admit(
            stores.valkey,
            concert.id,
            rules,
            step=STEP_MAX,
            at_once=wanted if at_once else 0,
        )
        if done.lost:
            if await recovery.recover(stores, concert, goes_on=done.is_repairing):
                continue
            break
        stores.last_known[concert.id] = LastKnown(done.active, done.waiting, done.seats_unsold)
        total += done
        if not done.has_more or (at_once and total.admitted >= at_once):
            break
    return total


def _snapshot(stores: Stores, concert: Concert) -> Snapshot | None:
    view = stores.board.peek(concert.id)
    return None if view is None else view.snapshot
