"""Checks the laws of the books beside a sale, for operators: by the clock, and when one asks."""

import structlog

from yemae.jobs.sweep import NODE
from yemae.reconcile import last
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime

# How soon it is noticed that an operator has asked.
INTERVAL_S = 5.0

log = structlog.get_logger(__name__)


async def check_books(runtime: Runtime) -> int:
    """Check them if it is due and no other process does. Returns how many laws are violated."""
    try:
        checks = await last.check_when_due(runtime.settings, runtime.postgres, NODE)
    except StoreUnavailable:
        return 0  # The store's own checks tell of it.
    broken = [each.name for each in checks or () if each.violations]
    if broken:
        log.error("the books do not add up", laws=broken)
    return len(broken)
