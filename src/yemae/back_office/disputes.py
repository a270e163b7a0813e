"""Disputes of card payments, as operators list them."""

from collections.abc import Collection
from uuid import UUID

from yemae.payments import disputes
from yemae.payments.disputes import ListedDispute
from yemae.payments.provider import DisputeState
from yemae.runtime import Stores

__all__ = ["ListedDispute", "list_disputes"]


async def list_disputes(
    stores: Stores,
    *,
    state: DisputeState | None,
    concerts: Collection[str] | None,
    before: UUID | None,
    limit: int,
) -> list[ListedDispute]:
    """Those in a state, or all; of these concerts, or of all. Newest first."""
    async with stores.postgres.transaction() as tx:
        return await disputes.listed(tx, state=state, concerts=concerts, before=before, count=limit)
