"""Refunds in PostgreSQL: money that goes back to a fan, one row for each attempt.

A refund to the wallet is settled by the transaction that writes it. One to a card goes back through
the checkout that the money came through, and is pending until its payment provider has answered.
One in cash is pending until the box office has handed it out.
Always holds, by a constraint: what is refunded of an order, or may still be, is never more than
what was paid for it. What a lost dispute takes is not limited by it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.store.postgres import NoRows, Sent, Transaction
from yemae.store.queries import Query, as_json, load_queries

# `in_doubt`: the provider did not answer, so it may have been paid out.
RefundState = Literal["pending", "settled", "declined", "in_doubt"]
Destination = Literal["wallet", "checkout", "cash"]


class Refund(NamedTuple):
    """An attempt to give money back, in the currency's minor unit."""

    id: UUID
    order_id: UUID
    # What it is for; None: no seat was cancelled for it.
    cancellation_id: UUID | None
    amount: int
    destination: Destination
    # The checkout that the money came through; None: the wallet, or cash.
    checkout_id: UUID | None
    state: RefundState
    reason: str | None
    # The fan, or the operator as the log names them.
    requested_by: str
    created_at: datetime
    settled_at: datetime | None
    # Of an operator's call, so that a repeat of it gives nothing back again.
    idempotency_key: str | None = None
    # What the provider calls it, and why it did not pay out or has not yet.
    reference: str | None = None
    failure: str | None = None
    # How often the provider was asked, and when it is asked next; None: never again.
    attempts: int = 0
    look_at: datetime | None = None
    handed_over_at: datetime | None = None
    # The declined refund that this one stands for.
    instead_of: UUID | None = None
    # The refund that it was split off: this part had been paid from the wallet.
    part_of: UUID | None = None
    # Who handed out the cash.
    paid_out_by: str | None = None


class LockedRefund(NamedTuple):
    """A refund once its lock was had."""

    now: datetime
    refund: Refund | None


class OpenRefunds(NamedTuple):
    """How many refunds wait for an operator."""

    waiting: int


QUERIES = load_queries(__file__, "refunds.sql")
WRITE_REFUND = QUERIES["write_refund"]
WRITE_STATE = QUERIES["write_refund_state"]
PAY_OUT = QUERIES["pay_out_refund"]
REFUND_BY_ID = Query(QUERIES["refund_by_id"], Refund)
LOCK_REFUND = Query(QUERIES["lock_refund"], LockedRefund, rest=Refund)
CLAIM_DUE = Query(QUERIES["claim_due_refunds"], Refund)
COUNT_WAITING = Query(QUERIES["count_waiting_refunds"], OpenRefunds)
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


def of_cancellation(refunds: Sequence[Refund], cancellation_id: UUID) -> list[Refund]:
    """Those of a cancellation that no later one stands for: its refund, in its parts."""
    replaced = {refund.instead_of for refund in refunds}
    return [
        refund
        for refund in refunds
        if refund.cancellation_id == cancellation_id and refund.id not in replaced
    ]


def left_of(paid: int, refunds: Sequence[Refund]) -> int:
    """What of a payment is left to give back: nothing where a lost dispute has taken more."""
    return max(0, paid - taken(refunds))


async def write(tx: Transaction, refund: Refund) -> None:
    """Write a new refund, under the lock of its order."""
    await tx.execute(WRITE_REFUND, refunds=as_json([refund]))


async def of_orders(tx: Transaction, order_ids: Sequence[UUID]) -> Sent[Refund]:
    """The refunds of these orders, the oldest first."""
    if not order_ids:
        return NoRows()
    return await tx.send(REFUNDS_OF_ORDERS, order_ids=list(order_ids))


async def by_id(tx: Transaction, refund_id: UUID) -> Refund | None:
    """A refund, not locked."""
    return await (await tx.send(REFUND_BY_ID, id=refund_id)).row()


async def lock(tx: Transaction, refund_id: UUID) -> tuple[Refund, datetime]:
    """A refund that is known, under its lock, and the store's time; after the lock of its order."""
    row = await (await tx.send(LOCK_REFUND, id=refund_id)).one()
    assert row.refund is not None, "a refund that was there is gone"
    return row.refund, row.now


async def write_state(tx: Transaction, refund: Refund) -> None:
    """Write what was decided under its lock."""
    await tx.execute(
        WRITE_STATE,
        id=refund.id,
        state=refund.state,
        settled_at=refund.settled_at,
        reference=refund.reference,
        failure=refund.failure,
        look_at=refund.look_at,
        handed_over_at=refund.handed_over_at,
    )


async def pay_out(tx: Transaction, refund: Refund) -> None:
    """Write that a refund was handed out in cash, under its lock."""
    await tx.execute(
        PAY_OUT, id=refund.id, settled_at=refund.settled_at, paid_out_by=refund.paid_out_by
    )


async def claim_due(tx: Transaction, provider: str, count: int, again_s: float) -> list[Refund]:
    """Take refunds of a provider that it is to be asked about; they are due again after some
    seconds. Counts the attempt, so that a process that dies has left a sign."""
    return await tx.fetch(CLAIM_DUE, provider=provider, count=count, again_s=again_s)


async def count_waiting(tx: Transaction) -> int:
    """How many wait for an operator."""
    return (await (await tx.send(COUNT_WAITING)).one()).waiting
