"""Operators give a place back that is over, and none that was used to buy."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from helpers.concerts import HALL
from helpers.fans import Fan
from helpers.time_travel import travel
from yemae.back_office import queue_control
from yemae.jobs.sweep import sweep
from yemae.payments import payments
from yemae.refusals import EntryTokenExpired, QueueTokenExpired
from yemae.runtime import Runtime
from yemae.sale import gate, pay, places
from yemae.sale.decide_payments import Paid
from yemae.waiting_room.places import Standing


async def by_leaving(fan: Fan) -> None:
    assert fan.token is not None
    await places.leave(fan.runtime, fan.token)


async def by_revocation(fan: Fan) -> None:
    assert await queue_control.revoke(fan.runtime, HALL, "op", fan.user_id)


async def by_its_time(fan: Fan) -> None:
    travel(fan.runtime, 601)


async def reopen(runtime: Runtime) -> bool:
    return await queue_control.reopen(runtime, HALL, "op", "fan", "Left by mistake")


@pytest.mark.parametrize("end", [by_leaving, by_revocation, by_its_time])
async def test_the_token_of_the_fan_is_a_place_again(
    runtime: Runtime, fan: Fan, end: Callable[[Fan], Awaitable[None]]
) -> None:
    await fan.enter()
    token = fan.token
    assert token is not None
    await end(fan)
    (over,) = (await places.place(runtime, [token])).answers
    assert isinstance(over, QueueTokenExpired)
    assert await reopen(runtime)
    # The sweep knows of the revocation no more.
    await sweep(runtime)
    (back,) = (await places.place(runtime, [token])).answers
    assert isinstance(back, Standing)
    assert (back.word, back.number) == ("waiting", token.number)
    assert not await reopen(runtime)


async def test_a_pass_of_before_opens_nothing_while_the_queue_is_paused(
    runtime: Runtime, fan: Fan
) -> None:
    """Its entry token has not expired yet."""
    await fan.enter()
    entry = fan.entry
    assert entry is not None
    await by_revocation(fan)
    await queue_control.steer(runtime, HALL, "op", "paused")
    assert await reopen(runtime)
    (refused,) = (await gate.check_entry(runtime, [entry])).answers
    assert isinstance(refused, EntryTokenExpired)


async def test_a_place_that_was_used_to_buy_stays_over(runtime: Runtime, fan: Fan) -> None:
    await fan.enter()
    await fan.top_up()
    await fan.hold("1")
    await fan.pay()
    token = fan.token
    assert token is not None
    assert not await reopen(runtime)
    (over,) = (await places.place(runtime, [token])).answers
    assert isinstance(over, QueueTokenExpired)


async def test_a_pass_that_was_used_and_then_revoked_stays_revoked(
    runtime: Runtime, fan: Fan
) -> None:
    """The waiting room had not heard of the payment yet."""
    await fan.enter()
    await fan.top_up()
    await fan.hold("1")
    (paid,) = (await pay.pay(runtime, [fan.pay_request()])).answers
    assert isinstance(paid, Paid)
    await by_revocation(fan)
    assert not await reopen(runtime)
    async with runtime.postgres.transaction() as tx:
        since = runtime.now() - timedelta(minutes=5)
        revoked = await payments.revoked_since(tx, since, 10)
    assert [key.user_id for key in revoked] == ["fan"]
