"""Seats: which are free, and the writes of a hold and a sale.

Every write happens under row locks taken in key order, and decisions come after the lock. Without
`wait`, rows that are locked elsewhere are skipped and marked as busy.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.store.postgres import NoRows, Sent, Transaction
from yemae.store.queries import Query, load_queries

SeatKey = tuple[int, str]  # performance key, seat number
AreaKey = tuple[int, str]  # performance key, name of the area


class LockedSeat(NamedTuple):
    """A seat, and whether it was free under its lock. A busy one looks free and is locked
    elsewhere; a taken one may be unlocked. `mark`: see seat_map/marks.py."""

    performance_key: int
    number: str
    grade: str
    price: int
    free: bool
    now: datetime
    is_busy: bool
    mark: str | None


class LockedSpot(NamedTuple):
    """A free spot of an area that was locked, and how many looked free, up to the number wanted (0
    when all were waited for). Without a number: none was locked."""

    performance_key: int
    area: str
    number: str | None
    grade: str
    price: int
    now: datetime
    looks_free: int


class SeatOfOrder(NamedTuple):
    """A seat of a held order, once its lock was had, and whether the order still has it. A busy one
    is locked elsewhere."""

    order_id: UUID
    still_held: bool
    now: datetime
    is_busy: bool


class GradeCount(NamedTuple):
    """The seats of one grade of a performance: how many can be booked, and are not sold. `price` is
    the grade's lowest."""

    performance_key: int
    grade: str
    price: int
    seats_total: int
    seats_left: int
    unsold: int


class SeatCount(NamedTuple):
    """The seats of a concert: how many can be booked, how many are not sold, and when that changes
    by itself; None: never."""

    seats_left: int
    unsold: int
    changes_at: datetime | None


class DateCount(NamedTuple):
    """The seats of a performance: how many are not blocked, can be booked, and are not sold."""

    performance_key: int
    for_sale: int
    seats_left: int
    unsold: int


class FreedSeat(NamedTuple):
    """A seat that was freed."""

    number: str


QUERIES = load_queries(__file__)
SEATS_LEFT = QUERIES["seats_left"]
SEATS_OF_CONCERT = Query(QUERIES["seats_of_concert"], SeatCount)
SEATS_BY_DATE = Query(QUERIES["seats_by_date"], DateCount)
SEATS_BY_GRADE = Query(QUERIES["seats_by_grade"], GradeCount)
LOCK_SEATS = Query(QUERIES["lock_seats"], LockedSeat)
TRY_SEATS = Query(QUERIES["try_seats"], LockedSeat)
LOCK_SPOTS = Query(QUERIES["lock_spots"], LockedSpot)
TRY_SPOTS = Query(QUERIES["try_spots"], LockedSpot)
LOCK_SEATS_OF_ORDERS = Query(QUERIES["lock_seats_of_orders"], SeatOfOrder)
TRY_SEATS_OF_ORDERS = Query(QUERIES["try_seats_of_orders"], SeatOfOrder)
CLAIM_SEATS = QUERIES["claim_seats"]
SELL_SEATS = QUERIES["sell_seats"]
KEEP_SEATS = QUERIES["keep_seats"]
ISSUE_TICKETS = QUERIES["issue_tickets"]
FREE_SEATS_OF_ORDERS = Query(QUERIES["free_seats_of_orders"], FreedSeat)


class Claim(NamedTuple):
    """A seat that goes to an order."""

    performance_key: int
    number: str
    order_id: UUID
    held_until: datetime


async def seats_of_concert(tx: Transaction, performance_keys: Sequence[int]) -> SeatCount:
    """The seats of all these performances together."""
    (row,) = await tx.fetch(SEATS_OF_CONCERT, performance_keys=list(performance_keys))
    return row


async def seats_left(tx: Transaction, performance_keys: Sequence[int]) -> dict[int, int]:
    """How many seats of each performance can be booked now; a sold-out one is missing."""
    rows = await tx.fetch(SEATS_LEFT, performance_keys=list(performance_keys))
    return {row.performance_key: row.seats_left for row in rows}


async def seats_by_date(tx: Transaction, performance_keys: Sequence[int]) -> list[DateCount]:
    """The seats of each of these performances, counted."""
    return await tx.fetch(SEATS_BY_DATE, performance_keys=list(performance_keys))


async def seats_by_grade(tx: Transaction, performance_keys: Sequence[int]) -> list[GradeCount]:
    """The seats of these performances, counted by grade; the dearest grade first."""
    return await tx.fetch(SEATS_BY_GRADE, performance_keys=list(performance_keys))


async def lock_seats(
    tx: Transaction, wanted: Sequence[SeatKey], *, wait: bool = True
) -> Sent[LockedSeat]:
    """Lock these seats, in key order. Unknown seats have no row."""
    in_order = sorted(set(wanted))
    return await tx.send(
        LOCK_SEATS if wait else TRY_SEATS,
        performance_keys=[key for key, _ in in_order],
        numbers=[number for _, number in in_order],
    )


async def lock_spots(
    tx: Transaction, wanted: Mapping[AreaKey, int], *, wait: bool = True
) -> Sent[LockedSpot]:
    """Lock the first free spots of areas, at most as many as are wanted of each; after all locks of
    seats."""
    if not wanted:
        return NoRows()
    in_order = sorted(wanted)
    return await tx.send(
        LOCK_SPOTS if wait else TRY_SPOTS,
        performance_keys=[key for key, _ in in_order],
        areas=[area for _, area in in_order],
        counts=[wanted[each] for each in in_order],
    )


async def lock_seats_of_orders(
    tx: Transaction, order_ids: Sequence[UUID], *, wait: bool = True
) -> Sent[SeatOfOrder]:
    """Lock the seats of held orders."""
    query = LOCK_SEATS_OF_ORDERS if wait else TRY_SEATS_OF_ORDERS
    return await tx.send(query, order_ids=list(order_ids))


async def claim_seats(tx: Transaction, claims: Sequence[Claim]) -> None:
    """Give locked free seats to their orders."""
    await _hold(tx, CLAIM_SEATS, claims)


async def sell_seats(tx: Transaction, sales: Sequence[tuple[int, str, UUID]]) -> None:
    """Mark held (performance key, number, order) seats sold, and write their tickets."""
    columns = _columns(sales)
    await tx.execute(SELL_SEATS, **columns)
    await tx.execute(ISSUE_TICKETS, **columns)


async def keep_seats(tx: Transaction, claims: Sequence[Claim]) -> None:
    """Let the locked seats of held orders be held until other times."""
    await _hold(tx, KEEP_SEATS, claims)


async def _hold(tx: Transaction, query: bytes, claims: Sequence[Claim]) -> None:
    await tx.execute(
        query,
        performance_keys=[c.performance_key for c in claims],
        numbers=[c.number for c in claims],
        order_ids=[c.order_id for c in claims],
        held_until=[c.held_until for c in claims],
    )


async def issue_tickets(tx: Transaction, sales: Sequence[tuple[int, str, UUID]]) -> None:
    """Write the tickets of (performance key, number, order) seats that are sold already."""
    await tx.execute(ISSUE_TICKETS, **_columns(sales))


def _columns(sales: Sequence[tuple[int, str, UUID]]) -> dict[str, object]:
    return {
        "performance_keys": [key for key, _, _ in sales],
        "numbers": [number for _, number, _ in sales],
        "order_ids": [order_id for _, _, order_id in sales],
    }


async def free_seats_of(tx: Transaction, order_ids: Sequence[UUID]) -> Sent[FreedSeat]:
    """Free the seats that these orders still hold."""
    return await tx.send(FREE_SEATS_OF_ORDERS, order_ids=list(order_ids))
