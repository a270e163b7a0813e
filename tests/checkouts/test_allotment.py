"""A card payment of a phase with an allotment, at the moment when the hold of its seats ends."""

from collections.abc import AsyncIterator

import pytest

from helpers.bank import Bank
from helpers.checkouts import Payer
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled, violations
from helpers.sales import PRESALE, in_phases
from helpers.time_travel import travel
from races.interleaving import Pause, overtake, several_runtimes, tally
from yemae.orders import orders
from yemae.runtime import Runtime
from yemae.sale import checkouts_at_hand, settle
from yemae.sale.batches import Batches
from yemae.settings import Settings


@pytest.fixture
async def runtimes(settings: Settings) -> AsyncIterator[list[Runtime]]:
    """Two runtimes with a presale of three seats of each date."""
    async with several_runtimes(settings, 2, in_phases("allotment = 3")) as opened:
        yield opened


@pytest.fixture
async def bank(runtimes: list[Runtime], bank_port: Bank) -> AsyncIterator[Bank]:
    """The bank, open."""
    async with bank_port.serve(runtimes[0]) as serving:
        yield serving


@pytest.fixture
def payer(runtimes: list[Runtime], desks: list[Batches]) -> Payer:
    """A fan of the presale who pays by card."""
    return Payer(runtimes[0], desks[0], "one", PRESALE)


async def a_card_payment_and_a_hold(
    payer: Payer, bank: Bank, other: Runtime, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> dict[str, int]:
    """The server begins to capture in the last moment of a hold of two seats; two others are held
    after that moment, and before the longer hold is written."""
    order = await payer.hold_inside("1", "2")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id)
    travel(other, other.settings.sale.hold_ttl_s + 1)
    pause = Pause(monkeypatch, orders, "keep_held")
    capturing = settle.settle_checkout(payer.runtime, checkout.id)
    return tally(
        await overtake(database_url, pause, capturing, Fan(other, "two", PRESALE).hold("3", "4"))
    )


async def test_a_hold_waits_for_the_lease_of_a_card_payment_of_its_phase_and_counts_it(
    payer: Payer,
    bank: Bank,
    runtimes: list[Runtime],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
) -> None:
    found = await a_card_payment_and_a_hold(payer, bank, runtimes[1], monkeypatch, database_url)
    assert found == {"Checkout": 1, "AllotmentExceeded": 1}
    await assert_reconciled(runtimes[0])


async def test_control_when_card_payments_take_no_turn_of_the_phase_the_allotment_is_exceeded(
    payer: Payer,
    bank: Bank,
    runtimes: list[Runtime],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
) -> None:
    monkeypatch.setattr(checkouts_at_hand, "turns_of_payments", lambda *_: [])
    found = await a_card_payment_and_a_hold(payer, bank, runtimes[1], monkeypatch, database_url)
    assert found == {"Checkout": 1, "Order": 1}
    assert "allotment_kept" in await violations(runtimes[0])
