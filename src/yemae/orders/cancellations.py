"""Cancellations in PostgreSQL: what was taken out of an order, for what fee, by whom and why.

A cancellation never changes. The row of the order has what is left of it; what was bought is that
and what its cancellations have, or of a cancelled order what its cancellations have.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.store.postgres import NoRows, Sent, Transaction
from yemae.store.queries import Query, as_json, load_queries


class Cancellation(NamedTuple):
    """Seats that were taken out of a paid order, as the order had them. Money in the currency's
    minor unit."""

    id: UUID
    order_id: UUID
    user_id: str
    seat_numbers: list[str]
    seat_grades: list[str]
    seat_prices: list[int]
    price_types: list[dict[str, str] | None] | None
    # The part of the order's booking fee that was paid for these seats.
    booking_fee: int
    # What was kept of all that.
    fee: int
    cancelled_at: datetime
    # The fan, or the operator as the log names them.
    cancelled_by: str
    reason: str | None
    idempotency_key: str | None

    @property
    def amount(self) -> int:
        """What was paid for these seats."""
        return sum(self.seat_prices) + self.booking_fee


QUERIES = load_queries(__file__, "cancellations.sql")
WRITE_CANCELLATION = QUERIES["write_cancellation"]
CANCELLATION_BY_KEY = Query(QUERIES["cancellation_by_key"], Cancellation)
CANCELLATIONS_OF_ORDERS = Query(QUERIES["cancellations_of_orders"], Cancellation)


async def write(tx: Transaction, cancellation: Cancellation) -> None:
    """Write a new cancellation."""
    await tx.execute(WRITE_CANCELLATION, cancellations=as_json([cancellation]))


async def by_key(tx: Transaction, user_id: str, key: str | None) -> Sent[Cancellation]:
    """The cancellation that a fan made with this Idempotency-Key."""
    if key is None:
        return NoRows()
    return await tx.send(CANCELLATION_BY_KEY, user_id=user_id, idempotency_key=key)


async def of_orders(tx: Transaction, order_ids: Sequence[UUID]) -> Sent[Cancellation]:
    """The cancellations of these orders, the oldest first."""
    if not order_ids:
        return NoRows()
    return await tx.send(CANCELLATIONS_OF_ORDERS, order_ids=list(order_ids))
