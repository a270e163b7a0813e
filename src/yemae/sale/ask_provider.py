"""Asks a payment provider, outside of any transaction and in a limited time. What it does not
answer clearly is no answer."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from yemae.base import metrics
from yemae.base.logs import logger
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Charge, Found, GivenBack, Provider, UnclearError
from yemae.payments.refunds import Refund
from yemae.runtime import Runtime
from yemae.sale.decide_checkouts import BUSY

# Less than BUSY by what recording the answer may wait for its batches (`batches.py`): an answer
# that comes later is not waited for.
CALLS_S = BUSY.total_seconds() - 25

Answer = TypeVar("Answer")

log = logger(__name__)


def provider_of(runtime: Runtime, checkout: Checkout) -> Provider | None:
    """The provider that a checkout was begun at; None where this server has another one, which
    knows nothing of it: the checkout waits for a server that has its own."""
    provider = runtime.provider
    return provider if provider is not None and provider.name == checkout.provider else None


async def capture(provider: Provider, checkout: Checkout) -> Found:
    """Capture, once: what was asked before is looked up first."""
    if checkout.attempts:
        found = await provider.look_up(checkout.charge)
        if found.state != "authorised":
            return found
    return await provider.confirm(checkout.charge)


async def give_back(provider: Provider, charge: Charge, refund: Refund) -> GivenBack:
    """Give money back, once: what was asked before is looked up first. The claim has counted this
    attempt."""
    if refund.attempts > 1:
        for known in await provider.refunds(charge):
            if known.key == refund.id:
                return known
    return await provider.refund(charge, refund.amount, refund.id)


async def answer_of(provider: Provider, call: Awaitable[Answer]) -> Answer | None:
    """What the provider says, in a limited time. None: nothing that can be relied on."""
    try:
        async with asyncio.timeout(CALLS_S):
            return await call
    except (UnclearError, TimeoutError) as error:
        log.warning("payment provider gave no answer", provider=provider.name, error=repr(error))
    except Exception as error:
        # Whatever went wrong, the call may have arrived.
        log.error("payment provider failed", provider=provider.name, exc_info=error)
    metrics.CHECKOUTS_UNCLEAR.labels(provider.name).inc()
    return None
