"""The refunds to cards that are due: asked for, and looked up while they are not known.

The jobs process of every node runs it; each refund goes to one of them. It takes a limited number
each time, and a refund that got no answer comes again later and later.
"""

import asyncio

import structlog

from yemae.base import metrics
from yemae.payments import refunds
from yemae.payments.provider import Provider
from yemae.payments.refunds import Refund
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale.send_refunds import send_refund

INTERVAL_S = 2.0
AT_ONCE = 32
# More than a provider's time limit: a process that dies leaves its refunds to others after it.
AGAIN_S = 60

log = structlog.get_logger(__name__)


async def send_refunds(runtime: Runtime) -> int:
    """Ask for those that are due. Returns how many."""
    provider = runtime.provider
    if provider is None:
        return 0
    try:
        async with runtime.postgres.transaction() as tx:
            due = await refunds.claim_due(tx, provider.name, AT_ONCE, AGAIN_S)
            metrics.REFUNDS_WAITING.set(await refunds.count_waiting(tx))
    except StoreUnavailable:
        log.warning("refunds not sent: the database is away")
        return 0
    await asyncio.gather(*(_send(runtime, provider, refund) for refund in due))
    return len(due)


async def _send(runtime: Runtime, provider: Provider, refund: Refund) -> None:
    try:
        await send_refund(runtime, provider, refund)
    except StoreUnavailable:
        log.warning("refund not sent: the database is away", refund=str(refund.id))
    except Exception:
        log.exception("refund not sent", refund=str(refund.id))
