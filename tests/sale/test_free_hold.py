"""An operator frees a hold: the seats at once, the pass as it was, and what is refused."""

from uuid import uuid4

import pytest

from helpers.concerts import FIRST, HALL
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.back_office import queue_control
from yemae.orders.order import Status
from yemae.refusals import CheckoutInProgress, OrderNotFound, OrderNotHeld, SeatTaken
from yemae.runtime import Runtime
from yemae.sale.free_hold import free_hold

WHY = "A tab was left open"


async def test_the_seats_of_a_hold_are_free_at_once_and_its_fan_stays_inside(
    runtime: Runtime, fan: Fan
) -> None:
    await fan.enter()
    own_end_ms = (await fan.poll()).pass_ends_at_ms
    travel(runtime, 500)
    order = await fan.hold("1", "2")
    kept = await fan.hold("3")
    assert await free_hold(runtime, "op", order.id, WHY) == order._replace(status="released")
    other = Fan(runtime, "other")
    assert (await other.hold("1", "2")).status == "held"
    with pytest.raises(SeatTaken):
        await other.hold("3")
    # Not only inside: the fan may choose again.
    assert (await fan.hold("4")).status == "held"
    for each in (kept.id, (await fan.hold("5")).id):
        await free_hold(runtime, "op", each, WHY)
    assert (await fan.poll()).pass_ends_at_ms is not None
    assert own_end_ms is not None
    await assert_reconciled(runtime)


async def test_the_log_has_the_seats_and_the_reason(runtime: Runtime, fan: Fan) -> None:
    order = await fan.hold("1")
    await free_hold(runtime, "op", order.id, WHY)
    (line,) = await queue_control.actions(runtime, HALL, before=None, limit=10)
    assert (line.who, line.action) == ("op", "free hold")
    assert line.details == {
        "order": str(order.id),
        "performance": FIRST,
        "seats": ["1"],
        "reason": WHY,
    }


@pytest.mark.parametrize("status", ["released", "paid", "expired"])
async def test_only_a_held_order_is_freed(runtime: Runtime, fan: Fan, status: Status) -> None:
    order = await fan.hold("1")
    if status == "released":
        await fan.release()
    elif status == "paid":
        await fan.top_up()
        await fan.pay()
    else:
        travel(runtime, (order.expires_at - runtime.now()).total_seconds() + 1)
    with pytest.raises(OrderNotHeld) as refused:
        await free_hold(runtime, "op", order.id, WHY)
    assert refused.value.extra() == {"order_status": status}
    with pytest.raises(OrderNotFound):
        await free_hold(runtime, "op", uuid4(), WHY)


async def test_an_order_that_is_being_paid_by_card_is_left_to_its_checkout(
    runtime: Runtime, fan: Fan
) -> None:
    order = await fan.hold("1")
    async with runtime.postgres.transaction() as tx:
        await tx.execute(
            b"update orders set checkout_id = gen_random_uuid() where id = %(id)s", id=order.id
        )
    with pytest.raises(CheckoutInProgress):
        await free_hold(runtime, "op", order.id, WHY)
    with pytest.raises(SeatTaken):
        await Fan(runtime, "other").hold("1")
