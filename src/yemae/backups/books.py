"""What a backup counts in the database, and what a restore changes in it."""

from typing import NamedTuple

from yemae.backups.manifest import BackupCounts
from yemae.settings import Settings
from yemae.store.errors import StoreError
from yemae.store.postgres import Postgres
from yemae.store.queries import Query, load_queries

# Counting a large ledger takes longer than a request may.
PATIENCE_S = 960


class Counted(NamedTuple):
    """The database at one moment."""

    orders: int
    tickets: int
    ledger_sum: int
    system_id: str
    schema: str

    @property
    def counts(self) -> BackupCounts:
        """What the manifest has of it."""
        return BackupCounts(self.orders, self.tickets, self.ledger_sum)


QUERIES = load_queries(__file__, "books.sql")
COUNTED = Query(QUERIES["counted"], Counted)
BEGIN_QUEUES = QUERIES["begin_queues"]


async def count(settings: Settings) -> Counted:
    """Count as the owner, in one snapshot. Raises StoreUnavailable."""
    patient = Postgres(_as_owner(settings), transaction_timeout_s=PATIENCE_S)
    async with patient as postgres, postgres.transaction(frozen=True) as tx:
        return await (await tx.send(COUNTED)).one()


async def begin_queues(settings: Settings) -> None:
    """Prepare the queues of a restored database for the places that come back."""
    async with Postgres(_as_owner(settings)) as postgres, postgres.transaction() as tx:
        await tx.execute(BEGIN_QUEUES)


def _as_owner(settings: Settings) -> Settings:
    return settings.replace(database_url=settings.stores.database_owner_url)


def require_all(found: BackupCounts, wanted: BackupCounts) -> None:
    """Raise StoreError when a restored database has less than its backup had at its beginning."""
    if found.orders < wanted.orders or found.ledger_sum < wanted.ledger_sum:
        raise StoreError(
            f"The restored database has {found.orders} orders and a ledger sum of "
            f"{found.ledger_sum}, and the backup was made with {wanted.orders} and "
            f"{wanted.ledger_sum}: it is not complete."
        )
