"""The admission tick: admits fans of every queue, a few times a second."""

import time

from yemae.base import metrics
from yemae.jobs.sweep import log
from yemae.refusals import StoreUnavailable
from yemae.runtime import Stores
from yemae.sale.admission import admit

INTERVAL_S = 0.25
# How often a queue is looked at while no fan is in it and none joins through this process: servers
# have many such queues. Another process that has died right after a join is made up for by then.
EMPTY_INTERVAL_S = 1.0


async def tick(stores: Stores) -> None:
    """Admit fans of every queue. Any number of nodes may do so at once. Never raises."""
    now_s = time.monotonic()
    for concert in list(stores.catalogue.queues.values()):
        if _is_empty(stores, concert.id) and now_s < stores.empty_until_s.get(concert.id, 0.0):
            continue
        # Before the call: a fan who joins during it ends the wait.
        stores.empty_until_s[concert.id] = now_s + EMPTY_INTERVAL_S
        try:
            admission = await admit(stores, concert)
            metrics.ADMITTED.labels(concert.id).inc(admission.admitted)
            metrics.STEPPED_OVER.labels(concert.id).inc(admission.stepped_over)
            metrics.EXPIRED_PASSES.inc(admission.passes_expired)
        except StoreUnavailable:
            log.warning("no fan admitted: a store is away", concert=concert.id)
        except Exception:
            log.exception("admission tick failed", concert=concert.id)


def _is_empty(stores: Stores, queue_id: str) -> bool:
    known = stores.last_known.get(queue_id)
    return known is not None and not known.active and not known.waiting
