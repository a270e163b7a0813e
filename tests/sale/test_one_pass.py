"""A pass pays once, and opens nothing afterwards, even for a request that was past the gate."""

import asyncio

import pytest
from valkey import Valkey as BlockingValkey

from helpers.concerts import HALL
from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled
from yemae.refusals import EntryTokenExpired
from yemae.runtime import Runtime
from yemae.sale import hold, pay
from yemae.sale.decide_payments import Paid, PayRequest
from yemae.waiting_room.keys import PARTS, keys_of


async def fan_with_two_orders(fan: Fan) -> list[PayRequest]:
    """A fan inside with money, and a payment ready for each of two orders."""
    await fan.enter()
    await fan.top_up()
    return [fan.pay_request((await fan.hold(seat)).id) for seat in ("1", "2")]


async def test_two_orders_cannot_be_paid_with_one_pass_in_one_batch(
    runtime: Runtime, fan: Fan
) -> None:
    first, second = await carried_out(pay.pay(runtime, list(await fan_with_two_orders(fan))))
    assert isinstance(first, Paid)
    assert isinstance(second, EntryTokenExpired)
    await assert_reconciled(runtime)


async def test_two_orders_cannot_be_paid_with_one_pass_at_once(runtime: Runtime, fan: Fan) -> None:
    requests = await fan_with_two_orders(fan)
    answers = await asyncio.gather(
        *(carried_out(pay.pay(runtime, [request])) for request in requests)
    )
    assert {type(answer) for (answer,) in answers} == {Paid, EntryTokenExpired}
    await assert_reconciled(runtime)


async def test_a_hold_that_was_past_the_gate_when_the_pass_was_used_is_refused(
    runtime: Runtime, fan: Fan
) -> None:
    await fan.enter()
    await fan.top_up()
    late = fan.hold_request("3")
    await fan.hold("1")
    await fan.pay()
    (answer,) = await carried_out(hold.hold(runtime, [late]))
    assert isinstance(answer, EntryTokenExpired)
    await assert_reconciled(runtime)


async def test_a_new_pass_of_the_same_fan_pays_again(runtime: Runtime, fan: Fan) -> None:
    for seat in ("1", "2"):
        await fan.enter()
        await fan.top_up(key=seat)
        await fan.hold(seat)
        await fan.pay()
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()
    await assert_reconciled(runtime)


async def test_a_used_pass_that_valkey_has_forgotten_ends_when_it_is_shown(
    runtime: Runtime,
) -> None:
    """A crash kept Valkey from learning of it; the fan need not wait for the sweep to join anew."""
    fan = Fan(runtime, "fan")
    await fan.enter()
    await fan.top_up()
    await fan.hold("1")
    entry = fan.entry
    await fan.pay()
    assert entry is not None
    with BlockingValkey.from_url(runtime.settings.stores.valkey_url) as client:
        client.flushall()
    keys = dict(zip(PARTS, keys_of(HALL), strict=True))
    with BlockingValkey.from_url(runtime.settings.stores.valkey_url) as client:
        client.zadd(keys["active"], {"fan": 9_999_999_999_999})
        client.hset(keys["passes"], "fan", entry.number)
    assert (await fan.join()).word == "admitted"
    with pytest.raises(EntryTokenExpired):
        await fan.hold("2")
    again = await fan.join()
    assert (again.word, again.new) == ("waiting", True)
