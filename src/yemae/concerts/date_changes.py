"""Dates that do not take place, or at another time: what is written of them, and their seats.

A seat of a cancelled date is closed by the id of its refund run, which stands where an order's
would. So it is not free by the rule that holds go by, and no statement of a hold knows of it; no
operator releases it, as it is in no block.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries


class DateState(NamedTuple):
    """What became of a date, and the store's time."""

    now: datetime
    starts_at: datetime
    sale_ends_at: datetime | None
    cancelled_at: datetime | None
    postponed_at: datetime | None
    postponed_from: datetime | None
    refundable_until: datetime | None

    def gives_all_back(self, paid_at: datetime) -> bool:
        """Whether a fan who paid then cancels without a fee: the organiser has changed the date."""
        if self.cancelled_at is not None:
            return True
        if self.refundable_until is None or self.postponed_at is None:
            return False
        return self.now < self.refundable_until and paid_at < self.postponed_at


class SeatsClosed(NamedTuple):
    """How many seats a step has closed."""

    seats: int


class OrderWithSeats(NamedTuple):
    """An order that has seats of a date, as it looks without a lock."""

    id: UUID
    status: str
    is_being_paid: bool


QUERIES = load_queries(__file__, "date_changes.sql")
LOCK_DATE = Query(QUERIES["lock_date"], DateState)
LOOK_AT_DATE = Query(QUERIES["look_at_date"], DateState)
CANCEL_DATE = QUERIES["cancel_date"]
POSTPONE_DATE = QUERIES["postpone_date"]
CLOSE_FREE_SEATS = Query(QUERIES["close_free_seats"], SeatsClosed)
ORDERS_WITH_SEATS = Query(QUERIES["orders_with_seats"], OrderWithSeats)


async def lock(tx: Transaction, performance_key: int) -> DateState:
    """Lock a date, so that it is changed once."""
    return await (await tx.send(LOCK_DATE, performance_key=performance_key)).one()


async def look_at(tx: Transaction, performance_key: int) -> DateState:
    """A date as it is now."""
    return await (await tx.send(LOOK_AT_DATE, performance_key=performance_key)).one()


async def cancel(tx: Transaction, performance_key: int) -> None:
    """Write that a date does not take place."""
    await tx.execute(CANCEL_DATE, performance_key=performance_key)


async def postpone(
    tx: Transaction,
    performance_key: int,
    starts_at: datetime,
    sale_ends_at: datetime | None,
    utc_offset_minutes: int | None,
    refundable_until: datetime,
) -> None:
    """Write that a date takes place at another time."""
    await tx.execute(
        POSTPONE_DATE,
        performance_key=performance_key,
        starts_at=starts_at,
        sale_ends_at=sale_ends_at,
        utc_offset_minutes=utc_offset_minutes,
        refundable_until=refundable_until,
    )


async def close_free_seats(tx: Transaction, performance_key: int, run_id: UUID, step: int) -> int:
    """Close up to `step` free seats of a cancelled date. Returns how many."""
    sent = await tx.send(
        CLOSE_FREE_SEATS, performance_key=performance_key, run_id=run_id, step=step
    )
    return (await sent.one()).seats


async def orders_with_seats(
    tx: Transaction, performance_key: int, run_id: UUID, step: int, not_these: Sequence[UUID] = ()
) -> list[OrderWithSeats]:
    """Up to `step` orders that have seats of a cancelled date, held ones first."""
    return await tx.fetch(
        ORDERS_WITH_SEATS,
        performance_key=performance_key,
        run_id=run_id,
        step=step,
        not_these=list(not_these),
    )
