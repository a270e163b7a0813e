"""Disputes (chargebacks) in PostgreSQL: what a provider has said last of each."""

from collections.abc import Collection
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
    """Whether a dispute of an order is open, and whether one is or was lost, so that its tickets
    open no door; at the store's time."""

    now: datetime
    is_open: bool
    shuts_door: bool


class ClaimedDispute(NamedTuple):
    """The checkout of a dispute to ask about."""

    checkout_id: UUID


class DisputeCount(NamedTuple):
    """How many disputes are open."""

    open: int


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
CLAIM_DISPUTES = Query(QUERIES["claim_disputes"], ClaimedDispute)
COUNT_DISPUTES = Query(QUERIES["count_disputes"], DisputeCount)
LIST_DISPUTES = Query(QUERIES["list_disputes"], ListedDispute)


async def look(tx: Transaction, order_id: UUID | None) -> OpenDispute:
    """What there is of disputes of an order; of no order none is."""
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


async def listed(
    tx: Transaction,
    *,
    state: DisputeState | None,
    concerts: Collection[str] | None = None,
    before: UUID | None = None,
    count: int,
) -> list[ListedDispute]:
    """Disputes in a state, or of all states, of these concerts, or of all and of top-ups; newest
    first, from the one before `before` on."""
    wanted = None if concerts is None else sorted(concerts)
    return await tx.fetch(LIST_DISPUTES, state=state, concerts=wanted, before=before, count=count)


async def claim(tx: Transaction, count: int, age_s: int) -> list[UUID]:
    """The checkouts of open disputes that were not asked about for some seconds."""
    claimed = await tx.fetch(CLAIM_DISPUTES, count=count, age_s=age_s)
    return list({row.checkout_id for row in claimed})


async def count_open(tx: Transaction) -> int:
    """How many are open."""
    return (await (await tx.send(COUNT_DISPUTES)).one()).open
