"""What tests of payment providers share: fans who pay through a provider that is a double."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from helpers.checkouts import Payer
from helpers.portone_double import KEYS as PORTONE_KEYS
from helpers.portone_double import PortOneDouble
from helpers.stripe_double import KEYS, StripeDouble
from yemae.payments.provider import Provider
from yemae.payments.providers import portone as portone_provider
from yemae.payments.providers import stripe as stripe_provider
from yemae.payments.providers.portone import PortOneProvider
from yemae.payments.providers.stripe import StripeProvider
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.settings import Settings

# More than a busy machine needs for an answer, and no long wait for one that does not come.
CALL_S = 2.0


@asynccontextmanager
async def using(runtime: Runtime, provider: Provider) -> AsyncIterator[None]:
    """While a server has this provider."""
    there = runtime.provider
    object.__setattr__(runtime, "provider", provider)
    try:
        yield
    finally:
        object.__setattr__(runtime, "provider", there)
        await provider.close()


@pytest.fixture
async def stripe() -> AsyncIterator[StripeDouble]:
    """The double of Stripe, open."""
    async with StripeDouble().serve() as double:
        yield double


@pytest.fixture
async def stripe_payer(
    runtime: Runtime, batches: Batches, stripe: StripeDouble
) -> AsyncIterator[Payer]:
    """A fan whose server takes cards through Stripe."""
    settings = Settings().replace(payment_provider="stripe", payment_keys=KEYS)
    provider = StripeProvider(stripe_provider.keys_of(settings), stripe.url, CALL_S)
    async with using(runtime, provider):
        yield Payer(runtime, batches)


@pytest.fixture
async def portone() -> AsyncIterator[PortOneDouble]:
    """The double of PortOne, open."""
    async with PortOneDouble().serve() as double:
        yield double


@pytest.fixture
async def portone_payer(
    runtime: Runtime, batches: Batches, portone: PortOneDouble
) -> AsyncIterator[Payer]:
    """A fan whose server takes cards through PortOne, and real money only."""
    settings = Settings().replace(payment_provider="portone", payment_keys=PORTONE_KEYS)
    keys = portone_provider.keys_of(settings)
    async with using(runtime, PortOneProvider(keys, portone.url, takes_test=False)):
        yield Payer(runtime, batches)
