"""The last reconcile of the books, which the jobs process makes beside a sale.

It checks the laws of PostgreSQL alone: those of the waiting room read every place. Each law is one
statement with a snapshot of its own, on one processor, and after each comes a pause, so that a sale
feels little of it and no old row is kept for long.
"""

import asyncio
import time
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

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


class _Claimed(NamedTuple):
    begun_at: datetime


class LastReconcile(NamedTuple):
    """What the last check has found, and whether one is under way or asked for. `laws` is None
    when the check did not end in its time."""

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
            Check(name=name, says=law.says, **kept[name])
            for name, law in LAWS.items()
            if name in kept
        )

    @property
    def holds(self) -> bool | None:
        """Whether everything holds; None: it is not known."""
        if self.laws is None:
            return None
        return not any(each["violations"] for each in self.laws.values())


QUERIES = load_queries(__file__, "last.sql")
CLAIM = Query(QUERIES["claim_reconcile"], _Claimed)
NOTE = QUERIES["note_reconcile"]
WANT = QUERIES["want_reconcile"]
READ = Query(QUERIES["read_reconcile"], LastReconcile)
NEVER = LastReconcile(None, None, None, None, is_running=False, is_wanted=False)


async def read(tx: Transaction) -> LastReconcile:
    """What is known."""
    return await (await tx.send(READ, every_s=EVERY_S)).row() or NEVER


async def want(tx: Transaction) -> None:
    """Have a jobs process check the laws soon."""
    await tx.execute(WANT)


async def check_when_due(settings: Settings, postgres: Postgres, node: str) -> list[Check] | None:
    """Check the laws if it is due and no other process does, and keep what was found. Returns the
    checks, or None without any. Raises StoreUnavailable."""
    async with postgres.transaction() as tx:
        claimed = await (await tx.send(CLAIM, node=node, every_s=EVERY_S, again_s=AGAIN_S)).row()
    if claimed is None:
        return None
    began = time.monotonic()
    checks = await _check(settings)
    laws = None
    if checks is not None:
        kept = {
            each.name: {"looked_at": each.looked_at, "violations": each.violations}
            for each in checks
        }
        laws = msgspec.json.encode(kept).decode()
    async with postgres.transaction() as tx:
        took_ms = round((time.monotonic() - began) * 1000)
        await tx.execute(NOTE, begun_at=claimed.begun_at, took_ms=took_ms, laws=laws)
    return checks


async def _check(settings: Settings) -> list[Check] | None:
    """Every law, one after the other; None when that takes too long."""
    own = settings.replace(postgres_connections_max=CONNECTIONS)
    try:
        async with asyncio.timeout(PATIENCE_S):
            async with Postgres(own, transaction_timeout_s=LAW_PATIENCE_S) as patient:
                return await check_gently(patient)
    except (StoreUnavailable, TimeoutError):
        return None


async def check_gently(postgres: Postgres) -> list[Check]:
    """Every law of the books, each in a transaction of its own with a pause after it. Raises
    StoreUnavailable."""
    async with postgres.transaction(frozen=True) as tx:
        looked_at = await sizes(tx)
    checks = []
    for name in LAWS:
        began = time.monotonic()
        async with postgres.transaction(frozen=True) as tx:
            checks.append(await check_law(tx, name, looked_at))
        await asyncio.sleep(PAUSE * (time.monotonic() - began))
    return checks
