"""Free tickets: no money moves and no wallet is needed; everything else holds as ever."""

import asyncio

import msgspec
import pytest

from helpers.concerts import concert, load_concert
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from yemae.refusals import IdempotencyConflict
from yemae.runtime import Runtime
from yemae.sale.decide_payments import Paid
from yemae.settings import Settings


@pytest.fixture
async def free(runtime: Runtime, settings: Settings) -> Runtime:
    """The runtime, with every seat free of charge."""
    wanted = concert()
    seats = tuple(msgspec.structs.replace(seat, price=0) for seat in wanted.seats)
    await load_concert(settings, msgspec.structs.replace(wanted, seats=seats))
    await runtime.catalogue.refresh()
    return runtime


async def test_a_fan_without_a_wallet_gets_a_free_ticket(free: Runtime, fan: Fan) -> None:
    await fan.enter()
    await fan.hold("1")
    paid = await fan.pay()
    assert (paid.payment.amount, paid.payment.balance_after) == (0, 0)
    await assert_reconciled(free)


async def test_one_key_pays_one_free_order_even_at_once(free: Runtime, fan: Fan) -> None:
    await fan.enter()
    orders = [await fan.hold("1"), await fan.hold("2")]
    answers = await asyncio.gather(
        *(fan.pay(order.id, key="once") for order in orders), return_exceptions=True
    )
    assert {type(answer) for answer in answers} == {Paid, IdempotencyConflict}
    await assert_reconciled(free)
