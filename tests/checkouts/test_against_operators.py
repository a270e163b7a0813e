"""Card payment against an operator who moves, cancels and refunds, and against a second webhook."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from helpers.bank import Bank, webhook
from helpers.capturing import Gate, assert_sold, while_captured
from helpers.checkouts import Payer
from helpers.concerts import SEAT_PRICE
from helpers.reconcile import assert_reconciled
from races.interleaving import DEADLINE_S, ROW_LOCK, TURN, Pause, overtake, without
from yemae.concerts import seats, sold_seats
from yemae.orders import orders
from yemae.orders.orders import LockedOrder
from yemae.refusals import CheckoutInProgress, OrderNotPaid, ProviderUnavailable
from yemae.runtime import Runtime
from yemae.sale import checkouts_at_hand, decide_checkouts
from yemae.sale.batches import Batches
from yemae.sale.cancel import By, Cancelled, CancelWish, cancel_seats
from yemae.sale.heed_webhook import heed_webhook
from yemae.sale.move import MoveWish, move_order
from yemae.sale.settle import settle_checkout
from yemae.wallet import ledger

BY = By("op", is_operator=True, takes_fee=False)


@pytest.fixture
async def bank(runtimes: list[Runtime], bank_port: Bank) -> AsyncIterator[Bank]:
    """The bank, open."""
    async with bank_port.serve(runtimes[0]) as serving:
        yield serving


@pytest.fixture
def payer(runtimes: list[Runtime], desks: list[Batches]) -> Payer:
    """A fan who pays by card."""
    return Payer(runtimes[0], desks[0])


# --- An operator moves the order ---


async def test_an_order_is_not_moved_while_its_payment_is_captured(
    payer: Payer, bank: Bank, runtimes: list[Runtime], database_url: str
) -> None:
    settled, answer = await while_captured(
        payer, bank, lambda order: move_order(runtimes[1], "op", MoveWish(order.id, ["2"]))
    )
    assert isinstance(answer, CheckoutInProgress)
    await assert_sold(payer, settled, database_url)


async def test_control_without_the_guard_the_fan_has_paid_for_a_seat_that_was_not_chosen(
    payer: Payer, bank: Bank, runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LockedOrder, "is_being_paid", False)
    settled, moved = await while_captured(
        payer, bank, lambda order: move_order(runtimes[1], "op", MoveWish(order.id, ["2"]))
    )
    assert settled.state == "captured"
    assert moved.after.seat_numbers == ["2"]


# --- An operator cancels the order in the moment in which it is sold ---


async def cancelled_in_the_sale(
    payer: Payer,
    bank: Bank,
    other: Runtime,
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
) -> list[Any]:
    """The sale has been decided and not written when the cancellation comes."""
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id)
    pause = Pause(monkeypatch, checkouts_at_hand, "write_sales")
    return await overtake(
        database_url,
        pause,
        settle_checkout(payer.runtime, checkout.id),
        cancel_seats(other, BY, CancelWish(order.id)),
    )


async def test_a_cancellation_that_comes_during_the_sale_finds_the_order_paid(
    payer: Payer,
    bank: Bank,
    runtimes: list[Runtime],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
) -> None:
    settled, done = await cancelled_in_the_sale(payer, bank, runtimes[1], monkeypatch, database_url)
    assert settled.state == "captured"
    assert isinstance(done, Cancelled)
    assert done.refunds[0].amount == SEAT_PRICE
    await assert_reconciled(payer.runtime)


async def test_control_without_locks_it_finds_the_order_held(
    payer: Payer,
    bank: Bank,
    runtimes: list[Runtime],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
) -> None:
    without(monkeypatch, orders, "LOCK_BUYERS", TURN, "key")
    for module, statement in (
        (ledger, "LOCK_WALLETS"),
        (orders, "LOCK_ORDERS"),
        (sold_seats, "LOCK_BY_NUMBER"),
        (seats, "LOCK_SEATS_OF_ORDERS"),
    ):
        without(monkeypatch, module, statement, ROW_LOCK)
    settled, answer = await cancelled_in_the_sale(
        payer, bank, runtimes[1], monkeypatch, database_url
    )
    assert settled.state == "captured"
    assert isinstance(answer, OrderNotPaid)


# --- Two webhooks ---


async def two_webhooks(payer: Payer, bank: Bank, there: Runtime) -> tuple[int, list[str]]:
    """Two webhooks of one payment reach two processes: how often the bank was asked to capture,
    and what it was answered."""
    checkout = await payer.begin(await payer.hold_inside("1"))
    await bank.choose(checkout.id, "webhook_only")
    here, other = Gate(payer.runtime), Gate(there)
    other.open.set()

    async def heed(runtime: Runtime) -> str:
        try:
            await heed_webhook(runtime, "test", *webhook(runtime, checkout.id))
        except ProviderUnavailable:
            return "again"
        return "done"

    async with asyncio.timeout(DEADLINE_S):
        first = asyncio.create_task(heed(payer.runtime))
        await here.reached.wait()
        second = await heed(there)
        here.open.set()
        return here.calls + other.calls, [await first, second]


async def test_of_two_webhooks_one_sells_and_the_other_is_to_come_again(
    payer: Payer, bank: Bank, runtimes: list[Runtime]
) -> None:
    calls, answers = await two_webhooks(payer, bank, runtimes[1])
    assert (calls, answers) == (1, ["done", "again"])
    await assert_reconciled(payer.runtime)


async def test_control_without_the_turn_both_ask_the_bank(
    payer: Payer, bank: Bank, runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decide_checkouts, "BUSY", timedelta(0))
    calls, answers = await two_webhooks(payer, bank, runtimes[1])
    assert (calls, answers) == (2, ["done", "done"])
    await assert_reconciled(payer.runtime)
