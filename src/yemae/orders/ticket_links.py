"""The current revision of the ticket links of an order, in PostgreSQL."""

from typing import NamedTuple
from uuid import UUID

from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries


class LinkRevision(NamedTuple):
    """The revision of links that is good."""

    revision: int


QUERIES = load_queries(__file__, "ticket_links.sql")
REVISION_OF_LINKS = Query(QUERIES["revision_of_links"], LinkRevision)
REVOKE_LINKS = QUERIES["revoke_links"]


async def revision_of(tx: Transaction, order_id: UUID) -> int:
    """The revision of the links of an order that are good."""
    (found,) = await tx.fetch(REVISION_OF_LINKS, order_id=order_id)
    return found.revision


async def revoke(tx: Transaction, order_id: UUID) -> None:
    """End every link of an order that was sent before."""
    await tx.execute(REVOKE_LINKS, order_id=order_id)
