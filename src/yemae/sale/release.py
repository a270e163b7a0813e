"""좌석 예약 · Release: a fan gives a held order back."""

from uuid import UUID

from yemae.base.batching import follow_up
from yemae.concerts import seats
from yemae.orders import orders as order_book
from yemae.orders.order import Order
from yemae.refusals import (
    CheckoutInProgress,
    OrderNotFound,
    OrderNotHeld,
)
from yemae.runtime import Runtime
from yemae.sale import follow_ups


async def release(runtime: Runtime, user_id: str, order_id: UUID) -> Order:
    """Give a held order back; its seats are free at once. Raises OrderNotFound,
    OrderNotHeld, or CheckoutInProgress while a card payment of it is not known."""
    async with runtime.postgres.transaction() as tx:
        locked = await (await order_book.lock_orders(tx, [order_id])).row()
        order = None if locked is None else locked.order
        if locked is None or order is None or order.user_id != user_id:
            raise OrderNotFound
        status = order_book.status_at(order, locked.now)
        if status != "held":
            raise OrderNotHeld(status)
        if locked.is_being_paid:
            raise CheckoutInProgress
        await seats.lock_seats_of_orders(tx, [order_id])
        await order_book.mark_released(tx, order_id)
        await seats.free_seats_of(tx, [order_id])
        (left,) = await order_book.passes_held_until(tx, [(user_id, order.pass_number)])
    await follow_up("release", follow_ups.after_release(runtime, order, locked.now, left))
    return order._replace(status="released")
