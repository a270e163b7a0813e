"""The look-up of checkouts whose return and webhook got lost, and of those in doubt.

Every process runs it; each checkout goes to one of them. It never waits for long: each run takes a
limited number, each call of the provider has a time limit, and a checkout that got no answer comes
again later and later. It runs beside the other jobs, so a provider that hangs delays nothing else.
"""

import asyncio
from uuid import UUID

import structlog

from yemae.base import metrics
from yemae.payments import checkouts
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale.settle import look_up_checkout

INTERVAL_S = 2.0
AT_ONCE = 32
# A process that dies with a checkout at hand leaves it to others after this time.
AGAIN_S = 60

log = structlog.get_logger(__name__)


async def look_up_checkouts(runtime: Runtime) -> int:
    """Look up those that are due. Returns how many."""
    if (provider := runtime.provider) is None:
        return 0
    try:
        async with runtime.postgres.transaction() as tx:
            due = await checkouts.claim_due(tx, provider.name, AT_ONCE, AGAIN_S)
            in_doubt, handed_over = await checkouts.count_in_doubt(tx)
    except StoreUnavailable:
        log.warning("checkouts not looked up: the database is away")
        return 0
    metrics.CHECKOUTS_IN_DOUBT.set(in_doubt)
    metrics.CHECKOUTS_HANDED_OVER.set(handed_over)
    await asyncio.gather(*(_look_up(runtime, checkout_id) for checkout_id in due))
    return len(due)


async def _look_up(runtime: Runtime, checkout_id: UUID) -> None:
    try:
        await look_up_checkout(runtime, checkout_id)
    except StoreUnavailable:
        log.warning("checkout not looked up: the database is away", checkout=str(checkout_id))
    except Exception:
        log.exception("checkout not looked up", checkout=str(checkout_id))
