"""Refusals of cancellations and refunds."""

from dataclasses import dataclass
from datetime import datetime

from yemae.refusals.base import Refusal
from yemae.values import money


@dataclass(eq=False)
class OrderNotPaid(Refusal):
    """The order is not paid, so there is nothing to cancel. A held order can be released."""

    slug = "order-not-paid"
    status = 409
    title = "Order not paid"
    order_status: str

    def detail(self) -> str:
        """Name the status that the order has instead."""
        return f"The order is {self.order_status}; only a paid order can be cancelled."


@dataclass(eq=False)
class OrderDisputed(Refusal):
    """The cardholder disputes the payment of this order at the bank. No money goes back until that
    is decided, and no ticket is handed out unless the payment stands. Nothing was changed."""

    slug = "order-disputed"
    status = 409
    title = "Payment disputed"


@dataclass(eq=False)
class CancellationClosed(Refusal):
    """The time in which fans can cancel this order is over, at `closes_at`; where that is null, the
    concert was sold without a right to cancel. Nothing was changed."""

    slug = "cancellation-closed"
    status = 409
    title = "Cancellation closed"
    closes_at: datetime | None


@dataclass(eq=False)
class CancellationFeeChanged(Refusal):
    """The fee is not the one that you agreed to: it has changed since. Nothing was changed: look at
    the quote again."""

    slug = "cancellation-fee-changed"
    status = 409
    title = "Cancellation fee changed"
    fee: int
    refund: int
    currency: str

    def detail(self) -> str:
        """Name what would be kept and given back now."""
        fee, refund = (
            money.amount(self.fee, self.currency),
            money.amount(self.refund, self.currency),
        )
        return f"The fee is {fee} now, and {refund} would go back. Nothing was changed."


@dataclass(eq=False)
class SeatsNotInOrder(Refusal):
    """The order does not have these seats, or not any more. Nothing was changed."""

    slug = "seats-not-in-order"
    status = 409
    title = "Seats not in the order"
    seats: list[str]

    def detail(self) -> str:
        """Name the seats."""
        return f"Not in this order: {', '.join(self.seats)}. Nothing was changed."


@dataclass(eq=False)
class RefundExceedsPayment(Refusal):
    """No more can be refunded of an order than was paid for it, refunds that are under way
    included. Nothing was refunded."""

    slug = "refund-exceeds-payment"
    status = 409
    title = "Refund exceeds the payment"
    left: int
    currency: str

    def detail(self) -> str:
        """Name what is left."""
        left = money.amount(self.left, self.currency)
        return f"{left} of the payment is left to refund. Nothing was refunded."


@dataclass(eq=False)
class RefundRunNotFound(Refusal):
    """The date is not cancelled, so no refund run goes on for it."""

    slug = "refund-run-not-found"
    status = 404
    title = "No refund run"
