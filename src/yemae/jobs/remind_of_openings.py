"""The job that writes mails before sales open, to the accounts that asked for them."""

from datetime import timedelta

import structlog

from yemae.outbox import opening_reminders
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime

INTERVAL_S = 20.0
AHEAD = timedelta(days=1)
# In one transaction; the next one follows at once.
STEP_MAX = 500

log = structlog.get_logger(__name__)


async def remind_of_openings(runtime: Runtime) -> int:
    """Write what is due. Returns how many messages."""
    if not runtime.settings.tells_fans():
        return 0
    now = runtime.now()
    openings = [
        (queue.id, queue.sale_opens_at)
        for queue in runtime.catalogue.queues.values()
        if now < queue.sale_opens_at <= now + AHEAD and not queue.archived
    ]
    written = 0
    try:
        while openings:
            async with runtime.postgres.transaction() as tx:
                count = await opening_reminders.tell(tx, openings, STEP_MAX)
            written += count
            if count < STEP_MAX:
                break
    except StoreUnavailable:
        log.warning("openings not announced: the database is away")
    return written
