"""An operator gives a held order its time once more."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from helpers.concerts import HALL
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.back_office import queue_control
from yemae.orders.order import Status
from yemae.refusals import CheckoutInProgress, OrderNotFound, OrderNotHeld, SeatTaken
from yemae.runtime import Runtime
from yemae.sale.extend import extend_hold
from yemae.values.instants import unix_ms

WHY = "Her bank asks for a confirmation"


async def test_an_order_is_held_for_as_long_again_with_its_seats_and_its_pass(
    runtime: Runtime, fan: Fan
) -> None:
    ttl = timedelta(seconds=runtime.settings.sale.hold_ttl_s)
    await fan.enter()
    order = await fan.hold("1", "2")
    done = await extend_hold(runtime, "op", order.id, WHY)
    assert done == (order._replace(expires_at=order.expires_at + ttl), True)
    assert (await fan.poll()).pass_ends_at_ms == unix_ms(done.order.expires_at)
    travel(runtime, ttl.total_seconds() + 1)
    # The first hold would be over: its seats are still held, and it can be paid.
    with pytest.raises(SeatTaken):
        await Fan(runtime, "other").hold("1")
    await fan.top_up()
    await fan.pay()
    await assert_reconciled(runtime)


async def test_an_order_is_extended_once_however_many_operators_ask(
    runtime: Runtime, fan: Fan
) -> None:
    order = await fan.hold("1")
    done = await asyncio.gather(*(extend_hold(runtime, f"op-{n}", order.id, WHY) for n in range(4)))
    assert sorted(each.is_new for each in done) == [False, False, False, True]
    assert len({each.order.expires_at for each in done}) == 1
    (line,) = await queue_control.actions(runtime, HALL, before=None, limit=10)
    assert (line.action, line.details["reason"]) == ("extend hold", WHY)
    assert line.details["order"] == str(order.id)
    assert line.details["expires_at"]["from"] < line.details["expires_at"]["to"]


@pytest.mark.parametrize("status", ["released", "paid", "expired"])
async def test_only_a_held_order_is_extended(runtime: Runtime, fan: Fan, status: Status) -> None:
    order = await fan.hold("1")
    await fan.end(order, status)
    with pytest.raises(OrderNotHeld) as refused:
        await extend_hold(runtime, "op", order.id, WHY)
    assert refused.value.extra() == {"order_status": status}
    with pytest.raises(OrderNotFound):
        await extend_hold(runtime, "op", uuid4(), WHY)


async def test_an_order_that_a_checkout_keeps_is_left_to_it(runtime: Runtime, fan: Fan) -> None:
    order = await fan.hold("1")
    async with runtime.postgres.transaction() as tx:
        await tx.execute(
            b"update orders set checkout_id = gen_random_uuid() where id = %(id)s", id=order.id
        )
    with pytest.raises(CheckoutInProgress):
        await extend_hold(runtime, "op", order.id, WHY)
