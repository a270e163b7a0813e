"""Card payment against all else that may happen to its order while the provider is asked.

The provider captures at the moment when the other one comes. With the guards on, the order stays
sellable and the other is refused; each control takes a guard away, and then money was captured for
what can't be sold any more: it is given back, and no seat is sold twice.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from helpers.bank import Bank, entry_of
from helpers.capturing import Gate, assert_given_back, assert_sold, while_captured
from helpers.checkouts import Payer
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from races.interleaving import DEADLINE_S, count, without
from yemae.jobs.sweep import sweep
from yemae.orders import orders
from yemae.orders.order import Order
from yemae.orders.orders import LockedOrder
from yemae.payments import payments
from yemae.payments.checkout import Checkout
from yemae.refusals import CheckoutInProgress, Refusal, SeatTaken
from yemae.runtime import Runtime
from yemae.sale import checkouts_at_hand, decide_checkouts
from yemae.sale.batches import Batches
from yemae.sale.settle import settle_checkout

CAPTURED = "select count(*) from checkouts where state = 'captured'"


@pytest.fixture
async def bank(runtimes: list[Runtime], bank_port: Bank) -> AsyncIterator[Bank]:
    """The bank, open."""
    async with bank_port.serve(runtimes[0]) as serving:
        yield serving


@pytest.fixture
def payer(runtimes: list[Runtime], desks: list[Batches]) -> Payer:
    """A fan who pays by card."""
    return Payer(runtimes[0], desks[0])


# --- Against the end of the hold -----------------------------------------------------------------


def the_hold_ends(payer: Payer, other: Runtime) -> Callable[[Order], Awaitable[Any]]:
    async def meanwhile(_: Order) -> Any:
        for runtime in (payer.runtime, other):
            travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
        await sweep(other)
        return await Fan(other, "other").hold("1")

    return meanwhile


async def test_a_hold_does_not_end_while_its_payment_is_captured(
    payer: Payer, bank: Bank, runtimes: list[Runtime], database_url: str
) -> None:
    settled, other = await while_captured(payer, bank, the_hold_ends(payer, runtimes[1]))
    assert isinstance(other, SeatTaken)
    await assert_sold(payer, settled, database_url)


async def test_control_without_the_lease_another_fan_gets_the_seat_meanwhile(
    payer: Payer, bank: Bank, runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def keeps_nothing(*_: object) -> list[object]:
        return []

    monkeypatch.setattr(checkouts_at_hand, "keep_held", keeps_nothing)
    settled, other = await while_captured(payer, bank, the_hold_ends(payer, runtimes[1]))
    assert isinstance(other, Order)
    await assert_given_back(payer, settled)


# --- Against a release and a payment from the wallet ----------------------------------------------


def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LockedOrder, "is_being_paid", False)


async def test_an_order_is_not_released_while_its_payment_is_captured(
    payer: Payer, bank: Bank, database_url: str
) -> None:
    settled, answer = await while_captured(payer, bank, lambda order: payer.release(order.id))
    assert isinstance(answer, CheckoutInProgress)
    await assert_sold(payer, settled, database_url)


async def test_control_without_the_guard_it_is_released_and_the_money_given_back(
    payer: Payer, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch)
    settled, answer = await while_captured(payer, bank, lambda order: payer.release(order.id))
    assert isinstance(answer, Order)
    await assert_given_back(payer, settled)


async def test_an_order_is_not_paid_from_the_wallet_while_its_card_payment_is_captured(
    payer: Payer, bank: Bank, database_url: str
) -> None:
    await payer.top_up()
    settled, answer = await while_captured(payer, bank, lambda order: payer.pay(order.id))
    assert isinstance(answer, CheckoutInProgress)
    await assert_sold(payer, settled, database_url)


async def test_control_without_the_guards_it_is_and_the_card_gets_its_money_back(
    payer: Payer, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded(monkeypatch)
    without(monkeypatch, payments, "PASSES_USED", "c.lease_until > yemae_now()", "false")
    await payer.top_up()
    settled, answer = await while_captured(payer, bank, lambda order: payer.pay(order.id))
    assert not isinstance(answer, Refusal)
    await assert_given_back(payer, settled)


async def other_order(payer: Payer) -> Any:
    """Pay another order of the same pass."""
    other = await payer.hold("2")
    return await payer.pay(other.id)


async def test_a_pass_pays_nothing_else_while_its_card_payment_is_captured(
    payer: Payer, bank: Bank, database_url: str
) -> None:
    await payer.top_up()
    settled, answer = await while_captured(payer, bank, lambda _: other_order(payer))
    assert isinstance(answer, CheckoutInProgress)
    await assert_sold(payer, settled, database_url)


async def test_control_without_that_the_pass_is_used_and_the_card_gets_its_money_back(
    payer: Payer, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, payments, "PASSES_USED", "c.lease_until > yemae_now()", "false")
    await payer.top_up()
    settled, answer = await while_captured(payer, bank, lambda _: other_order(payer))
    assert not isinstance(answer, Refusal)
    await assert_given_back(payer, settled)


# --- Two at once ----------------------------------------------------------------------------------


async def settled_twice(payer: Payer, bank: Bank, there: Runtime) -> tuple[int, list[Checkout]]:
    """A return and a webhook of one checkout in two processes: how often the bank was asked, and
    what both were answered."""
    checkout = await payer.begin(await payer.hold_inside("1"))
    await bank.choose(checkout.id)
    here, other = Gate(payer.runtime), Gate(there)
    other.open.set()
    async with asyncio.timeout(DEADLINE_S):
        first = asyncio.create_task(settle_checkout(payer.runtime, checkout.id))
        await here.reached.wait()
        second = await settle_checkout(there, checkout.id)
        here.open.set()
        return here.calls + other.calls, [await first, second]


async def test_of_a_return_and_a_webhook_one_asks_the_bank(
    payer: Payer, bank: Bank, runtimes: list[Runtime], database_url: str
) -> None:
    calls, (first, second) = await settled_twice(payer, bank, runtimes[1])
    assert calls == 1
    assert (first.state, second.state) == ("captured", "pending")
    await assert_sold(payer, first, database_url)


async def test_control_without_the_turn_both_ask_and_the_order_is_still_sold_once(
    payer: Payer,
    bank: Bank,
    runtimes: list[Runtime],
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decide_checkouts, "BUSY", timedelta(0))
    calls, (first, second) = await settled_twice(payer, bank, runtimes[1])
    assert calls == 2
    assert (first.state, second.state) == ("captured", "captured")
    assert await count(database_url, CAPTURED) == 1
    await assert_sold(payer, first, database_url)


async def two_tabs(payer: Payer, bank: Bank, there: Runtime) -> tuple[list[Checkout], UUID]:
    """Two checkouts of one order, both paid at the bank, confirmed at once."""
    order = await payer.hold_inside("1")
    tabs = [await payer.begin(order) for _ in range(2)]
    for tab in tabs:
        await bank.choose(tab.id)
    gate = Gate(payer.runtime)
    async with asyncio.timeout(DEADLINE_S):
        first = asyncio.create_task(settle_checkout(payer.runtime, tabs[0].id))
        await gate.reached.wait()
        second = await settle_checkout(there, tabs[1].id)
        gate.open.set()
        return [await first, second], tabs[1].id


async def test_of_two_tabs_one_pays_and_the_other_is_void(
    payer: Payer, bank: Bank, runtimes: list[Runtime], database_url: str
) -> None:
    (first, second), late = await two_tabs(payer, bank, runtimes[1])
    assert second.state == "pending"
    await assert_sold(payer, first, database_url)
    after = await settle_checkout(runtimes[1], late)
    assert after.state == "cancelled"
    assert (await entry_of(runtimes[1], late)).captured == 0
    await assert_reconciled(payer.runtime)


async def test_control_where_the_order_names_no_checkout_both_capture_and_one_gives_back(
    payer: Payer,
    bank: Bank,
    runtimes: list[Runtime],
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without(
        monkeypatch,
        orders,
        "KEEP_HELD",
        "checkout_id = k.checkout_id",
        "checkout_id = null",
    )
    without(monkeypatch, payments, "PASSES_USED", "c.lease_until > yemae_now()", "false")
    (first, second), _ = await two_tabs(payer, bank, runtimes[1])
    assert second.state == "captured"
    assert await count(database_url, CAPTURED) == 1
    await assert_given_back(payer, first)
