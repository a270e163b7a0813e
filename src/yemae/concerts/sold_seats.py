"""Seats that an order has, and gives up: sold ones with their tickets, and held ones.

The order's row is locked first. A ticket that is dropped opens no door from the commit on, and a
seat that is left can be sold again.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries


class SeatOfAnOrder(NamedTuple):
    """A seat under its lock; `taken_by` is the order or the block that has it."""

    number: str
    grade: str
    price: int
    taken_by: UUID | None
    mark: str | None


QUERIES = load_queries(__file__, "sold_seats.sql")
LOCK_BY_NUMBER = Query(QUERIES["lock_by_number"], SeatOfAnOrder)
DROP_TICKETS = QUERIES["drop_tickets"]
LEAVE_SEATS = QUERIES["leave_seats"]


async def lock(
    tx: Transaction, performance_key: int, numbers: Iterable[str]
) -> list[SeatOfAnOrder]:
    """Lock seats and spots of a performance. Unknown ones have no row."""
    return await tx.fetch(LOCK_BY_NUMBER, performance_key=performance_key, numbers=sorted(numbers))


async def drop_tickets(
    tx: Transaction, performance_key: int, order_id: UUID, numbers: Sequence[str]
) -> None:
    """Make the tickets of these seats void."""
    await tx.execute(
        DROP_TICKETS, performance_key=performance_key, order_id=order_id, numbers=list(numbers)
    )


async def leave(
    tx: Transaction, performance_key: int, order_id: UUID, numbers: Sequence[str]
) -> None:
    """Free these seats, which the order has."""
    await tx.execute(
        LEAVE_SEATS, performance_key=performance_key, order_id=order_id, numbers=list(numbers)
    )
