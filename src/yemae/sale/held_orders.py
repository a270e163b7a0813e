"""A held order of any fan, locked, for what operators do with it."""

from typing import NamedTuple
from uuid import UUID

from yemae.orders import orders as order_book
from yemae.orders.order import Order
from yemae.refusals import OrderNotFound, OrderNotHeld
from yemae.store.postgres import Transaction


class HeldOrder(NamedTuple):
    """The order, and whether a card payment of it is not known yet."""

    order: Order
    is_being_paid: bool


async def lock_held_order(tx: Transaction, order_id: UUID) -> HeldOrder:
    """Lock it. Raises OrderNotFound, or OrderNotHeld for one whose time is over, too."""
    locked = await (await order_book.lock_orders(tx, [order_id])).row()
    order = None if locked is None else locked.order
    if locked is None or order is None:
        raise OrderNotFound
    if (status := order_book.status_at(order, locked.now)) != "held":
        raise OrderNotHeld(status)
    return HeldOrder(order, locked.is_being_paid)
