"""The event `queue.opened`, once for each opening: the time causes it, no transaction does."""

from datetime import timedelta

import structlog

from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.values.instants import instant
from yemae.webhooks import events
from yemae.webhooks.events import WebhookEvent
from yemae.webhooks.payloads import QueueOpened

INTERVAL_S = 2.0
# How late an opening is still announced, after no jobs process ran.
LATE = timedelta(days=1)

log = structlog.get_logger(__name__)


async def note_openings(runtime: Runtime) -> int:
    """Tell of the queues that have opened since an endpoint wants to hear of them. Returns how
    many were looked at."""
    since = runtime.listeners.since("queue.opened")
    if since is None:
        return 0
    now = runtime.now()
    opened = [
        queue
        for queue in runtime.catalogue.queues.values()
        if max(since, now - LATE) <= queue.sale_opens_at <= now and not queue.archived
    ]
    if not opened:
        return 0
    announced = []
    for queue in opened:
        at = instant(queue.sale_opens_at)
        data = QueueOpened(queue_id=queue.id, concert_id=queue.concert_id, sale_opens_at=at)
        cause = f"{queue.id} {at}"
        announced.append(WebhookEvent(runtime.new_id(), cause, queue.sale_opens_at, data))
    try:
        async with runtime.postgres.transaction() as tx:
            await events.tell(tx, announced)
    except StoreUnavailable:
        log.warning("openings not announced: the database is away")
    return len(opened)
