"""A paid order under its lock: what refunds are decided from."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.orders import orders
from yemae.orders.order import Order
from yemae.payments import payments, refunds
from yemae.payments.refunds import Refund
from yemae.refusals import OrderNotFound, OrderNotPaid
from yemae.sale.decide_refunds import Ledger
from yemae.store.postgres import Transaction
from yemae.wallet import ledger

# What was paid once.
PAID = ("paid", "cancelled")


class PaidOrder(NamedTuple):
    """An order that was paid, also one that is cancelled since: what paid it, and the refunds of
    before. `now` is the store's time after the lock."""

    order: Order
    now: datetime
    paid: int
    made: list[Refund]
    ledger: Ledger

    @property
    def left(self) -> int:
        """What of the payment is left to give back."""
        return refunds.left_of(self.paid, self.made)


async def lock_paid_order(tx: Transaction, order_id: UUID, new_id: Callable[[], UUID]) -> PaidOrder:
    """Lock the wallet of its fan and the order. Raises OrderNotFound, OrderNotPaid."""
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
    lines = Ledger(order.user_id, ledger.balances(wallets)[order.user_id], new_id)
    return PaidOrder(order, now, paid, made, lines)
