"""Guests who were merged into an account, in PostgreSQL.

Always holds: a guest is merged at most once, and the row leads to the account that has everything
now, also after that account was merged itself.
"""

from typing import NamedTuple

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries


class Merge(NamedTuple):
    """The account of a guest, and what moved into it."""

    user_id: str
    orders: int
    amount: int


class GuestWithMoney(NamedTuple):
    """A guest who got money after the merge, and the account that it belongs to."""

    guest_id: str
    user_id: str


class MergedGuest(NamedTuple):
    """A guest of an account."""

    guest_id: str


QUERIES = load_queries(__file__, "merged_users.sql")
MERGE_OF_GUEST = Query(QUERIES["merge_of_guest"], Merge)
WRITE_MERGE = QUERIES["write_merge"]
GUESTS_OF = Query(QUERIES["guests_of"], MergedGuest)
GUESTS_WITH_MONEY = Query(QUERIES["guests_with_money"], GuestWithMoney)


async def merge_of(tx: Transaction, guest_id: str) -> Merge | None:
    """Where a guest was merged into; None: nowhere."""
    return await (await tx.send(MERGE_OF_GUEST, guest_id=guest_id)).row()


async def write(tx: Transaction, guest_id: str, merge: Merge) -> None:
    """Write that a guest is merged, under the turns of both; the guest's name goes."""
    await tx.execute(WRITE_MERGE, guest_id=guest_id, **merge._asdict())


async def guests_of(tx: Transaction, user_id: str) -> list[str]:
    """The guests whose payments and ledger lines belong to this account."""
    return [row.guest_id for row in await tx.fetch(GUESTS_OF, user_id=user_id)]


async def with_money(tx: Transaction, limit: int) -> list[GuestWithMoney]:
    """Guests who got money after they were merged, within the last week."""
    return await tx.fetch(GUESTS_WITH_MONEY, limit=limit)
