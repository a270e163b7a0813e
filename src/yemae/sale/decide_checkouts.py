"""What becomes of a checkout: pure decisions over rows that are locked.

Always holds: the provider is asked to capture only what can be sold, and stays sellable while it is
asked; what was captured is sold or given back; no answer decides nothing.
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.orders.order import Order
from yemae.payments.checkout import Checkout
from yemae.payments.payments import UsedPass
from yemae.payments.provider import ChargeState, Found
from yemae.refusals import (
    CheckoutInProgress,
    ConsentRequired,
    EntryTokenExpired,
    EntryTokenMismatch,
    OrderAlreadyPaid,
    OrderExpired,
    OrderNotFound,
    OrderNotHeld,
    PaymentMethodClosed,
    Refusal,
)
from yemae.values.pass_key import PassKey

# How long a hold lasts while the provider does not say whether it captured.
IN_DOUBT_MAX = timedelta(minutes=30)
# Two calls of a provider, and some more: meanwhile no other process asks it about the checkout.
BUSY = timedelta(seconds=60)
# After an answer that did not come, the next look-up; doubled each time.
LOOK_AGAIN = timedelta(seconds=5)
LOOK_AGAIN_MAX = timedelta(minutes=5)
HANDED_OVER_AGAIN = timedelta(hours=1)
# While the fan is at the provider's page, whose return and webhook may get lost.
LOOK_AT_PENDING = timedelta(minutes=1)

EXPIRED, NOT_SELLABLE, NO_ANSWER = "expired", "not_sellable", "no_answer"

# Ask the provider to capture, give back what it has, wait for another process, or nothing to do.
Step = Literal["capture", "give_back", "wait", "none"]
Outcome = Literal["sell", "give_back", "declined", "cancelled", "not_paid", "unclear"]
# What a provider says beside "captured" that settles the matter. "Authorised" after it was asked to
# capture does not.
ENDS: dict[ChargeState, Outcome] = {
    "declined": "declined",
    "cancelled": "cancelled",
    "open": "not_paid",
}


class OrderAtHand(NamedTuple):
    """An order under its lock: which checkout keeps it held, and whether its seats are its own."""

    order: Order
    checkout_id: UUID | None
    is_intact: bool

    def status(self, now: datetime) -> str:
        """The status at a moment."""
        run_out = self.order.status == "held" and self.order.expires_at <= now
        return "expired" if run_out else self.order.status


def refuse_start(
    at: OrderAtHand | None,
    pass_key: PassKey,
    used: UsedPass | None,
    *,
    terms: str | None,
    agreed: str | None,
    now: datetime,
) -> Refusal | None:
    """Why no checkout of this order begins, or None. `used` says whether the pass has ended or is
    about to, `terms` is the version that has to be agreed to, if any."""
    if at is None or at.order.user_id != pass_key.user_id:
        return OrderNotFound()
    if over := _refuse_status(at.status(now)):
        return over
    if at.order.pass_key.concert_id != pass_key.concert_id:
        return EntryTokenMismatch()
    if used is not None and used.checkout_id is None:
        return EntryTokenExpired()
    if at.checkout_id is not None or used is not None:
        return CheckoutInProgress()
    return _refuse_terms(at.order, terms, agreed)


def _refuse_status(status: str) -> Refusal | None:
    match status:
        case "held":
            return None
        case "paid":
            return OrderAlreadyPaid()
        case "expired":
            return OrderExpired()
    return OrderNotHeld(status)


def _refuse_terms(order: Order, terms: str | None, agreed: str | None) -> Refusal | None:
    if terms is not None and agreed != terms:
        return ConsentRequired(terms)
    return None if order.total else PaymentMethodClosed()


def is_sellable(
    checkout: Checkout, at: OrderAtHand | None, used: UsedPass | None, now: datetime
) -> bool:
    """Whether captured money has something to buy: a top-up always, an order while it is held."""
    if checkout.order_id is None:
        return True
    return (
        at is not None
        and at.status(now) == "held"
        and at.is_intact
        and at.checkout_id in (None, checkout.id)
        and (at.order.total, at.order.currency) == (checkout.amount, checkout.currency)
        and (used is None or used.checkout_id == checkout.id)
    )


def next_step(
    checkout: Checkout, at: OrderAtHand | None, used: UsedPass | None, now: datetime
) -> Step:
    """What to ask the provider for."""
    if checkout.settled_at is not None:
        return "none"
    if checkout.busy_until is not None and checkout.busy_until > now:
        return "wait"
    if checkout.reason == NOT_SELLABLE:
        return "give_back"
    if checkout.order_id is None:
        is_over = checkout.lease_until is None and checkout.expires_at <= now
        return "give_back" if is_over else "capture"
    others = {at and at.checkout_id, used and used.checkout_id} - {None, checkout.id}
    if others and at is not None and at.status(now) == "held":
        # Another checkout of this order or pass is being confirmed, and may yet be declined.
        return "wait"
    return "capture" if is_sellable(checkout, at, used, now) else "give_back"


def outcome_of(
    checkout: Checkout, found: Found | None, *, sellable: bool, now: datetime
) -> Outcome:
    """What the provider's answer means. None: it gave none. A charge that was asked about and that
    the provider does not know may still reach it until the end of the lease."""
    if found is None:
        return "unclear"
    if found.state == "captured":
        is_ours = (found.amount, found.currency) == (checkout.amount, checkout.currency)
        return "sell" if is_ours and sellable else "give_back"
    if found.state == "unknown":
        if checkout.state == "pending":
            return "not_paid"
        return "cancelled" if _is_past(checkout, now) else "unclear"
    return ENDS.get(found.state, "unclear")


def leased(checkout: Checkout, hold_ends_at: datetime | None, now: datetime) -> Checkout:
    """The checkout while a process asks its provider. The end of its lease is set once: asking
    again does not hold the seats for longer."""
    return checkout._replace(
        hold_ends_at=checkout.hold_ends_at or hold_ends_at,
        lease_until=checkout.lease_until or now + IN_DOUBT_MAX,
        busy_until=now + BUSY,
        look_at=now + BUSY,
    )


def without_lease(checkout: Checkout, look_at: datetime) -> Checkout:
    """The checkout after its fan had not paid yet: as if the provider had not been asked."""
    return checkout._replace(
        state="pending", reason=None, hold_ends_at=None, lease_until=None, busy_until=None,
        look_at=look_at,
    )  # fmt: skip


def look_again(attempts: int) -> timedelta:
    """How long to wait before the next look, after a number of them that brought nothing."""
    return min(LOOK_AGAIN * (1 << min(attempts, 16)), LOOK_AGAIN_MAX)


def not_void_yet(checkout: Checkout, now: datetime) -> Checkout:
    """A checkout that was never to be captured, after its provider did not say that it is void."""
    again = look_again(checkout.attempts)
    return checkout._replace(busy_until=None, attempts=checkout.attempts + 1, look_at=now + again)


def in_doubt(checkout: Checkout, reason: str, now: datetime) -> Checkout:
    """The checkout after an answer that did not come. Past the end of its lease it is handed over
    to the operators, and still looked up."""
    is_past = _is_past(checkout, now)
    again = look_again(checkout.attempts)
    return checkout._replace(
        state="in_doubt",
        reason=reason,
        busy_until=None,
        attempts=checkout.attempts + 1,
        look_at=now + (HANDED_OVER_AGAIN if is_past and again == LOOK_AGAIN_MAX else again),
        handed_over_at=checkout.handed_over_at or (now if is_past else None),
    )


def _is_past(checkout: Checkout, now: datetime) -> bool:
    """Whether a checkout in doubt is past its cap."""
    return checkout.lease_until is None or checkout.lease_until <= now
