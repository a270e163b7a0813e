"""환불 · Refund: an operator gives money of an order back for which no seat is cancelled.

One transaction: the refund, its transfer, and the line in the log. The order keeps its seats and
its tickets. It locks as every verb does: wallet, order.
"""

from collections.abc import Sequence
from typing import NamedTuple
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
from yemae.wallet import ledger
from yemae.wallet.decide import REFUNDS, Transfer

# What was paid once.
PAID = ("paid", "cancelled")


class RefundWish(NamedTuple):
    """How much of an order to give back, and why."""

    order_id: UUID
    amount: int
    reason: str | None = None
    idempotency_key: str | None = None


class Refunded(NamedTuple):
    """A refund, and what of the payment has not been refunded after it."""

    refund: Refund
    left: int
    currency: str


async def refund_order(stores: Stores, who: str, wish: RefundWish) -> Refunded:
    """Refund an amount of a paid or cancelled order, once for each Idempotency-Key. Raises
    OrderNotFound, OrderNotPaid, RefundExceedsPayment, IdempotencyConflict, InvalidRequest."""
    order_id, amount = wish.order_id, wish.amount
    if amount < 1:
        raise InvalidRequest.of("amount", "Expected `int` >= 1")
    async with stores.postgres.transaction() as tx:
        found = await orders.origin_of(tx, order_id)
        if found is None:
            raise OrderNotFound
        wallets = await (await ledger.lock_wallets(tx, [found.user_id])).rows()
        locked = await (await orders.lock_orders(tx, [order_id])).one()
        order, now = locked.order, locked.now
        assert order is not None, "an order that is locked is known"
        if order.status not in PAID:
            raise OrderNotPaid(orders.status_at(order, now))
        paid = (await payments.of_order(tx, order_id)).amount
        made = await (await refunds.of_orders(tx, [order_id])).rows()
        left = paid - refunds.taken(made)
        if (earlier := _earlier(made, wish)) is not None:
            return Refunded(earlier, left, order.currency)
        if amount > left:
            raise RefundExceedsPayment(left, order.currency)
        refund = refunds.to_wallet(
            stores.new_id(), order_id, amount, now, by=who, reason=wish.reason
        )._replace(idempotency_key=wish.idempotency_key)
        await refunds.write(tx, refund)
        if stores.settings.tells_fans():
            await outbox.tell(tx, "refunded", refund.id, order_id)
        balance = ledger.balances(wallets)[order.user_id]
        await ledger.append(tx, [_transfer(stores.new_id(), order, refund, balance)])
        details = {"order": str(order_id), "refund": amount, "reason": wish.reason}
        await controls.log(tx, stores.new_id(), order.concert_id, who, "refund", details)
    return Refunded(refund, left - amount, order.currency)


def _earlier(made: Sequence[Refund], wish: RefundWish) -> Refund | None:
    """The refund that this key made before. Raises IdempotencyConflict for another amount."""
    key = wish.idempotency_key
    earlier = next((each for each in made if key and each.idempotency_key == key), None)
    if earlier is not None and earlier.amount != wish.amount:
        raise IdempotencyConflict
    return earlier


def _transfer(transfer_id: UUID, order: Order, refund: Refund, balance: int) -> Transfer:
    return Transfer(
        id=transfer_id,
        user_id=order.user_id,
        kind="refund",
        from_account=REFUNDS,
        to_account=order.user_id,
        amount=refund.amount,
        balance_after=balance + refund.amount,
        order_id=order.id,
        idempotency_key=None,
        created_at=refund.created_at,
    )
