"""The shortest whole path through the verbs."""

import pytest

from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.refusals import EntryTokenExpired, OrderExpired
from yemae.runtime import Runtime


async def test_a_fan_gets_a_ticket(runtime: Runtime, fan: Fan) -> None:
    await fan.enter()
    await fan.top_up()
    order = await fan.hold("1", "2")
    paid = await fan.pay()
    assert paid.payment.amount == order.total == 100_000
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()
    await assert_reconciled(runtime)


async def test_an_expired_hold_cannot_be_paid_and_its_seat_can_be_held(
    runtime: Runtime, fan: Fan
) -> None:
    await fan.enter()
    await fan.top_up()
    await fan.hold("1")
    travel(runtime, 300)
    other = Fan(runtime, "other")
    await other.hold("1")
    with pytest.raises(OrderExpired):
        await fan.pay()
    await assert_reconciled(runtime)
