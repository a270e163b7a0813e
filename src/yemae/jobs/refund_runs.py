"""The job that takes the refund runs of cancelled dates on, step by step.

Any number of processes may do so: a step is one transaction under the lock of the run's row, and a
process that finds it locked leaves it to the other one.
"""

import time

import structlog

from yemae.payments import refund_runs
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale.refund_run import take_step

INTERVAL_S = 1.0
# Runs that are taken on at the same time, one step after the other.
RUNS_MAX = 50
# How long steps are taken before the process looks for runs anew.
ROUND_S = 10.0

log = structlog.get_logger(__name__)


async def run_refunds(runtime: Runtime) -> int:
    """Take steps of all runs that are under way, in turns. Returns how many went on. Never
    raises."""
    steps, until = 0, time.monotonic() + ROUND_S
    try:
        async with runtime.postgres.transaction() as tx:
            runs = await refund_runs.to_do(tx, RUNS_MAX)
        while runs and time.monotonic() < until:
            runs = [run for run in runs if await take_step(runtime, run)]
            steps += len(runs)
    except StoreUnavailable:
        log.warning("refunds wait: the database is away")
    return steps
