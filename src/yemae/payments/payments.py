"""Payments in PostgreSQL: one for each order that was paid, with the pass that it ended."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.payments.payment import Payment
from yemae.store.postgres import NoRows, Sent, Transaction
from yemae.store.queries import Query, as_json, load_queries
from yemae.values.pass_key import PassKey


class OrderPayment(NamedTuple):
    """What was paid for an order, with the surcharges of moves, when it was paid, and the time at
    which that was read."""

    amount: int
    paid_at: datetime
    now: datetime


class UsedPass(NamedTuple):
    """A pass that has ended; with a checkout, one that is about to end with it."""

    concert_id: str
    user_id: str
    number: int
    checkout_id: UUID | None

    @property
    def pass_key(self) -> PassKey:
        """Which pass."""
        return PassKey(self.concert_id, self.user_id, self.number)


QUERIES = load_queries(__file__)
WRITE_PAYMENTS = QUERIES["write_payments"]
PAYMENTS_BY_KEY = Query(QUERIES["payments_by_key"], Payment)
PAYMENT_OF_ORDER = Query(QUERIES["payment_of_order"], OrderPayment)
RECEIPT_OF_ORDER = Query(QUERIES["receipt_of_order"], Payment)
PASSES_USED = Query(QUERIES["passes_used"], UsedPass)
PASSES_KEPT_OVER = Query(QUERIES["passes_kept_over"], PassKey)
PAYMENTS_SINCE = Query(QUERIES["payments_since"], Payment)
REVOKE_PASS = QUERIES["revoke_pass"]
FORGET_REVOKED_PASS = QUERIES["forget_revoked_pass"]
REVOKED_SINCE = Query(QUERIES["revoked_since"], PassKey)


async def write_payments(tx: Transaction, payments: Sequence[Payment]) -> None:
    """Write new payments."""
    await tx.execute(WRITE_PAYMENTS, payments=as_json(payments))


async def payments_by_key(tx: Transaction, keys: Sequence[tuple[str, str]]) -> Sent[Payment]:
    """The payments made with these (user, Idempotency-Key) pairs."""
    if not keys:
        return NoRows()
    return await tx.send(
        PAYMENTS_BY_KEY,
        user_ids=[user for user, _ in keys],
        idempotency_keys=[key for _, key in keys],
    )


async def of_order(tx: Transaction, order_id: UUID) -> OrderPayment:
    """The payment of an order that was paid."""
    return await (await tx.send(PAYMENT_OF_ORDER, order_id=order_id)).one()


async def passes_used(tx: Transaction, passes: Sequence[PassKey]) -> Sent[UsedPass]:
    """Those of these passes that ended with a payment or were revoked, or that a checkout may end
    at any moment."""
    return await tx.send(PASSES_USED, **_columns(passes))


async def passes_kept_over(tx: Transaction, passes: Sequence[PassKey]) -> list[PassKey]:
    """Those of these passes, which are over, that an operator does not give back: they were used to
    buy, or a checkout may end them at any moment, or a later one of their fan was revoked."""
    return await tx.fetch(PASSES_KEPT_OVER, **_columns(passes)) if passes else []


def _columns(passes: Sequence[PassKey]) -> dict[str, Sequence[object]]:
    return {
        "user_ids": [key.user_id for key in passes],
        "concert_ids": [key.concert_id for key in passes],
        "pass_numbers": [key.number for key in passes],
    }


def ended(used: Iterable[UsedPass]) -> set[PassKey]:
    """Those that have ended."""
    return {each.pass_key for each in used if each.checkout_id is None}


async def receipt_of_order(tx: Transaction, order_id: UUID) -> Payment | None:
    """What paid an order."""
    return await (await tx.send(RECEIPT_OF_ORDER, order_id=order_id)).row()


async def payments_since(tx: Transaction, after: UUID, step: int) -> list[Payment]:
    """Payments with a higher id, in id order."""
    return await tx.fetch(PAYMENTS_SINCE, after=after, step=step)


async def revoke_pass(tx: Transaction, revoked: PassKey) -> None:
    """End a pass, and every older place of its fan, for good."""
    concert_id, user_id, number = revoked
    await tx.execute(REVOKE_PASS, user_id=user_id, concert_id=concert_id, pass_number=number)


async def forget_revoked_pass(tx: Transaction, revoked: PassKey) -> None:
    """Take it back that a pass was revoked, unless it was used or its checkout may just be
    captured; that of a later one stays."""
    concert_id, user_id, number = revoked
    await tx.execute(
        FORGET_REVOKED_PASS, user_id=user_id, concert_id=concert_id, pass_number=number
    )


async def revoked_since(tx: Transaction, since: datetime, step: int) -> list[PassKey]:
    """The passes that were revoked after a time."""
    return await tx.fetch(REVOKED_SINCE, since=since, step=step)
