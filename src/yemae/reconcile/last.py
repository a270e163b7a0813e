"""The last reconcile of the books, which the jobs process makes beside a sale.

It checks the laws of PostgreSQL alone: those of the waiting room read every place. Each law is one
statement with a snapshot of its own, on one processor, and after each comes a pause, so that a sale
feels little of it and no old row is kept for long. A law that does not end in its time is left out,
and what was found of it before is kept.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import structlog

from yemae.reconcile.books import LAWS, check_law, sizes
from yemae.reconcile.law_words import LawFacts, law_facts
from yemae.reconcile.report import Check
from yemae.refusals import StoreUnavailable
from yemae.settings import Settings
from yemae.store.postgres import Postgres, Transaction
from yemae.store.queries import Query, load_queries

# By the clock, and when an operator asks.
EVERY_S, AGAIN_S = 900, 60
# Besides those of the process that checks.
CONNECTIONS = 1
# A statement gets 5/8 of it: half a minute.
LAW_PATIENCE_S = 48
# All laws together, with their pauses.
PATIENCE_S = 600.0
# How much longer than a law took the pause after it is: a fifth of a processor in all.
PAUSE = 4.0
# A law with its pause takes two and a half minutes at most: of a process that has shown nothing for
# longer, an operator's check takes the turn.
LEASE_S = 180

log = structlog.get_logger(__name__)


class _Claimed(NamedTuple):
    begun_at: datetime


class LastReconcile(NamedTuple):
    """What the last check has found, and whether one is under way or asked for. `laws` has each as
    in the last check in which it ended, and is None before the first one."""

    checked_at: datetime | None
    checked_by: str | None
    took_ms: int | None
    laws: dict[str, Any] | None
    is_running: bool
    is_wanted: bool

    def facts(self) -> list[LawFacts]:
        """The laws, in words. Those of another version that this one does not know are left out."""
        kept = self.laws or {}
        return law_facts(
            Check(
                name=name,
                says=law.says,
                looked_at=kept[name]["looked_at"],
                violations=kept[name]["violations"],
            )
            for name, law in LAWS.items()
            if name in kept
        )

    @property
    def holds(self) -> bool | None:
        """Whether everything holds. One that is violated is enough for False; None: it is not
        known, because a law did not end in the last check."""
        if any(law.violations for law in self.facts()):
            return False
        return True if self._is_whole() else None

    def _is_whole(self) -> bool:
        if self.laws is None or self.checked_at is None:
            return False
        latest = self.checked_at.isoformat()
        return all(self.laws.get(name, {}).get("checked_at") == latest for name in LAWS)


QUERIES = load_queries(__file__, "last.sql")
CLAIM = Query(QUERIES["claim_reconcile"], _Claimed)
SHOW_ALIVE = QUERIES["show_reconcile_alive"]
NOTE = QUERIES["note_reconcile"]
WANT = QUERIES["want_reconcile"]
READ = Query(QUERIES["read_reconcile"], LastReconcile)
NEVER = LastReconcile(None, None, None, None, is_running=False, is_wanted=False)


async def read(tx: Transaction) -> LastReconcile:
    """What is known."""
    return await (await tx.send(READ, lease_s=LEASE_S)).row() or NEVER


async def want(tx: Transaction) -> None:
    """Have a jobs process check the laws soon."""
    await tx.execute(WANT)


async def check_when_due(settings: Settings, postgres: Postgres, node: str) -> list[Check] | None:
    """Check the laws if it is due and no other process does, and keep what was found. Returns the
    checks that ended in their time, or None where it is not the turn of this process. Raises
    StoreUnavailable."""
    times = {"every_s": EVERY_S, "again_s": AGAIN_S, "lease_s": LEASE_S}
    async with postgres.transaction() as tx:
        claimed = await (await tx.send(CLAIM, node=node, **times)).row()
    if claimed is None:
        return None
    began = time.monotonic()
    checks = await _check(settings, postgres, claimed.begun_at)
    at = claimed.begun_at.isoformat()
    kept = {
        each.name: {"looked_at": each.looked_at, "violations": each.violations, "checked_at": at}
        for each in checks
    }
    async with postgres.transaction() as tx:
        took_ms = round((time.monotonic() - began) * 1000)
        laws = msgspec.json.encode(kept).decode()
        await tx.execute(NOTE, begun_at=claimed.begun_at, took_ms=took_ms, laws=laws)
    return checks


async def _check(settings: Settings, postgres: Postgres, begun_at: datetime) -> list[Check]:
    """The laws that ended in their time, one after the other; after each it is shown that the check
    goes on."""
    own = settings.replace(postgres_connections_max=CONNECTIONS)
    checks: list[Check] = []
    try:
        async with asyncio.timeout(PATIENCE_S):
            async with Postgres(own, transaction_timeout_s=LAW_PATIENCE_S) as patient:
                async with patient.transaction(frozen=True) as tx:
                    looked_at = await sizes(tx)
                async for check in check_gently(patient, looked_at):
                    if check is not None:
                        checks.append(check)
                    await _show_alive(postgres, begun_at)
    except (StoreUnavailable, TimeoutError) as error:
        log.warning("the check of the books did not end", error=repr(error), laws=len(checks))
    return checks


async def _show_alive(postgres: Postgres, begun_at: datetime) -> None:
    # One that was not shown is no reason to stop.
    with suppress(StoreUnavailable):
        async with postgres.transaction() as tx:
            await tx.execute(SHOW_ALIVE, begun_at=begun_at)


async def check_gently(
    postgres: Postgres, looked_at: Mapping[str, int]
) -> AsyncIterator[Check | None]:
    """Every law of the books, each in a transaction of its own with a pause after it. None stands
    for one that did not end in its time."""
    for name in LAWS:
        began = time.monotonic()
        try:
            async with postgres.transaction(frozen=True) as tx:
                check = await check_law(tx, name, looked_at)
        except StoreUnavailable as error:
            log.warning("a law of the books was not checked", law=name, error=repr(error))
            check = None
        took_s = time.monotonic() - began
        yield check
        await asyncio.sleep(PAUSE * took_s)
