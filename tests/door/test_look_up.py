"""Whether a ticket whose code is right opens the door: what the database says of its order."""

from uuid import UUID, uuid4

import pytest

from helpers.concerts import FIRST, SECOND
from helpers.fans import Fan
from helpers.time_travel import travel
from yemae.door.check import Refused, ValidTicket, look_up
from yemae.orders.ticket_code import Ticket
from yemae.runtime import Runtime


async def shown(
    runtime: Runtime, order_id: UUID, seat: str, performance: str = FIRST
) -> ValidTicket | Refused:
    ticket = Ticket(order_id, performance, seat)
    return await look_up(runtime.postgres, runtime.catalogue, ticket)


@pytest.fixture
async def paid(fan: Fan) -> UUID:
    """An order of two seats that is paid."""
    await fan.top_up()
    order = await fan.hold("1", "2")
    await fan.pay()
    return order.id


async def test_each_seat_of_a_paid_order_opens_the_door_of_its_date(
    runtime: Runtime, paid: UUID
) -> None:
    for seat in ("1", "2"):
        found = await shown(runtime, paid, seat)
        assert isinstance(found, ValidTicket)
        assert (found.order_id, found.performance_id, found.seat) == (paid, FIRST, seat)


async def test_a_seat_that_another_order_has_opens_no_door(runtime: Runtime, paid: UUID) -> None:
    other = Fan(runtime, "other")
    await other.top_up()
    await other.hold("3")
    await other.pay()
    not_sold = Refused("Seat 3 was not sold to the order of this ticket.")
    assert await shown(runtime, paid, "3") == not_sold
    # The same seat of another date, too.
    not_sold = Refused("Seat 1 was not sold to the order of this ticket.")
    assert await shown(runtime, paid, "1", SECOND) == not_sold


async def test_an_order_that_is_not_paid_opens_no_door(runtime: Runtime, fan: Fan) -> None:
    order = await fan.hold("1")
    held = Refused("The order of this ticket is held, not paid.")
    assert await shown(runtime, order.id, "1") == held
    travel(runtime, runtime.settings.sale.hold_ttl_s)
    over = Refused("The order of this ticket is expired, not paid.")
    assert await shown(runtime, order.id, "1") == over


async def test_what_is_not_in_the_database_opens_no_door(runtime: Runtime, paid: UUID) -> None:
    unknown = Refused("The order of this ticket is not in the database.")
    assert await shown(runtime, uuid4(), "1") == unknown
    nowhere = Refused("There is no performance 'nowhere-1' here.")
    assert await shown(runtime, paid, "1", "nowhere-1") == nowhere
