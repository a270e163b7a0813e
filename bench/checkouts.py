"""The rows of card payment, at a bank that takes 300 ms for each capture (`bench/bank.py`).

`checkout`: 1,000 fans at once come back from the bank's page and confirm; each has a checkout of an
order that is held. `hold_beside_checkouts`: the holds of `hold_distinct` in the same seconds.

A confirmation is good when it is answered with 201 and has the paid order.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from bench.beside import program_beside
from bench.crowd import Fan, batches, crowd_of
from bench.load import HOST, post
from bench.rounds import Probe
from bench.sale import Sale, are_paid
from bench.serving import PRICE, Bench
from bench.stage import SALE
from bench.timed import Effort, Shot, timed
from yemae.accounts import users as accounts
from yemae.payments import checkouts
from yemae.payments.checkout import Checkout
from yemae.payments.providers.test import BankClient
from yemae.runtime import Runtime, open_runtime
from yemae.sale.decide_checkouts import LOOK_AT_PENDING
from yemae.wallet import ledger

CARDS = ("hold_alone", "checkout", "hold_beside_checkouts")
IN_FLIGHT = 1_000
CAPTURE_MS = 300
# Beyond those in flight, what a run can confirm in its seconds.
SPARE = 2_500
# Until as many answers come as requests go: all that came at once begin before the first is done.
WARM_UP_S = 5.0
LATER = timedelta(hours=1)


class Paying(NamedTuple):
    """A fan at the bank."""

    fan: Fan
    order_id: str
    checkout: Checkout


class Checkouts:
    """Measures, each time with new fans."""

    def __init__(
        self, bench: Bench, effort: Effort, sale: Sale, bank_url: str, *, in_flight: int = IN_FLIGHT
    ) -> None:
        self._bench = bench
        self._settings = bench.settings.replace(port=bench.port, payment_keys=bank_url)
        self._effort = effort
        self._sale = sale
        self._in_flight = in_flight

    async def checkout(self) -> Shot:
        """One run of confirmations."""
        return await self._confirm(await self._at_the_bank())

    async def holds_beside(self) -> Shot:
        """One run of holds while as many confirm."""
        paying = await self._at_the_bank()
        return await self._sale.hold_distinct(partial(self._confirm, paying))

    async def _at_the_bank(self) -> list[Paying]:
        """Fans whose charges the bank knows, and who have paid there."""
        count = self._in_flight + min(SPARE, 2 * self._in_flight)
        async with crowd_of(self._bench) as crowd:
            fans, orders = await self._sale.held(crowd, count)
        async with open_runtime(self._settings) as runtime:
            paying = [
                Paying(fan, order, _checkout(runtime, fan, order))
                for fan, order in zip(fans, orders, strict=True)
            ]
            for some in batches(paying):
                await _open(runtime, some)
            assert isinstance(runtime.provider, BankClient)
            for some in batches(paying):
                await asyncio.gather(
                    *(runtime.provider.start(each.checkout.charge, "/") for each in some)
                )
        return paying

    async def _confirm(self, paying: list[Paying]) -> Shot:
        requests = [
            post(f"/v1/checkouts/{each.checkout.id}/confirm", authorization=each.fan.authorization)
            for each in paying
        ]
        is_good = are_paid([each.order_id for each in paying])
        effort = self._effort._replace(connections=self._in_flight)
        return await timed(self._bench, requests, is_good, effort)


def _checkout(runtime: Runtime, fan: Fan, order_id: str) -> Checkout:
    now = runtime.now()
    return Checkout(
        id=runtime.new_id(), user_id=fan.user_id, order_id=UUID(order_id),
        concert_id=SALE.concert_id, pass_number=fan.number, provider="test", method="card",
        amount=PRICE, currency="KRW", state="pending", reason=None, reference=None,
        redirect_url=None, terms=None, idempotency_key=None, created_at=now,
        expires_at=now + LATER, look_at=now + LOOK_AT_PENDING,
    )  # fmt: skip


async def _open(runtime: Runtime, paying: Sequence[Paying]) -> None:
    users = [each.fan.user_id for each in paying]
    async with runtime.postgres.transaction() as tx:
        await accounts.ensure_users(tx, users)
        await ledger.ensure_wallets(tx, users, "KRW")
        for each in paying:
            await checkouts.open_checkout(tx, each.checkout)


def card_payment(bench: Bench, effort: Effort, bank_url: str) -> list[Probe]:
    """The rows of a server with a bank beside it."""
    sale = Sale(bench, effort)
    longer = effort._replace(seconds=3 * effort.seconds, warm_up_s=WARM_UP_S)
    cards = Checkouts(bench, longer, sale, bank_url)
    alone, checkout, beside = CARDS
    return [
        Probe(alone, "holds of a seat each", sale.hold_distinct),
        Probe(checkout, "card payments, 1 000 in flight, 300 ms at the bank", cards.checkout),
        Probe(beside, "holds beside them", cards.holds_beside, alone, 0.9),
    ]


@asynccontextmanager
async def bank_beside(delay_ms: float = CAPTURE_MS) -> AsyncIterator[str]:
    """A bank whose fans have paid at once. Gives its address."""
    options = ("--authorise", "--delay-ms", str(delay_ms))
    async with program_beside("bench.bank", *options) as port:
        yield f"http://{HOST}:{port}"
