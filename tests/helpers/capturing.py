"""The moment in which a provider captures: what may happen meanwhile, and what comes of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from helpers.bank import Bank, entry_of
from helpers.checkouts import Payer
from helpers.concerts import SEAT_PRICE
from helpers.reconcile import assert_reconciled
from races.interleaving import DEADLINE_S, count
from yemae.orders.order import Order
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Charge, Found
from yemae.refusals import Refusal
from yemae.runtime import Runtime
from yemae.sale.decide_checkouts import NOT_SELLABLE
from yemae.sale.settle import settle_checkout

SOLD = "select count(*) from tickets"


class Gate:
    """Lets calls to capture wait before they reach the bank, and counts them."""

    def __init__(self, runtime: Runtime) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()
        self.calls = 0
        provider = runtime.provider
        assert provider is not None
        self._confirm = provider.confirm
        provider.confirm = self.confirm  # type: ignore[method-assign]

    async def confirm(self, charge: Charge) -> Found:
        """Wait, then capture."""
        self.calls += 1
        self.reached.set()
        await self.open.wait()
        return await self._confirm(charge)


async def while_captured(
    payer: Payer, bank: Bank, meanwhile: Callable[[Order], Awaitable[Any]]
) -> tuple[Checkout, Any]:
    """A checkout whose fan has paid, and what the other is answered that comes while the bank is
    asked to capture."""
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id)
    gate = Gate(payer.runtime)
    async with asyncio.timeout(DEADLINE_S):
        settling = asyncio.create_task(settle_checkout(payer.runtime, checkout.id))
        await gate.reached.wait()
        try:
            answer = await meanwhile(order)
        except Refusal as refusal:
            answer = refusal
        gate.open.set()
        return await settling, answer


async def assert_given_back(payer: Payer, settled: Checkout) -> None:
    assert (settled.state, settled.reason) == ("cancelled", NOT_SELLABLE)
    entry = await entry_of(payer.runtime, settled.id)
    assert (entry.captured, entry.refunded) == (SEAT_PRICE, SEAT_PRICE)
    await assert_reconciled(payer.runtime)


async def assert_sold(payer: Payer, settled: Checkout, database_url: str) -> None:
    assert settled.state == "captured"
    assert (await entry_of(payer.runtime, settled.id)).refunded == 0
    assert await count(database_url, SOLD) == 1
    await assert_reconciled(payer.runtime)
