"""The room that all balances together have left below YEMAE_WALLETS_SUM_MAX.

Always holds: the sum of all balances grows by a top-up only with room that was taken in the same
transaction, so top-ups never bring it above the limit. Payments give their room back at the next
count, never earlier. The room lies in parts, and a batch takes from one that is not locked, so
top-ups don't wait for one another; where a part has too little, all are locked and counted anew.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries

# Transactions that top up at once are about as many as writers, in all processes.
PARTS = tuple(range(8))
# While there is no room at all, the balances are summed up at most this often.
COUNT_AGAIN = timedelta(seconds=1)


class Part(NamedTuple):
    """A part of the room, locked; `sum_max` is the limit that it was counted for."""

    part: int
    room: int
    sum_max: int
    counted_at: datetime
    now: datetime


class Room(NamedTuple):
    """What the top-ups of a transaction may add up to; `counted_at` is None where one part has
    it."""

    amount: int
    sum_max: int
    counted_at: datetime | None


class TakenRoom(NamedTuple):
    """What was taken of a part."""

    taken: int


class Total(NamedTuple):
    """All balances."""

    total: int


QUERIES = load_queries(__file__, "room.sql")
TAKE_ROOM = Query(QUERIES["take_room"], TakenRoom)
LOCK_ROOM = Query(QUERIES["lock_room"], Part)
SUM_OF_BALANCES = Query(QUERIES["sum_of_balances"], Total)
SET_ROOM = QUERIES["set_room"]


async def take_room(tx: Transaction, needed: int, sum_max: int, *, wait: bool = True) -> Room:
    """The room for this amount, or less. Without `wait` it is taken from one part, so less does not
    mean that there is no more; otherwise all parts are locked, and `leave_room` must follow."""
    if not wait:
        sent = await tx.send(TAKE_ROOM, parts=list(PARTS), sum_max=sum_max, amount=needed)
        row = await sent.row()
        return Room(0 if row is None else row.taken, sum_max, None)
    parts = await tx.fetch(LOCK_ROOM, parts=list(PARTS))
    left, counted_at = sum(part.room for part in parts), parts[0].counted_at
    is_stale = left < needed and counted_at <= parts[0].now - COUNT_AGAIN
    if is_stale or any(part.sum_max != sum_max for part in parts):
        (balances,) = await tx.fetch(SUM_OF_BALANCES)
        left, counted_at = max(0, sum_max - balances.total), parts[0].now
    return Room(left, sum_max, counted_at)


async def leave_room(tx: Transaction, room: Room, used: int) -> None:
    """Leave what was not used, in equal parts, where all parts are locked."""
    if room.counted_at is None:
        return
    share, rest = divmod(room.amount - used, len(PARTS))
    await tx.execute(
        SET_ROOM,
        parts=list(PARTS),
        rooms=[share + (part < rest) for part in PARTS],
        sum_max=room.sum_max,
        counted_at=room.counted_at,
    )
