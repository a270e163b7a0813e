"""A fan gives a held order back: whose, in which state, and what becomes of seats and pass."""

import asyncio
from uuid import uuid4

import pytest

from helpers.fans import Fan
from helpers.time_travel import travel
from races.interleaving import DEADLINE_S, until_done_or_waiting
from races.test_foreign_locks import locked
from yemae.orders.order import Status
from yemae.refusals import OrderNotFound, OrderNotHeld, SeatTaken
from yemae.runtime import Runtime
from yemae.values.instants import unix_ms


async def test_a_released_order_is_over_and_its_seats_are_free_at_once(
    runtime: Runtime, fan: Fan
) -> None:
    other = Fan(runtime, "other")
    held = await fan.hold("1", "2")
    kept = await fan.hold("3")
    assert await fan.release(held.id) == held._replace(status="released")
    assert (await other.hold("1", "2")).seat_numbers == ["1", "2"]
    with pytest.raises(SeatTaken):
        await other.hold("3")
    assert (await fan.release(kept.id)).seat_numbers == ["3"]


async def test_an_order_is_released_by_its_own_fan_only(runtime: Runtime, fan: Fan) -> None:
    order = await fan.hold("1")
    for refused in (Fan(runtime, "other").release(order.id), fan.release(uuid4())):
        with pytest.raises(OrderNotFound):
            await refused
    with pytest.raises(SeatTaken):
        await Fan(runtime, "other").hold("1")


@pytest.mark.parametrize("status", ["released", "paid", "expired"])
async def test_only_a_held_order_is_released(fan: Fan, status: Status) -> None:
    order = await fan.hold("1")
    await fan.end(order, status)
    with pytest.raises(OrderNotHeld) as refused:
        await fan.release()
    assert refused.value.extra() == {"order_status": status}


async def test_the_pass_ends_with_the_last_hold_that_is_left_and_then_with_its_own_time(
    runtime: Runtime, fan: Fan
) -> None:
    await fan.enter()
    own_end_ms = (await fan.poll()).pass_ends_at_ms
    travel(runtime, 500)
    first = await fan.hold("1")
    travel(runtime, 50)
    second = await fan.hold("2")
    assert (await fan.poll()).pass_ends_at_ms == unix_ms(second.expires_at)
    await fan.release(second.id)
    assert (await fan.poll()).pass_ends_at_ms == unix_ms(first.expires_at)
    await fan.release(first.id)
    assert (await fan.poll()).pass_ends_at_ms == own_end_ms


async def test_an_order_that_is_locked_elsewhere_is_released_once_its_lock_is_had(
    fan: Fan, database_url: str
) -> None:
    await fan.hold("1")
    async with asyncio.timeout(DEADLINE_S):
        async with locked(database_url, "select from orders for update"):
            released = asyncio.ensure_future(fan.release())
            await until_done_or_waiting(database_url, released)
            assert not released.done()
        assert (await released).status == "released"
