"""The job that moves money on which comes to a guest just after a merge into an account.

A process that has not read of the merge may begin a card payment of a top-up in that moment. Any
number of processes may move it on: each guest is one transaction under the lock of the wallets.
"""

import structlog

from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale.merge import carry_on

INTERVAL_S = 30.0

log = structlog.get_logger(__name__)


async def move_merged_money(runtime: Runtime) -> int:
    """Move it on. Returns of how many guests. Never raises for a store that is away."""
    try:
        return await carry_on(runtime)
    except StoreUnavailable:
        log.warning("money of merged guests waits: the database is away")
    return 0
