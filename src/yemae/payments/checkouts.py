"""Checkouts in PostgreSQL: locks, look-ups and writes. What to do with them is for sale/."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.payments.checkout import Checkout, LockedCheckout
from yemae.store.postgres import Sent, Transaction
from yemae.store.queries import Query, as_json, load_queries


class Opened(NamedTuple):
    """A new checkout: whether its order had none before."""

    is_first: bool


class DueCheckout(NamedTuple):
    """A checkout to look up."""

    id: UUID


class InDoubt(NamedTuple):
    """How many checkouts wait for an answer of their provider, and for an operator."""

    in_doubt: int
    handed_over: int


class DoubtfulCheckout(NamedTuple):
    """A checkout in doubt, as operators see it; handed over: past its cap."""

    id: UUID
    user_id: str
    order_id: UUID | None
    provider: str
    amount: int
    currency: str
    reason: str | None
    created_at: datetime
    handed_over_at: datetime | None


class CardPayment(NamedTuple):
    """The checkout that paid an order."""

    id: UUID
    provider: str
    amount: int


QUERIES = load_queries(__file__, "checkouts.sql")
OPEN_CHECKOUT = Query(QUERIES["open_checkout"], Opened)
CHECKOUT_BY_KEY = Query(QUERIES["checkout_by_key"], Checkout)
CHECKOUT_BY_ID = Query(QUERIES["checkout_by_id"], Checkout)
CHECKOUTS_BY_IDS = Query(QUERIES["checkouts_by_ids"], Checkout)
LOCK_CHECKOUTS = Query(QUERIES["lock_checkouts"], LockedCheckout, rest=Checkout)
TRY_CHECKOUTS = Query(QUERIES["try_checkouts"], LockedCheckout, rest=Checkout)
NOTE_START = QUERIES["note_start"]
WRITE_CHECKOUTS = QUERIES["write_checkouts"]
# The columns of a checkout that never change.
FIXED = (
    "user_id", "order_id", "concert_id", "pass_number", "provider", "method", "amount", "currency",
    "redirect_url", "terms", "idempotency_key", "created_at", "expires_at",
)  # fmt: skip
CLAIM_DUE = Query(QUERIES["claim_due"], DueCheckout)
COUNT_IN_DOUBT = Query(QUERIES["count_in_doubt"], InDoubt)
CAPTURED_OF_ORDER = Query(QUERIES["captured_of_order"], CardPayment)
CHECKOUTS_IN_DOUBT = Query(QUERIES["checkouts_in_doubt"], DoubtfulCheckout)


async def open_checkout(tx: Transaction, checkout: Checkout) -> Sent[Opened]:
    """Write a new one, and find out whether it is the first of its order; one without an
    Idempotency-Key is not looked for."""
    return await tx.send(
        OPEN_CHECKOUT,
        id=checkout.id,
        user_id=checkout.user_id,
        order_id=checkout.order_id,
        concert_id=checkout.concert_id,
        pass_number=checkout.pass_number,
        provider=checkout.provider,
        method=checkout.method,
        amount=checkout.amount,
        currency=checkout.currency,
        terms=checkout.terms,
        idempotency_key=checkout.idempotency_key,
        created_at=checkout.created_at,
        expires_at=checkout.expires_at,
        look_at=checkout.look_at,
    )


async def by_key(tx: Transaction, user_id: str, key: str) -> Checkout | None:
    """The one that was made with this Idempotency-Key."""
    return await (await tx.send(CHECKOUT_BY_KEY, user_id=user_id, idempotency_key=key)).row()


async def by_id(tx: Transaction, checkout_id: UUID) -> Checkout | None:
    """Any user's checkout, not locked."""
    return await (await tx.send(CHECKOUT_BY_ID, id=checkout_id)).row()


async def captured_of_order(tx: Transaction, order_id: UUID) -> CardPayment | None:
    """What paid an order by card; None: the wallet did."""
    return await (await tx.send(CAPTURED_OF_ORDER, order_id=order_id)).row()


async def by_ids(tx: Transaction, ids: Sequence[UUID]) -> list[Checkout]:
    """Those of any user, not locked."""
    return await tx.fetch(CHECKOUTS_BY_IDS, ids=list(ids))


async def lock_checkouts(
    tx: Transaction, ids: Sequence[UUID], *, wait: bool = True
) -> Sent[LockedCheckout]:
    """Lock known ones in id order, after all locks of their orders; each with the store's time
    after its lock."""
    in_order = sorted(set(ids), key=_place)
    return await tx.send(LOCK_CHECKOUTS if wait else TRY_CHECKOUTS, ids=in_order)


def _place(checkout_id: UUID) -> int:
    return checkout_id.int


async def note_start(tx: Transaction, checkout: Checkout) -> None:
    """What the provider calls it, and where the fan goes."""
    await tx.execute(
        NOTE_START,
        id=checkout.id,
        reference=checkout.reference,
        redirect_url=checkout.redirect_url,
    )


async def write_checkouts(tx: Transaction, decided: Sequence[Checkout]) -> None:
    """Write what was decided under their locks."""
    await tx.execute(WRITE_CHECKOUTS, checkouts=as_json(decided, without=FIXED), count=len(decided))


async def claim_due(tx: Transaction, provider: str, count: int, again_s: float) -> list[UUID]:
    """Take checkouts of a provider whose look-up is due; they are due again after some seconds."""
    due = await tx.fetch(CLAIM_DUE, provider=provider, count=count, again_s=again_s)
    return [row.id for row in due]


async def count_in_doubt(tx: Transaction) -> InDoubt:
    """How many there are."""
    return await (await tx.send(COUNT_IN_DOUBT)).one()


async def in_doubt(tx: Transaction, count: int) -> list[DoubtfulCheckout]:
    """The oldest ones in doubt, at most this many."""
    return await tx.fetch(CHECKOUTS_IN_DOUBT, count=count)
