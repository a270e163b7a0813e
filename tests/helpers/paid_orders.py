"""Paid orders: how they come into being, what is stored of them, and what their tickets open."""

from helpers.concerts import FIRST
from helpers.fans import Fan
from yemae.door.check import Refused, ValidTicket, look_up
from yemae.orders import orders
from yemae.orders.order import Order
from yemae.orders.ticket_code import Ticket
from yemae.runtime import Runtime


async def bought(fan: Fan, *numbers: str) -> Order:
    """A paid order of a fan with money left."""
    await fan.top_up(key=f"for {' '.join(numbers)}")
    await fan.hold(*numbers)
    return (await fan.pay()).order


async def stored(runtime: Runtime, order: Order) -> Order:
    """The order as its fan sees it."""
    async with runtime.postgres.transaction() as tx:
        found = await orders.order_of(tx, order.id, order.user_id)
    assert found is not None
    return found


async def opens(runtime: Runtime, order: Order, seat: str) -> bool:
    """Whether the ticket of a seat opens the door."""
    found = await look_up(runtime.postgres, runtime.catalogue, Ticket(order.id, FIRST, seat))
    assert isinstance(found, (ValidTicket, Refused))
    return isinstance(found, ValidTicket)
