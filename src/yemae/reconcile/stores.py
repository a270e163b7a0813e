"""The whole reconcile: both stores, one report."""

from collections.abc import Sequence

from yemae.reconcile.books import check_answers, check_books, queue_limits
from yemae.reconcile.queues import check_queues
from yemae.reconcile.report import Reconciled
from yemae.settings import Settings
from yemae.store.postgres import Postgres
from yemae.store.valkey import Valkey

EXAMPLES = 5
# A million orders take longer than a request may. A statement gets 5/8 of it: ten minutes.
PATIENCE_S = 960


async def reconcile(
    settings: Settings, *, examples: int = EXAMPLES, paid: Sequence[str] | None = None
) -> Reconciled:
    """Check the stores that the settings name; `paid` are orders whose payment was answered with
    success. Raises StoreUnavailable."""
    patient = Postgres(settings, transaction_timeout_s=PATIENCE_S)
    async with patient as postgres, Valkey(settings) as valkey:
        return await reconcile_stores(postgres, valkey, examples=examples, paid=paid)


async def reconcile_books(settings: Settings, *, examples: int = EXAMPLES) -> Reconciled:
    """Check PostgreSQL alone, such as that of a backup, which has no waiting room. Raises
    StoreUnavailable."""
    patient = Postgres(settings, transaction_timeout_s=PATIENCE_S)
    async with patient as postgres, postgres.transaction(frozen=True) as tx:
        return Reconciled(tuple(await check_books(tx, examples)))


async def reconcile_stores(
    postgres: Postgres,
    valkey: Valkey,
    *,
    examples: int = EXAMPLES,
    paid: Sequence[str] | None = None,
) -> Reconciled:
    """Check stores that are open. Raises StoreUnavailable."""
    async with postgres.transaction(frozen=True) as tx:
        limits = await queue_limits(tx)
        checks = await check_books(tx, examples)
        if paid is not None:
            checks.append(await check_answers(tx, paid, examples))
    return Reconciled((*checks, *await check_queues(valkey, limits, examples)))
