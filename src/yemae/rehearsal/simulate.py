"""A whole rehearsal: sign-up of the fans, the sale, the reconcile, the report."""

import asyncio
import os
import platform
import secrets
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from yemae import __version__
from yemae.reconcile.report import Check
from yemae.reconcile.stores import reconcile
from yemae.refusals import StoreUnavailable
from yemae.rehearsal.console_figures import Console
from yemae.rehearsal.crowd import Assignment
from yemae.rehearsal.report import Report, report
from yemae.rehearsal.run import Progress, Ran, RehearsalError, run
from yemae.rehearsal.scenario import Scenario
from yemae.rehearsal.sold import GradeSold, sold_by_grade
from yemae.rehearsal.target import ConcertAnswer, Target, sign_up
from yemae.store.errors import StoreError
from yemae.store.failures import as_store_errors
from yemae.values.instants import LocalTime, instant, local_time
from yemae.values.time_zones import offset_minutes, venue_zone

Result = TypeVar("Result")

ANSWERS = "answer_is_a_fact"
STOPPED = "you stopped it before they were checked"
OTHER_STORES = "the stores that the settings name are not those of this server"


async def simulate(
    scenario: Scenario, target: Target, progress: Progress, stop: asyncio.Event
) -> Report:
    """Rehearse, and report. Raises RehearsalError when it cannot run."""
    began_at = datetime.now(UTC)
    # Each rehearsal has fans of its own: those of an earlier one already have seats.
    prefix = f"rehearsal-{secrets.token_hex(4)}-"
    tokens = [] if target.secret_key else await sign_up(target.url, prefix, scenario, stop)
    if not target.secret_key and len(tokens) < scenario.fans:
        raise RehearsalError("Stopped before every fan had signed up; nothing was sold.")
    async with AsyncExitStack() as stack:
        console = await _console(target, stack)
        ran = await run(_assignments(scenario, target, prefix, tokens), progress, stop)
        if ran.was_stopped:
            # A second Ctrl-C stops the check of the stores, which may take minutes.
            stop.clear()
        checks, note = await reconciled(target, ran, stop)
        if console is not None and not note and not ran.was_stopped:
            compared = _compared(console, target, ran, checks)
            checks = [*checks, *(await _unless(stop, compared) or ())]
    sold = await _sold(target, ran, note)
    return report(
        msgspec.structs.replace(ran, was_stopped=ran.was_stopped or stop.is_set()),
        scenario,
        reconciled=checks,
        reconcile_note=note,
        version=__version__,
        machine=_machine(),
        url=target.url,
        concert_id=target.concert.id,
        currency=target.concert.currency,
        began_at=instant(began_at),
        began_at_local=_at_the_venue(began_at, target.concert),
        sold=sold,
        limits=limits_of(target),
    )


async def _console(target: Target, stack: AsyncExitStack) -> Console | None:
    """The console as it is before the rehearsal, where it and the stores can be read."""
    if target.stores is None or not target.secret_key:
        return None
    console = Console(target.url, target.concert.id, target.secret_key, target.stores)
    try:
        with as_store_errors():
            return await stack.enter_async_context(console)
    except (StoreUnavailable, StoreError):
        # The reconcile says so.
        return None


async def _compared(
    console: Console, target: Target, ran: Ran, checks: Sequence[Check]
) -> Sequence[Check]:
    """Whether the console shows what the books say."""
    try:
        with as_store_errors():
            found = await console.compare()
            if target.is_private:
                came_in = ran.tally.in_queue.total
                found.append(await console.compare_report(came_in, checks))
    except (StoreUnavailable, StoreError):
        return ()
    return found


async def _sold(target: Target, ran: Ran, note: str) -> list[GradeSold]:
    """What was sold by date and grade, where the stores can be read."""
    if target.stores is None or note:
        return []
    first_fan_at = datetime.now(UTC) - timedelta(seconds=ran.since_start_s())
    opened_at = max(first_fan_at, target.opens_at or first_fan_at)
    try:
        with as_store_errors():
            return await sold_by_grade(target.stores, target.concert.id, opened_at)
    except (StoreUnavailable, StoreError):
        return []


def limits_of(target: Target) -> dict[str, int]:
    """The limits of the queue that was rehearsed, where they are known."""
    if target.own is None:
        return {}
    return {
        "active_limit": target.own.active_limit,
        "admit_per_minute": target.own.admit_per_minute,
    }


def _at_the_venue(moment: datetime, concert: ConcertAnswer) -> LocalTime | None:
    """A moment on the venue's clocks, or with the offset of the concert's first date."""
    first = concert.first_performance_at_local
    if first is None:
        return None
    offset = offset_minutes(datetime.fromisoformat(first))
    return local_time(moment, venue_zone(concert.time_zone, offset))


def _assignments(
    scenario: Scenario, target: Target, prefix: str, tokens: Sequence[str]
) -> list[Assignment]:
    return [
        Assignment(
            scenario=scenario,
            number=number,
            url=target.url,
            concert_id=target.concert.id,
            prefix=prefix,
            secret_key=target.secret_key,
            tokens=list(tokens[number :: scenario.processes]),
            lanes=[] if target.own is None else list(target.own.lanes),
            proof_of_work=target.own is not None and target.own.proof_of_work,
        )
        for number in range(scenario.processes)
    ]


async def reconciled(target: Target, ran: Ran, stop: asyncio.Event) -> tuple[Sequence[Check], str]:
    """The checks of the stores, or why they are missing."""
    if target.stores is None:
        return (), target.note
    paid = [sale.order_id for sale in ran.tally.sales]
    try:
        with as_store_errors():
            found = await _unless(stop, reconcile(target.stores, paid=paid))
    except (StoreUnavailable, StoreError) as error:
        return (), f"they cannot be reached ({error})"
    if found is None:
        return (), STOPPED
    (answers,) = (check for check in found.checks if check.name == ANSWERS)
    if paid and answers.violations == len(paid):
        # The stores know none of our orders.
        return (), OTHER_STORES
    return found.checks, ""


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result | None:
    """The result of a coroutine; None when `stop` ended it early."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else None
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.wait((working, stopping))


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()}"
