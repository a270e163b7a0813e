"""The sweep at second :00 of each minute: expires holds and passes, and repairs after a crash.

The sweep is one bounded function. It is housekeeping, never correctness: holds and passes end at
their time without it, and the sweep updates the tables. Every process runs the scheduler; the one
that inserts the row of a minute claims it, so when a node dies another takes the next minute.
"""

import os
import socket
from collections.abc import Awaitable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from yemae.accounts import email_confirmations, password_resets, sign_outs
from yemae.base import metrics
from yemae.concerts import seats
from yemae.orders import orders
from yemae.outbox import opening_reminders
from yemae.payments import payments
from yemae.push import notices
from yemae.refusals import Refusal, StoreUnavailable
from yemae.runtime import Stores
from yemae.sale import gate
from yemae.store.queries import load_queries
from yemae.values.instants import unix_ms
from yemae.waiting_room import passes
from yemae.waiting_room.steps import ENDS_MAX

QUERIES = load_queries(__file__, "sweep.sql")
CLAIM_MINUTE = QUERIES["claim_minute"]
FINISH_MINUTE = QUERIES["finish_minute"]
FORGET_OLD_RUNS = QUERIES["forget_old_runs"]
NODE = f"{socket.gethostname()}:{os.getpid()}"
# Passes are repaired this far back, in case a process died between its commit and Valkey.
REPAIR_MARGIN = timedelta(minutes=1)
REPAIR_MAX = timedelta(hours=1)
# Rows that one step takes, and steps of one kind in one run.
STEP_MAX = 500
STEPS_MAX = 400
PASS_STEPS_MAX = 8_000
log = structlog.get_logger(__name__)


@dataclass
class Swept:
    """What one run of the :00 job did."""

    passes_expired: int = 0
    orders_expired: int = 0
    seats_released: int = 0
    # Orders that could not be expired, or stores that were away.
    failures: int = 0


async def run_sweep(stores: Stores) -> Swept | None:
    """The :00 job: sweep this minute unless another node has taken it. Never raises."""
    try:
        swept = await sweep(stores)
    except Exception:
        metrics.SCHEDULER_RUNS.labels("failed").inc()
        log.exception("sweep failed")
        return None
    metrics.SCHEDULER_RUNS.labels("taken by another" if swept is None else "done").inc()
    return swept


async def sweep(
    stores: Stores, minute: datetime | None = None, *, step: int = STEP_MAX
) -> Swept | None:
    """Expire passes and orders, release seats and repair passes, in PostgreSQL's minute or a given
    one. None when another process has the minute."""
    async with stores.postgres.transaction() as tx:
        claim = await (await tx.send(CLAIM_MINUTE, minute=minute, node=NODE)).row()
    if claim is None:
        return None
    minute = claim.minute
    swept = Swept()
    await stores.catalogue.refresh()
    await _expire_passes(stores, swept)
    await _expire_orders(stores, swept, step)
    await _repair_passes(stores, swept, max(claim.last_finished, minute - REPAIR_MAX), step)
    async with stores.postgres.transaction() as tx:
        await tx.send(FINISH_MINUTE, minute=minute, **asdict(swept))
        await tx.send(FORGET_OLD_RUNS)
        await sign_outs.forget_old(tx)
        await password_resets.forget_old(tx)
        await email_confirmations.forget_old(tx)
        await notices.forget_old(tx)
        await opening_reminders.forget_old(tx)
    metrics.EXPIRED_ORDERS.inc(swept.orders_expired)
    metrics.EXPIRED_PASSES.inc(swept.passes_expired)
    # A minute in which nothing ended is logged at the debug level.
    say = log.info if any(asdict(swept).values()) else log.debug
    say("swept", minute=minute.isoformat(), **asdict(swept))
    return swept


async def _expire_passes(stores: Stores, swept: Swept) -> None:
    for concert_id in stores.catalogue.queues:
        try:
            for _ in range(PASS_STEPS_MAX):
                expired = await passes.expire_passes(stores.valkey, concert_id)
                swept.passes_expired += expired
                if expired < ENDS_MAX:
                    break
        except Refusal as refusal:
            swept.failures += 1
            log.warning("passes not expired", concert=concert_id, reason=refusal.slug)


async def _expire_orders(stores: Stores, swept: Swept, step: int) -> None:
    """Expire in bounded steps. An order that cannot be expired is skipped, logged, and retried in
    the next minute."""
    bad: list[UUID] = []
    for _ in range(STEPS_MAX):
        try:
            expired = await _expire_step(stores, swept, step, not_these=bad)
        except Exception as error:
            _raise_if_away(error)
            log.warning("step of the sweep failed: retried order by order", error=repr(error))
            expired = await _expire_one_by_one(stores, swept, step, bad)
        if expired < step:
            break


async def _expire_one_by_one(stores: Stores, swept: Swept, step: int, bad: list[UUID]) -> int:
    """Retry a failed step order by order; orders that fail again go to `bad`. Returns how many
    orders it had."""
    async with stores.postgres.transaction() as tx:
        ids = await orders.run_out(tx, step, not_these=bad)
    for order_id in ids:
        try:
            await _expire_step(stores, swept, 1, only=order_id)
        except Exception as error:
            _raise_if_away(error)
            bad.append(order_id)
            swept.failures += 1
            log.exception("order not expired", order=str(order_id))
    return len(ids)


def _raise_if_away(error: Exception) -> None:
    """Raise again if a store is away, which stops every order; a locked seat stops only its own."""
    if isinstance(error, StoreUnavailable) and not error.is_locked:
        raise error


async def _expire_step(
    stores: Stores,
    swept: Swept,
    step: int,
    *,
    not_these: Sequence[UUID] = (),
    only: UUID | None = None,
) -> int:
    async with stores.postgres.transaction() as tx:
        ids = await orders.run_out(tx, step, not_these=not_these, only=only)
        seats_freed = 0
        if ids:
            await seats.lock_seats_of_orders(tx, ids)
            freed = await seats.free_seats_of(tx, ids)
            await orders.mark_expired(tx, ids)
            seats_freed = len(await freed.rows())
    swept.seats_released += seats_freed
    swept.orders_expired += len(ids)
    return len(ids)


async def _repair_passes(stores: Stores, swept: Swept, since: datetime, step: int) -> None:
    """Write to Valkey again what follows from commits: payments end passes, holds extend them. The
    next minute retries what fails, from the same time on."""
    after = oldest = _first_id(since - REPAIR_MARGIN)
    for _ in range(STEPS_MAX):
        async with stores.postgres.transaction() as tx:
            paid = await payments.payments_since(tx, after, step)
        ended = [payment.pass_key for payment in paid]
        await _repair(swept, gate.end_passes(stores, ended))
        if len(paid) < step:
            break
        after = paid[-1].id
    async with stores.postgres.transaction() as tx:
        revoked = await payments.revoked_since(tx, since - REPAIR_MARGIN, step)
    await _repair(swept, gate.end_passes(stores, revoked))
    after = oldest
    for _ in range(STEPS_MAX):
        async with stores.postgres.transaction() as tx:
            held = await orders.held_since(tx, after, step)
        await _repair(swept, gate.extend_passes(stores, held))
        if len(held) < step:
            break
        after = held[-1].id


async def _repair(swept: Swept, write: Awaitable[None]) -> None:
    try:
        await write
    except Exception as error:
        swept.failures += 1
        log.warning("passes not repaired", error=repr(error))


def _first_id(moment: datetime) -> UUID:
    """The smallest version-7 UUID of a moment."""
    return UUID(int=unix_ms(moment) << 80 | 0x7 << 76 | 0x2 << 62)
