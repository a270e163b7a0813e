"""The look at open disputes at their provider, whose webhooks may get lost; and how many there are.

Each open dispute is asked about once an hour, by one process. Without an answer it is asked about
an hour later.
"""

from uuid import UUID

import structlog

from yemae.base import metrics
from yemae.payments import checkouts, disputes
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale.ask_provider import provider_of
from yemae.sale.look_at_disputes import look_at_disputes as look

INTERVAL_S = 60.0
ASKED_EVERY_S = 3_600
AT_ONCE = 20

log = structlog.get_logger(__name__)


async def look_at_disputes(runtime: Runtime) -> int:
    """Look at those that are due. Returns at how many."""
    if runtime.provider is None:
        return 0
    try:
        async with runtime.postgres.transaction() as tx:
            due = await disputes.claim(tx, AT_ONCE, ASKED_EVERY_S)
            metrics.DISPUTES_OPEN.set(await disputes.count_open(tx))
    except StoreUnavailable:
        log.warning("disputes not looked at: the database is away")
        return 0
    for checkout_id in due:
        await _look(runtime, checkout_id)
    return len(due)


async def _look(runtime: Runtime, checkout_id: UUID) -> None:
    try:
        async with runtime.postgres.transaction() as tx:
            checkout = await checkouts.by_id(tx, checkout_id)
        if checkout is not None and (provider := provider_of(runtime, checkout)):
            await look(runtime, provider, checkout)
    except StoreUnavailable:
        log.warning("dispute not looked at: the database is away", checkout=str(checkout_id))
    except Exception:
        log.exception("dispute not looked at", checkout=str(checkout_id))
