"""Disputes (chargebacks) in PostgreSQL: what a provider has said last of each."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.payments.checkout import Checkout
from yemae.payments.provider import Disputed, DisputeState
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries


class Noted(NamedTuple):
    """The state of a dispute that has changed."""

    state: DisputeState


class OpenDispute(NamedTuple):
    """Whether a dispute of an order is open, at the store's time."""

    now: datetime
    is_open: bool


class ListedDispute(NamedTuple):
    """A dispute as operators see it. The reference is what the provider's dashboard calls it."""

    id: UUID
    checkout_id: UUID
    order_id: UUID | None
    user_id: str
    provider: str
    reference: str
    amount: int
    currency: str
    reason: str | None
    state: DisputeState
    opened_at: datetime
    closed_at: datetime | None


QUERIES = load_queries(__file__, "disputes.sql")
NOTE_DISPUTE = Query(QUERIES["note_dispute"], Noted)
OPEN_DISPUTE = Query(QUERIES["open_dispute_of_order"], OpenDispute)
LIST_DISPUTES = Query(QUERIES["list_disputes"], ListedDispute)


async def look(tx: Transaction, order_id: UUID | None) -> OpenDispute:
    """Whether a dispute of an order is open; of no order none is."""
    return await (await tx.send(OPEN_DISPUTE, order_id=order_id)).one()


async def note(
    tx: Transaction, dispute_id: UUID, checkout: Checkout, said: Disputed, asked_at: datetime
) -> bool:
    """Write what the provider says, asked at this time of the store; a new one gets this id.
    Returns whether it has changed."""
    sent = await tx.send(
        NOTE_DISPUTE,
        id=dispute_id,
        checkout_id=checkout.id,
        order_id=checkout.order_id,
        reference=said.reference,
        amount=said.amount,
        reason=said.reason,
        state=said.state,
        asked_at=asked_at,
    )
    return await sent.row() is not None


async def listed(tx: Transaction, *, everything: bool, count: int) -> list[ListedDispute]:
    """The newest open ones, or of all."""
    return await tx.fetch(LIST_DISPUTES, everything=everything, count=count)
