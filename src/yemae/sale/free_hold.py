"""선점 해제 · Free a hold: an operator gives the seats of a held order back to the sale, with a
reason. The fan's pass stays, and ends as it would without the order."""

from uuid import UUID

from yemae.base.batching import FollowUp, follow_up
from yemae.concerts import controls, seat_blocks, seats
from yemae.orders import orders as order_book
from yemae.orders.order import Order
from yemae.refusals import CheckoutInProgress
from yemae.runtime import Stores
from yemae.sale import gate
from yemae.sale.held_orders import lock_held_order

ACTION = "free hold"


async def free_hold(stores: Stores, who: str, order_id: UUID, reason: str) -> Order:
    """Release a held order of any fan; its seats are free at once. Raises OrderNotFound,
    OrderNotHeld, or CheckoutInProgress while a card payment of it is not known."""
    async with stores.postgres.transaction() as tx:
        order, is_being_paid = await lock_held_order(tx, order_id)
        if is_being_paid:
            raise CheckoutInProgress
        await (await seats.lock_seats_of_orders(tx, [order_id])).rows()
        await order_book.mark_released(tx, order_id)
        await seats.free_seats_of(tx, [order_id])
        (left,) = await order_book.passes_held_until(tx, [(order.user_id, order.pass_number)])
        details = {
            "order": str(order_id),
            "performance": order.performance_id,
            "seats": order.seat_numbers,
            "reason": reason,
        }
        await controls.log(tx, stores.new_id(), order.concert_id, who, ACTION, details)
        keys = [(order.performance_key, number) for number in order.seat_numbers]
        await seat_blocks.announce(tx, keys)
    # A pass for which this fails ends with the order's own time.
    steps = [FollowUp("pass given back", lambda: gate.give_back(stores, [(order, left)]))]
    await follow_up("free hold", steps)
    return order._replace(status="released")
