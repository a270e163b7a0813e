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
LIST_DISPUTES = Query(QUERIES["list_disputes"], ListedDispute)


async def note(tx: Transaction, dispute_id: UUID, checkout: Checkout, said: Disputed) -> bool:
    """Write what the provider says; a new one gets this id. Returns whether it has changed."""
    sent = await tx.send(
        NOTE_DISPUTE,
        id=dispute_id,
        checkout_id=checkout.id,
        order_id=checkout.order_id,
        reference=said.reference,
        amount=said.amount,
        reason=said.reason,
        state=said.state,
    )
    return await sent.row() is not None


async def listed(tx: Transaction, *, everything: bool, count: int) -> list[ListedDispute]:
    """The newest open ones, or of all."""
    return await tx.fetch(LIST_DISPUTES, everything=everything, count=count)
