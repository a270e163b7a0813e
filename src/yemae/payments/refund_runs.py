"""Refund runs in PostgreSQL: one for each date that is cancelled, with its progress.

A run has no list of orders. What it has left to do are the seats of its date that it has not closed
(concerts/date_changes.py), so nothing has to be written beside them, and a run that is begun again
goes on where they are.
"""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries

RunState = Literal["running", "paused", "done"]


class RefundRun(NamedTuple):
    """A run, and what it has done so far; money in the minor unit of its concert's currency."""

    id: UUID
    performance_key: int
    state: RunState
    reason: str
    requested_by: str
    requested_at: datetime
    # Paid orders that it has cancelled, and what went back for them.
    orders: int
    refunded: int
    # Orders that it could not cancel.
    failed: list[UUID]
    finished_at: datetime | None


class LeftToDo(NamedTuple):
    """The orders that a run has still before it, and what the paid ones cost."""

    paid: int
    held: int
    being_paid: int
    amount: int


QUERIES = load_queries(__file__, "refund_runs.sql")
BEGIN_RUN = QUERIES["begin_run"]
RUN_OF_DATE = Query(QUERIES["run_of_date"], RefundRun)
RUNS_TO_DO = Query(QUERIES["runs_to_do"], RefundRun)
TAKE_RUN = Query(QUERIES["take_run"], RefundRun)
LOCK_RUN = Query(QUERIES["lock_run"], RefundRun)
WRITE_RUN = QUERIES["write_run"]
LEFT_TO_DO = Query(QUERIES["left_to_do"], LeftToDo)


async def begin(
    tx: Transaction, run_id: UUID, performance_key: int, reason: str, requested_by: str
) -> None:
    """Write a new run."""
    await tx.execute(
        BEGIN_RUN,
        id=run_id,
        performance_key=performance_key,
        reason=reason,
        requested_by=requested_by,
    )


async def of_date(tx: Transaction, performance_key: int) -> RefundRun | None:
    """The run of a date."""
    return await (await tx.send(RUN_OF_DATE, performance_key=performance_key)).row()


async def to_do(tx: Transaction, count: int) -> list[RefundRun]:
    """Runs that are under way, the oldest first."""
    return await tx.fetch(RUNS_TO_DO, count=count)


async def take(tx: Transaction, run_id: UUID) -> RefundRun | None:
    """Lock a run for a step; None where it is not under way, or another process has it."""
    return await (await tx.send(TAKE_RUN, id=run_id)).row()


async def lock(tx: Transaction, performance_key: int) -> RefundRun | None:
    """Lock the run of a date, after the step that is under way."""
    return await (await tx.send(LOCK_RUN, performance_key=performance_key)).row()


async def write(tx: Transaction, run: RefundRun) -> None:
    """Write what a locked run has done, and its state."""
    await tx.execute(
        WRITE_RUN,
        id=run.id,
        state=run.state,
        orders=run.orders,
        refunded=run.refunded,
        failed=run.failed,
    )


async def left_to_do(tx: Transaction, performance_key: int) -> LeftToDo:
    """What the run of a date has before it."""
    return await (await tx.send(LEFT_TO_DO, performance_key=performance_key)).one()
