"""What Stripe's objects have that we read, what they mean, and its rules of currencies. Pure.

An amount at Stripe is in its own smallest unit, which for a few currencies is not that of ISO 4217.
"""

from typing import Literal

import msgspec

from yemae.payments.provider import (
    Disputed,
    DisputeState,
    Found,
    GivenBack,
    GivenBackState,
    UnclearError,
)
from yemae.values.ids import uuid_or_none
from yemae.values.money import DIGITS

# The metadata that names our checkout, and our refund.
OURS, REFUND = "yemae_checkout", "yemae_refund"

# Stripe counts króna and shilling, which have no parts, in hundredths.
HUNDREDTHS = {"ISK": 100, "UGX": 100}
# It takes whole ariary only, and of a currency with three digits only amounts that end in 0.
NOT_WHOLE = {"MGA"} | {currency for currency, digits in DIGITS.items() if digits > 2}

# Every other status is one of a dispute that is open.
DISPUTE_STATES: dict[str, DisputeState] = {
    "won": "won", "warning_closed": "won", "prevented": "won", "lost": "lost",
}  # fmt: skip
REFUND_STATES: dict[str | None, GivenBackState] = {
    "succeeded": "settled", "pending": "accepted", "requires_action": "accepted",
    "failed": "declined", "canceled": "declined",
}  # fmt: skip


class StripeCharge(msgspec.Struct, frozen=True):
    """The charge of a payment intent."""

    amount_refunded: int = 0
    disputed: bool = False


class StripeIntent(msgspec.Struct, frozen=True):
    """A payment intent: the money of a session."""

    id: str
    status: str
    amount: int
    currency: str
    created: int
    amount_received: int = 0
    metadata: dict[str, str] = {}
    latest_charge: StripeCharge | None = None

    @property
    def refunded(self) -> int:
        """What of it went back."""
        return self.latest_charge.amount_refunded if self.latest_charge else 0


class StripeSession(msgspec.Struct, frozen=True):
    """A page of Stripe on which a fan pays."""

    id: str
    status: Literal["open", "complete", "expired"] | None
    url: str | None = None
    client_reference_id: str | None = None
    payment_intent: StripeIntent | None = None


class StripeRefund(msgspec.Struct, frozen=True):
    """Money that goes back."""

    id: str
    amount: int
    currency: str
    status: str | None = None
    failure_reason: str | None = None
    metadata: dict[str, str] | None = None


class StripeDispute(msgspec.Struct, frozen=True):
    """A payment that its cardholder disputes."""

    id: str
    amount: int
    currency: str
    status: str
    reason: str | None = None


class EventObject(msgspec.Struct, frozen=True):
    """What an event is about: a session, an intent, a charge, a refund or a dispute."""

    metadata: dict[str, str] | None = None
    client_reference_id: str | None = None
    payment_intent: str | None = None


class EventData(msgspec.Struct, frozen=True):
    """The wrapper of that."""

    object: EventObject


class StripeEvent(msgspec.Struct, frozen=True):
    """A webhook."""

    type: str
    data: EventData


def takes_all_of(currency: str) -> bool:
    """Whether Stripe can charge, and give back, every amount of a currency."""
    return currency not in NOT_WHOLE


def to_stripe(amount: int, currency: str) -> int:
    """An amount of ours in Stripe's unit."""
    return amount * HUNDREDTHS.get(currency, 1)


def from_stripe(amount: int, currency: str) -> int:
    """An amount of Stripe's in our unit; -1, which is no amount of ours, if it has a part of it."""
    whole, rest = divmod(amount, HUNDREDTHS.get(currency, 1))
    return -1 if rest else whole


def of_intent(intent: StripeIntent) -> Found:
    """What a payment says. Raises UnclearError while Stripe is still at it."""
    currency = intent.currency.upper()
    match intent.status:
        case "requires_capture":
            return Found("authorised")
        case "canceled":
            return Found("cancelled")
        case "succeeded":
            amount = from_stripe(intent.amount_received, currency)
            refunded = from_stripe(intent.refunded, currency)
            is_back = 0 < amount <= refunded
            return Found("cancelled" if is_back else "captured", amount, currency, None, refunded)
        case "requires_payment_method":
            return Found("declined", reason="card_declined")
    raise UnclearError(f"stripe's payment is {intent.status}")


def given_back(refund: StripeRefund) -> GivenBack:
    """A refund of ours, or of the dashboard."""
    return GivenBack(
        uuid_or_none((refund.metadata or {}).get(REFUND, "")),
        refund.id,
        from_stripe(refund.amount, refund.currency.upper()),
        REFUND_STATES.get(refund.status, "accepted"),
        refund.failure_reason,
    )


def disputed(dispute: StripeDispute) -> Disputed:
    """A dispute. Its amount is the bank's, so it may have a part of our unit, which is rounded
    up."""
    amount = -(-max(0, dispute.amount) // HUNDREDTHS.get(dispute.currency.upper(), 1))
    state = DISPUTE_STATES.get(dispute.status, "open")
    return Disputed(dispute.id, amount, state, dispute.reason)
