"""Orders in PostgreSQL: locks, the steps that they are read in, and the status a reader sees."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from helpers.fans import Fan
from helpers.time_travel import travel
from races.interleaving import DEADLINE_S, until_done_or_waiting
from races.test_foreign_locks import BUYER, locked
from yemae.orders import orders
from yemae.orders.order import Order, Status
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime

MOMENT = timedelta(microseconds=1)


async def held(runtime: Runtime, count: int) -> list[Order]:
    """This number of fans hold a seat each; their orders in id order."""
    made = [await Fan(runtime, f"fan-{n}").hold(str(n)) for n in range(1, count + 1)]
    return sorted(made, key=lambda order: order.id)


async def test_a_hold_is_over_at_the_very_moment_of_its_end(fan: Fan) -> None:
    order = await fan.hold("1")
    assert orders.status_at(order, order.expires_at - MOMENT) == "held"
    assert orders.status_at(order, order.expires_at) == "expired"


@pytest.mark.parametrize("status", ["paid", "released", "cancelled"])
async def test_what_is_held_no_more_does_not_expire(fan: Fan, status: Status) -> None:
    order = (await fan.hold("1"))._replace(status=status)
    assert orders.status_at(order, order.expires_at) == status


async def test_an_order_that_has_another_fan_under_its_lock_is_asked_for_again(fan: Fan) -> None:
    order = await fan.hold("1")
    assert orders.require_owner(order, fan.user_id) is order
    with pytest.raises(StoreUnavailable) as moved:
        orders.require_owner(order, "other")
    assert moved.value.is_locked


async def test_holds_are_read_in_id_order_and_in_steps(runtime: Runtime) -> None:
    made = await held(runtime, 5)
    async with runtime.postgres.transaction() as tx:
        first = await orders.held_since(tx, UUID(int=0), 3)
        rest = await orders.held_since(tx, first[-1].id, 3)
    assert [[order.id for order in step] for step in (first, rest)] == [
        [order.id for order in made[:3]],
        [order.id for order in made[3:]],
    ]


async def test_a_fans_orders_are_read_newest_first_and_in_steps(runtime: Runtime, fan: Fan) -> None:
    made = [await fan.hold(str(n)) for n in range(4, 0, -1)]
    await Fan(runtime, "other").hold("9")
    made.reverse()
    async with runtime.postgres.transaction() as tx:
        first = await orders.orders_of(tx, fan.user_id, before=None, limit=2)
        rest = await orders.orders_of(tx, fan.user_id, before=first[-1].id, limit=9)
    assert first == made[:2]
    assert rest == made[2:]


async def test_orders_that_ran_out_are_locked_in_steps(runtime: Runtime) -> None:
    made = await held(runtime, 5)
    travel(runtime, runtime.settings.sale.hold_ttl_s)
    ids = {order.id for order in made}
    async with runtime.postgres.transaction() as tx:
        first = await orders.run_out(tx, 3)
        rest = await orders.run_out(tx, 3, not_these=first)
        assert (len(first), len(rest)) == (3, 2)
        assert {*first, *rest} == ids
        assert await orders.run_out(tx, 3, only=rest[0]) == [rest[0]]


async def test_a_fans_turn_is_waited_for_unless_the_caller_says_otherwise(
    runtime: Runtime, database_url: str
) -> None:
    async def turn(**how: bool) -> list[orders.Buyer]:
        async with runtime.postgres.transaction() as tx:
            return await (await orders.lock_buyers(tx, ["fan-0"], **how)).rows()

    async with asyncio.timeout(DEADLINE_S):
        async with locked(database_url, BUYER):
            assert await turn(wait=False) == [orders.Buyer("fan-0", is_locked=False)]
            waiting = asyncio.create_task(turn())
            await until_done_or_waiting(database_url, waiting)
            assert not waiting.done()
        assert await waiting == []
    assert await turn(wait=False) == [orders.Buyer("fan-0", is_locked=True)]
