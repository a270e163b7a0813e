"""`yemae orders move`: what it writes, and what it says when it cannot."""

import asyncio

import pytest

from helpers.command import Done, finish, start, yemae
from helpers.concerts import FIRST
from helpers.fans import Fan
from yemae.orders.order import Order
from yemae.orders.ticket_code import Ticket, TicketSigner
from yemae.runtime import open_runtime
from yemae.settings import Settings


def move(*arguments: str) -> Done:
    """Run the command, as a process of its own."""
    return finish(start("orders", "move", *arguments))


async def _sell(settings: Settings) -> Order:
    async with open_runtime(settings) as runtime:
        fan = Fan(runtime, "fan")
        await fan.top_up()
        await fan.hold("1")
        return (await fan.pay()).order


@pytest.fixture
def sold(hall: Settings) -> Order:
    """A paid order of seat 1."""
    return asyncio.run(_sell(hall))


def test_a_paid_order_moves_and_only_its_new_ticket_opens_the_door(
    sold: Order, hall: Settings
) -> None:
    done = move(str(sold.id), "7")
    assert done == (0, f"{sold.id} (paid) has 7 of hall-1 for 50,000 KRW\n", "")
    signer = TicketSigner(hall.stores.secret_key)
    old, new = (signer.sign(Ticket(sold.id, FIRST, seat)) for seat in ("1", "7"))
    checked = yemae("tickets", "check", old, new)
    assert checked.out.splitlines() == [
        "refused: Seat 1 was not sold to the order of this ticket.",
        "valid: Test, 2030-01-01 10:00Z, hall-1, seat 7",
    ]
    log = finish(start("queue", "log", "hall")).out
    assert f"order: {sold.id}, seats: 1 → 7, total: 50,000 → 50,000" in log


def test_what_cannot_be_moved_is_one_sentence(sold: Order) -> None:
    assert move("x", "7").err == "yemae: 'x' is no order's id.\n"
    assert move(str(sold.id), "77").err == "yemae: This performance has no seat 77.\n"
    done = move(str(sold.id), "7", "8")
    assert (done.code, done.err) == (2, "yemae: seats: the order has 1 seats, so name as many.\n")
    done = move(str(sold.id), "7", "--from-block", "house")
    assert done.err == "yemae: The concert has no seat block of this name.\n"
