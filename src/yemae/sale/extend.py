"""좌석 예약 · Extend: an operator gives a held order its time once more, for a fan who is being
helped. An order is extended once, however often it is asked for."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from yemae.base.batching import FollowUp, follow_up
from yemae.concerts import controls, seat_blocks, seats
from yemae.concerts.seats import Claim
from yemae.orders import orders as order_book
from yemae.orders.order import Kept, Order
from yemae.refusals import CheckoutInProgress
from yemae.runtime import Stores
from yemae.sale import gate
from yemae.sale.held_orders import lock_held_order
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries


class _Extended(NamedTuple):
    """Whether a line of the log says that an order was extended."""

    was_extended: bool


QUERIES = load_queries(__file__, "extend.sql")
WAS_EXTENDED = Query(QUERIES["was_extended"], _Extended)
ACTION = "extend hold"


class Extended(NamedTuple):
    """The order as it is now, and whether this call gave it more time."""

    order: Order
    is_new: bool


async def extend_hold(stores: Stores, who: str, order_id: UUID, reason: str) -> Extended:
    """Let a held order be held for `hold_ttl_s` more; an order that was extended stays as it is.
    Its seats and its pass stay as long. Raises OrderNotFound, OrderNotHeld, or CheckoutInProgress
    while a card payment keeps it."""
    async with stores.postgres.transaction() as tx:
        order, is_being_paid = await lock_held_order(tx, order_id)
        if await _was_extended(tx, order):
            return Extended(order, is_new=False)
        if is_being_paid:
            raise CheckoutInProgress
        until = order.expires_at + timedelta(seconds=stores.settings.sale.hold_ttl_s)
        keys = [(order.performance_key, number) for number in order.seat_numbers]
        await (await seats.lock_seats_of_orders(tx, [order_id])).rows()
        await order_book.keep_held(tx, [Kept(order, until, None)])
        await seats.keep_seats(tx, [Claim(*key, order_id, until) for key in keys])
        details = {
            "order": str(order_id),
            "expires_at": {"from": order.expires_at, "to": until},
            "reason": reason,
        }
        await controls.log(tx, stores.new_id(), order.concert_id, who, ACTION, details)
        await seat_blocks.announce(tx, keys)
    longer = order._replace(expires_at=until)
    # What fails here is repaired by the sweep, which repeats holds to the waiting room.
    steps = [FollowUp("pass extended", lambda: gate.extend_passes(stores, [longer]))]
    await follow_up("extend", steps)
    return Extended(longer, is_new=True)


async def _was_extended(tx: Transaction, order: Order) -> bool:
    """Read under the lock of the order, so that two operators do not both extend it."""
    sent = await tx.send(
        WAS_EXTENDED, concert_id=order.concert_id, order_id=order.id, action=ACTION
    )
    return (await sent.one()).was_extended
