"""What tests of payment providers share: fans who pay through a provider that is a double."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from helpers.checkouts import Payer
from helpers.stripe_double import KEYS, StripeDouble
from yemae.payments.provider import Provider
from yemae.payments.providers.keys import read_keys
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
    provider = StripeProvider(read_keys(settings, [("sk_", "rk_")]), stripe.url, CALL_S)
    async with using(runtime, provider):
        yield Payer(runtime, batches)
