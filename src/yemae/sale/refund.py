"""환불 · Refund: an operator gives money of an order back for which no seat is cancelled, or again
what a card's provider has declined.

One transaction: the refund, its transfers, and the line in the log. The order keeps its seats and
its tickets. It locks as every verb does: wallet, order.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.concerts import controls
from yemae.orders import orders
from yemae.orders.order import Order
from yemae.outbox import messages as outbox
from yemae.payments import payments, refunds
from yemae.payments.refunds import Refund
from yemae.refusals import (
    IdempotencyConflict,
    InvalidRequest,
    OrderNotFound,
    OrderNotPaid,
    RefundExceedsPayment,
)
from yemae.runtime import Stores
from yemae.sale import announcements
from yemae.sale.decide_refunds import Ledger, given
from yemae.sale.disputed_orders import require_no_open_dispute
from yemae.sale.refund_destination import send_to_source
from yemae.store.postgres import Transaction
from yemae.wallet import ledger
from yemae.wallet.decide import Transfer

# `source`: to the card that paid the order, or to the wallet that did.
To = Literal["source", "wallet"]
# What was paid once.
PAID = ("paid", "cancelled")


class RefundWish(NamedTuple):
    """How much of an order to give back, why and where to."""

    order_id: UUID
    amount: int
    reason: str | None = None
    idempotency_key: str | None = None
    to: To = "source"


class Refunded(NamedTuple):
    """A refund, and what of the payment has not been refunded after it."""

    refund: Refund
    left: int
    currency: str


class _Locked(NamedTuple):
    """An order that was paid, under its lock, with the refunds of before."""

    order: Order
    now: datetime
    made: list[Refund]
    left: int
    ledger: Ledger


async def refund_order(stores: Stores, who: str, wish: RefundWish) -> Refunded:
    """Refund an amount of a paid or cancelled order, once for each Idempotency-Key. Raises
    OrderNotFound, OrderNotPaid, OrderDisputed, RefundExceedsPayment, IdempotencyConflict,
    InvalidRequest."""
    if wish.amount < 1:
        raise InvalidRequest.of("amount", "Expected `int` >= 1")
    async with stores.postgres.transaction() as tx:
        at = await _lock(tx, stores, wish.order_id)
        if (earlier := _earlier(at.made, wish)) is not None:
            return Refunded(earlier, at.left, at.order.currency)
        refund = refunds.to_wallet(
            stores.new_id(), wish.order_id, wish.amount, at.now, by=who, reason=wish.reason
        )._replace(idempotency_key=wish.idempotency_key)
        return await _give(tx, stores, at, refund, wish.to)


async def retry_refund(stores: Stores, who: str, refund_id: UUID, to: To = "source") -> Refunded:
    """Give back once more what the provider of a card has declined, to the card or to the wallet;
    a repeat is answered with the refund that stands for it. Raises InvalidRequest for a refund
    that is not there or was not declined, OrderDisputed, and RefundExceedsPayment where something
    else was given back since."""
    async with stores.postgres.transaction() as tx:
        known = await refunds.by_id(tx, refund_id)
        if known is None:
            raise InvalidRequest.of("refund", "No refund has this id")
        at = await _lock(tx, stores, known.order_id)
        for later in at.made:
            if later.instead_of == refund_id:
                return Refunded(later, at.left, at.order.currency)
        declined = next(each for each in at.made if each.id == refund_id)
        if declined.state != "declined":
            raise InvalidRequest.of("refund", f"is {declined.state}, not declined")
        refund = refunds.to_wallet(
            stores.new_id(), at.order.id, declined.amount, at.now, by=who, reason=declined.reason,
            cancellation_id=declined.cancellation_id,
        )._replace(instead_of=refund_id)  # fmt: skip
        return await _give(tx, stores, at, refund, to)


async def _lock(tx: Transaction, stores: Stores, order_id: UUID) -> _Locked:
    """Raises OrderNotFound, OrderNotPaid."""
    found = await orders.origin_of(tx, order_id)
    if found is None:
        raise OrderNotFound
    wallets = await (await ledger.lock_wallets(tx, [found.user_id])).rows()
    locked = await (await orders.lock_orders(tx, [order_id])).one()
    order, now = orders.require_owner(locked.order, found.user_id), locked.now
    if order.status not in PAID:
        raise OrderNotPaid(orders.status_at(order, now))
    paid = (await payments.of_order(tx, order_id)).amount
    made = list(await (await refunds.of_orders(tx, [order_id])).rows())
    lines = Ledger(order.user_id, ledger.balances(wallets)[order.user_id], stores.new_id)
    return _Locked(order, now, made, refunds.left_of(paid, made), lines)


async def _give(tx: Transaction, stores: Stores, at: _Locked, refund: Refund, to: To) -> Refunded:
    """Write a refund out of the account of refunds. Raises OrderDisputed, RefundExceedsPayment."""
    order, amount = at.order, refund.amount
    await require_no_open_dispute(tx, order.id)
    if amount > at.left:
        raise RefundExceedsPayment(at.left, order.currency)
    came = given(refund, at.ledger)
    payouts: list[Transfer] = []
    if to == "wallet":
        await refunds.write(tx, refund)
    else:
        after = at.ledger._replace(balance=came.balance_after)
        refund, payouts = await send_to_source(tx, refund, after)
    await ledger.append(tx, [came, *payouts])
    if stores.settings.tells_fans():
        await outbox.tell(tx, "refunded", refund.id, order.id)
    await announcements.tell_of_refund(tx, stores, refund)
    details = {"order": str(order.id), "refund": amount, "reason": refund.reason}
    await controls.log(
        tx, stores.new_id(), order.concert_id, refund.requested_by, "refund", details
    )
    return Refunded(refund, at.left - amount, order.currency)


def _earlier(made: Sequence[Refund], wish: RefundWish) -> Refund | None:
    """The refund that this key made before. Raises IdempotencyConflict for another amount."""
    key = wish.idempotency_key
    earlier = next((each for each in made if key and each.idempotency_key == key), None)
    if earlier is not None and earlier.amount != wish.amount:
        raise IdempotencyConflict
    return earlier
