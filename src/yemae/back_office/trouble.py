"""What has gone wrong and waits for an operator: card payments in doubt, refunds that failed, mails
and webhooks that do not get through, laws of the books that are violated, batches that were split;
and the one safe thing to do about each.

A look changes nothing. Another try is a line of the log, in its own transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from yemae.back_office import bells, orders
from yemae.back_office.bells import Bell
from yemae.back_office.orders import OpenRefund
from yemae.base.tallies import SPLIT_BATCHES
from yemae.concerts import controls
from yemae.history import history
from yemae.outbox import messages
from yemae.outbox.messages import Kind, MessageState
from yemae.reconcile import last
from yemae.reconcile.law_words import LawFacts
from yemae.refusals import NotFound, StoreUnavailable
from yemae.runtime import Stores
from yemae.sale import figures
from yemae.store.queries import Query, load_queries
from yemae.webhooks import endpoints
from yemae.webhooks.endpoints import WebhookEndpoint

# Of each kind. More than these are one trouble, not a hundred.
LISTED_MAX = 50
SPLIT_WITHIN = timedelta(hours=1)


class PaymentInDoubt(NamedTuple):
    """A card payment whose provider has not said what it did; handed over: for too long. Without
    an order it is a top-up."""

    id: UUID
    order_id: UUID | None
    concert_id: str | None
    provider: str
    amount: int
    currency: str
    reason: str | None
    created_at: datetime
    handed_over_at: datetime | None


class StuckMail(NamedTuple):
    """A mail that was given up within a week, or that no mail server has taken so far. Without an
    order it is about an account."""

    id: UUID
    order_id: UUID | None
    concert_id: str | None
    kind: Kind
    state: MessageState
    attempts: int
    created_at: datetime
    error: str | None


class SplitBatches(NamedTuple):
    """How many batches of a verb were run again one by one within the last hour: a request of each
    had failed, and the others were answered without it."""

    verb: str
    splits: int


class Trouble(NamedTuple):
    """All of it. Webhooks, the laws that were violated when they were checked last, and split
    batches are of the whole server: None to a role at one concert. Bells and batches are None while
    Valkey is away."""

    payments: list[PaymentInDoubt]
    refunds: list[OpenRefund]
    mails: list[StuckMail]
    webhooks: list[WebhookEndpoint] | None
    bells: list[Bell] | None
    laws: list[LawFacts] | None
    batches: list[SplitBatches] | None


class _Concerned(NamedTuple):
    """The concert of a thing; None: it is of none."""

    concert_id: str | None
    order_id: UUID | None


QUERIES = load_queries(__file__, "trouble.sql")
PAYMENTS_IN_DOUBT = Query(QUERIES["payments_in_doubt"], PaymentInDoubt)
STUCK_MAILS = Query(QUERIES["stuck_mails"], StuckMail)
LOOK_UP_NOW = Query(QUERIES["look_up_now"], _Concerned)
CONCERT_OF_CHECKOUT = Query(QUERIES["concert_of_checkout"], _Concerned)
CONCERT_OF_MAIL = Query(QUERIES["concert_of_mail"], _Concerned)


async def look(stores: Stores, concerts: Collection[str] | None) -> Trouble:
    """The trouble of these concerts, or of the whole server."""
    named = None if concerts is None else sorted(concerts)
    refunds = await orders.open_refunds(
        stores, concerts=concerts, is_waiting=True, before=None, limit=LISTED_MAX
    )
    async with stores.postgres.transaction() as tx:
        payments = await tx.fetch(PAYMENTS_IN_DOUBT, concerts=named, limit=LISTED_MAX)
        mails = await tx.fetch(STUCK_MAILS, concerts=named, limit=LISTED_MAX)
        known = await endpoints.listed(tx) if concerts is None else None
        laws = (await last.read(tx)).facts() if concerts is None else None
    failing = None if known is None else [each for each in known if _is_failing(each)]
    broken = None if laws is None else [each for each in laws if each.violations]
    rung = await bells.ringing(stores, concerts)
    split = await split_batches(stores) if concerts is None else None
    return Trouble(payments, refunds, mails, failing, rung, broken, split)


async def split_batches(stores: Stores) -> list[SplitBatches] | None:
    """The batches of the last hour that were split, by verb; None while Valkey is away."""
    since = stores.now() - SPLIT_WITHIN
    async with stores.postgres.transaction() as tx:
        earlier = await history.before(tx, SPLIT_BATCHES, "1m", since)
        # The history is younger than an hour: what it began with counts as known.
        first = (
            [earlier]
            if earlier
            else await history.read(tx, SPLIT_BATCHES, "1m", since=since, limit=1)
        )
    try:
        counted = await figures.split_batches(stores)
    except StoreUnavailable:
        return None
    # Without a row, as after a year without a change, all that was ever counted would seem new.
    known = first[0].figures if first else counted
    grown = {verb: count - known.get(verb, 0) for verb, count in counted.items()}
    return [SplitBatches(verb, count) for verb, count in sorted(grown.items()) if count > 0]


def _is_failing(endpoint: WebhookEndpoint) -> bool:
    """Whether it does not answer; one that an operator has switched off is no trouble."""
    if endpoint.disabled_at is not None:
        return endpoint.disabled_reason != "operator"
    return endpoint.failing_since is not None


async def look_up(stores: Stores, who: str, checkout_id: UUID, reason: str) -> None:
    """Let the jobs process ask the provider about a payment now. Asking changes nothing at the
    provider. Raises NotFound for one that is not in doubt."""
    async with stores.postgres.transaction() as tx:
        row = await (await tx.send(LOOK_UP_NOW, id=checkout_id)).row()
        if row is None:
            raise NotFound
        details = {"checkout": str(checkout_id), "reason": reason}
        if row.order_id is not None:
            details["order"] = str(row.order_id)
        await controls.log(tx, stores.new_id(), row.concert_id, who, "look up payment", details)


async def send_again(stores: Stores, who: str, ids: Sequence[UUID] | None) -> int:
    """Send mails now that wait or were given up; None: all of them. Returns how many; what was sent
    is not sent again."""
    async with stores.postgres.transaction() as tx:
        count = await messages.retry(tx, ids)
        concert_id = None
        details: dict[str, object] = {"mails": count}
        if ids is not None and len(ids) == 1:
            row = await (await tx.send(CONCERT_OF_MAIL, id=ids[0])).row()
            concert_id = None if row is None else row.concert_id
            details |= {"mail": str(ids[0])}
        if count:
            await controls.log(tx, stores.new_id(), concert_id, who, "send mail again", details)
    return count


async def concert_of_checkout(stores: Stores, checkout_id: UUID | None) -> str | None:
    """The concert of a card payment; None: of none."""
    return await _concert_of(stores, CONCERT_OF_CHECKOUT, checkout_id)


async def concert_of_mail(stores: Stores, mail_id: UUID | None) -> str | None:
    """The concert of a mail; None: of none."""
    return await _concert_of(stores, CONCERT_OF_MAIL, mail_id)


async def _concert_of(stores: Stores, query: Query[_Concerned], id_: UUID | None) -> str | None:
    if id_ is None:
        return None
    async with stores.postgres.transaction() as tx:
        row = await (await tx.send(query, id=id_)).row()
    return None if row is None else row.concert_id
