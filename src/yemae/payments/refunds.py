"""Refunds in PostgreSQL: money that goes back to a fan, one row for each attempt.

A refund to the wallet is settled by the transaction that writes it. One to a card is pending until
its payment provider has answered. Always holds, by a constraint: what is refunded of an order, or
may still be, is never more than what was paid for it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.store.postgres import NoRows, Sent, Transaction
from yemae.store.queries import Query, as_json, load_queries

# `in_doubt`: the provider did not answer, so it may have been paid out.
RefundState = Literal["pending", "settled", "declined", "in_doubt"]
Destination = Literal["wallet", "checkout"]


class Refund(NamedTuple):
    """An attempt to give money back, in the currency's minor unit."""

    id: UUID
    order_id: UUID
    # What it is for; None: no seat was cancelled for it.
    cancellation_id: UUID | None
    amount: int
    destination: Destination
    # The checkout that the money came through; None: the wallet.
    checkout_id: UUID | None
    state: RefundState
    reason: str | None
    # The fan, or the operator as the log names them.
    requested_by: str
    created_at: datetime
    settled_at: datetime | None
    # Of an operator's call, so that a repeat of it gives nothing back again.
    idempotency_key: str | None = None


QUERIES = load_queries(__file__, "refunds.sql")
WRITE_REFUND = QUERIES["write_refund"]
REFUNDS_OF_ORDERS = Query(QUERIES["refunds_of_orders"], Refund)


def to_wallet(
    refund_id: UUID,
    order_id: UUID,
    amount: int,
    now: datetime,
    *,
    by: str,
    reason: str | None,
    cancellation_id: UUID | None = None,
) -> Refund:
    """A refund that the wallet has with the transaction that writes it."""
    return Refund(
        id=refund_id,
        order_id=order_id,
        cancellation_id=cancellation_id,
        amount=amount,
        destination="wallet",
        checkout_id=None,
        state="settled",
        reason=reason,
        requested_by=by,
        created_at=now,
        settled_at=now,
    )


def taken(refunds: Sequence[Refund]) -> int:
    """What these refunds have given back or may still give back."""
    return sum(refund.amount for refund in refunds if refund.state != "declined")


async def write(tx: Transaction, refund: Refund) -> None:
    """Write a new refund, under the lock of its order."""
    await tx.execute(WRITE_REFUND, refunds=as_json([refund]))


async def of_orders(tx: Transaction, order_ids: Sequence[UUID]) -> Sent[Refund]:
    """The refunds of these orders, the oldest first."""
    if not order_ids:
        return NoRows()
    return await tx.send(REFUNDS_OF_ORDERS, order_ids=list(order_ids))
