"""The test bank as a server of its own on a port of loopback, and what a fan does at its page."""

import hashlib
import hmac
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import msgspec
from starlette.applications import Starlette

from helpers.local_apps import served
from yemae.base.signing import key_for
from yemae.http.test_bank import book, routes
from yemae.http.test_bank.charges import BankEntry, Behaviour, RefundBehaviour, refunded
from yemae.payments.checkout import Checkout
from yemae.payments.providers.test import BankClient
from yemae.runtime import Runtime
from yemae.sale.settle import settle_checkout

# A call that the bank never answers ends after this; every other one has the usual time.
IMPATIENT_S = 1.0


class Bank:
    """The bank; its port is known before it serves."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serve(self, runtime: Runtime) -> AsyncIterator["Bank"]:
        """Serve with the books in this runtime's Valkey."""
        app = Starlette(routes=routes.routes())
        app.state.runtime = runtime
        async with served(app, self._socket):
            yield self

    async def choose(
        self,
        checkout_id: UUID | str,
        behaviour: Behaviour = "accept",
        reason: str = "",
        refunds: RefundBehaviour = "settle",
    ) -> httpx.Response:
        """Press a button of the payment page."""
        async with httpx.AsyncClient(trust_env=False) as browser:
            return await browser.post(
                f"{self.url}/test-bank/pay/{checkout_id}",
                data={"behaviour": behaviour, "reason": reason, "refunds": refunds},
            )

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()


async def entry_of(runtime: Runtime, checkout_id: UUID | str) -> BankEntry:
    """What the bank's books say."""
    (entry,) = await book.read(runtime, UUID(str(checkout_id)))
    return entry


async def refund_at_the_bank(runtime: Runtime, checkout_id: UUID, amount: int, key: str) -> None:
    """Give money back as the merchant does in the bank's own dashboard."""
    await book.change(runtime, checkout_id, lambda entry: refunded(entry, amount, key)[:2])


async def fail_at_the_bank(runtime: Runtime, checkout_id: UUID) -> None:
    """The card's own bank returns what was given back."""

    def fail(entry: BankEntry) -> tuple[BankEntry, None]:
        replace = msgspec.structs.replace
        returned = [replace(each, state="declined", reason="returned") for each in entry.refunds]
        return replace(entry, state="captured", refunded=0, refunds=returned), None

    await book.change(runtime, checkout_id, fail)


@asynccontextmanager
async def unreachable(runtime: Runtime) -> AsyncIterator[None]:
    """While the bank is away."""
    there = runtime.provider
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    away = BankClient(f"http://127.0.0.1:{port}", runtime.settings.stores.secret_key)
    object.__setattr__(runtime, "provider", away)
    try:
        yield
    finally:
        object.__setattr__(runtime, "provider", there)
        await away.close()


async def impatient(runtime: Runtime, bank: Bank, checkout_id: UUID) -> Checkout:
    """Settle a checkout whose bank does not answer, without waiting as long as a server would."""
    patient = runtime.provider
    hasty = BankClient(bank.url, runtime.settings.stores.secret_key, timeout_s=IMPATIENT_S)
    object.__setattr__(runtime, "provider", hasty)
    try:
        return await settle_checkout(runtime, checkout_id)
    finally:
        object.__setattr__(runtime, "provider", patient)
        await hasty.close()


def webhook(runtime: Runtime, checkout_id: UUID | str) -> tuple[dict[str, str], bytes]:
    """A webhook as the bank sends it: headers and body."""
    body = msgspec.json.encode({"charge": checkout_id})
    key = key_for(runtime.settings.stores.secret_key, routes.KEY_OF_WEBHOOKS)
    return {routes.SIGNATURE: hmac.new(key, body, hashlib.sha256).hexdigest()}, body
