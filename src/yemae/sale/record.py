"""Card payment: write what the provider said of checkouts. What it captured is sold, topped up or
to be given back; what it did not capture lets the hold end as it would have."""

from collections.abc import Sequence
from functools import partial
from typing import Literal, NamedTuple

from yemae.base import metrics
from yemae.base.batching import Done, FollowUp, decided_apart
from yemae.base.logs import logger
from yemae.payments.checkout import ACCOUNT, Checkout
from yemae.payments.payment import Payment
from yemae.payments.provider import Found
from yemae.runtime import Runtime
from yemae.sale import checkouts_at_hand as at_hand
from yemae.sale.checkouts_at_hand import AtHand, Changes
from yemae.sale.decide_checkouts import (
    BUSY,
    EXPIRED,
    LOOK_AT_PENDING,
    NO_ANSWER,
    NOT_SELLABLE,
    in_doubt,
    not_void_yet,
    outcome_of,
    without_lease,
)
from yemae.sale.decide_payments import Paid
from yemae.sale.receipts import Receipt
from yemae.sale.row_locks import LockedRow, rows_of_checkout
from yemae.wallet.decide import Transfer

log = logger(__name__)


class ProviderSaid(NamedTuple):
    """What a provider was asked to do with a checkout, and what it has of it then. None: it gave no
    answer."""

    checkout: Checkout
    asked: Literal["capture", "cancel"]
    found: Found | None


Settled = Checkout | Receipt


async def record(
    runtime: Runtime, requests: list[ProviderSaid], *, wait: bool = True
) -> Done[Settled | None]:
    """Write what the provider said, in one transaction. Answers None to what has to come again."""
    changes, ends = Changes(), list[tuple[Checkout, Checkout]]()
    async with runtime.postgres.transaction() as tx:
        asked = {each.checkout.id: each.checkout for each in requests}
        locked = await at_hand.lock(runtime, tx, list(asked.values()), wait=wait)

        def rows_of(said: ProviderSaid) -> list[LockedRow]:
            return rows_of_checkout(said.checkout)

        def fan_of(said: ProviderSaid) -> str:
            return said.checkout.user_id

        def decide(said: ProviderSaid) -> Settled:
            at = locked.at[said.checkout.id]
            if at.checkout.settled_at is not None:
                return at.checkout
            done: Settled
            if said.asked == "capture":
                done = _captured(runtime, at, said.found, changes)
            else:
                done = _cancelled(at, said.found, changes)
            after = done.checkout if isinstance(done, Receipt) else done
            changes.written.append(after)
            ends.append((at.checkout, after))
            return done

        once = partial(at_hand.once_for_each_fan, fan_of=fan_of, decide=decide)
        answers = decided_apart(requests, locked.busy, rows_of, once)
        steps = await at_hand.write(runtime, tx, changes)
    return Done(answers, [*steps, _alarms(ends)])


def _captured(runtime: Runtime, at: AtHand, found: Found | None, changes: Changes) -> Settled:
    """What the answer to a capture means."""
    outcome = outcome_of(at.checkout, found, sellable=at.is_sellable, now=at.now)
    if outcome == "sell":
        return _sell(runtime, at, changes)
    if outcome == "unclear":
        return in_doubt(at.checkout, NO_ANSWER, at.now)
    _let_go(at, changes)
    match outcome:
        case "not_paid":
            return without_lease(at.checkout, at.now + LOOK_AT_PENDING)
        case "give_back":
            again = at.now + BUSY
            doubtful = in_doubt(at.checkout, NOT_SELLABLE, at.now)
            return doubtful._replace(lease_until=None, busy_until=again, look_at=again)
        case state:
            return at.checkout.settled(state, at.now, found.reason if found else None)


def _cancelled(at: AtHand, found: Found | None, changes: Changes) -> Checkout:
    """What the answer to a void means."""
    was_captured = at.checkout.reason == NOT_SELLABLE or bool(found and found.amount)
    _let_go(at, changes)
    if found is None or found.state not in ("cancelled", "declined", "unknown"):
        if at.checkout.lease_until is None and not was_captured:
            return not_void_yet(at.checkout, at.now)
        return in_doubt(at.checkout, NOT_SELLABLE if was_captured else NO_ANSWER, at.now)
    if found.state == "declined":
        return at.checkout.settled("declined", at.now, found.reason)
    return at.checkout.settled("cancelled", at.now, NOT_SELLABLE if was_captured else EXPIRED)


def _sell(runtime: Runtime, at: AtHand, changes: Changes) -> Receipt:
    """The captured money goes into the wallet and, for an order, on to the sales at once."""
    checkout, now = at.checkout, at.now
    arrived = Transfer(
        id=runtime.new_id(),
        user_id=checkout.user_id,
        kind="top_up",
        from_account=ACCOUNT.format(checkout.provider),
        to_account=checkout.user_id,
        amount=checkout.amount,
        balance_after=at.balance + checkout.amount,
        order_id=None,
        idempotency_key=None,
        created_at=now,
    )
    changes.arrived.append(arrived)
    after = checkout.settled("captured", now, None, arrived.id)
    if at.order is None or checkout.concert_id is None or checkout.pass_number is None:
        return Receipt(after, None, arrived)
    payment = Payment(
        id=runtime.new_id(),
        order_id=at.order.order.id,
        user_id=checkout.user_id,
        concert_id=checkout.concert_id,
        pass_number=checkout.pass_number,
        amount=checkout.amount,
        balance_after=at.balance,
        paid_at=now,
        idempotency_key=None,
        terms=checkout.terms,
    )
    sold = Paid(payment, at.order.order._replace(status="paid"))
    changes.sales.append(sold)
    return Receipt(after, sold, arrived)


def _let_go(at: AtHand, changes: Changes) -> None:
    """The hold ends when it would have ended without the lease, unless it is over anyway."""
    order, ends_at = at.order, at.checkout.hold_ends_at
    if order is None or order.checkout_id != at.checkout.id or ends_at is None:
        return
    if order.status(at.now) == "held" and order.is_intact:
        changes.keep(at, ends_at, None)


def _alarms(ends: Sequence[tuple[Checkout, Checkout]]) -> FollowUp:
    async def tell() -> None:
        for before, after in ends:
            _tell(before, after)

    return FollowUp("alarms", tell)


def _tell(before: Checkout, after: Checkout) -> None:
    """Count an end, and raise the alarms that an operator has to hear."""
    if after.settled_at is not None:
        metrics.CHECKOUTS.labels(after.provider, after.state).inc()
    said = {"checkout": str(after.id), "provider": after.provider, "amount": after.amount}
    if after.reason == NOT_SELLABLE and before.reason != NOT_SELLABLE:
        metrics.CHECKOUTS_NOT_SELLABLE.labels(after.provider).inc()
        log.error("captured card payment can't be sold: it is given back", **said)
    if after.handed_over_at is not None and before.handed_over_at is None:
        log.error("card payment is in doubt for too long: look at the provider", **said)
