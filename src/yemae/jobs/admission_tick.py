"""The admission tick: admits fans of every queue, a few times a second."""

from yemae.base import metrics
from yemae.jobs.sweep import log
from yemae.refusals import StoreUnavailable
from yemae.runtime import Stores
from yemae.sale.admission import admit

INTERVAL_S = 0.25


async def tick(stores: Stores) -> None:
    """Admit fans of every queue. Any number of nodes may do so at once. Never raises."""
    for concert in list(stores.catalogue.queues.values()):
        try:
            admission = await admit(stores, concert)
            metrics.ADMITTED.labels(concert.id).inc(admission.admitted)
            metrics.STEPPED_OVER.labels(concert.id).inc(admission.stepped_over)
            metrics.EXPIRED_PASSES.inc(admission.passes_expired)
        except StoreUnavailable:
            log.warning("no fan admitted: a store is away", concert=concert.id)
        except Exception:
            log.exception("admission tick failed", concert=concert.id)
