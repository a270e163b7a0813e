"""Refusals of balances and of card payments."""

from dataclasses import dataclass, field

from yemae.refusals.base import Refusal, soon_s
from yemae.values import money


@dataclass(eq=False)
class InsufficientBalance(Refusal):
    """The balance is lower than the price of the order. Nothing was charged: top up and pay again
    before the hold expires."""

    slug = "insufficient-balance"
    status = 402
    title = "Balance too low"
    balance: int
    required: int
    currency: str

    def detail(self) -> str:
        """Name both amounts."""
        balance = money.amount(self.balance, self.currency)
        required = money.amount(self.required, self.currency)
        return f"The balance is {balance} and the order costs {required}."


@dataclass(eq=False)
class TopUpClosed(Refusal):
    """This server takes no top-up this way, or not this much more: `top_ups` of `GET /v1/settings`
    says which way is open, and all balances together have a limit."""

    slug = "top-up-closed"
    status = 403
    title = "Top-ups closed"


@dataclass(eq=False)
class BalanceLimitExceeded(Refusal):
    """This top-up would exceed the maximum balance of a wallet."""

    slug = "balance-limit-exceeded"
    status = 409
    title = "Balance limit exceeded"
    limit: int
    currency: str

    def detail(self) -> str:
        """Name the limit."""
        return f"A wallet can hold at most {money.amount(self.limit, self.currency)}."


@dataclass(eq=False)
class PaymentMethodClosed(Refusal):
    """This server takes no payment by this method, or not for this order: what costs nothing is
    paid from the balance. `payment_methods` of `GET /v1/settings` has those that are open."""

    slug = "payment-method-closed"
    status = 403
    title = "Payment method closed"


@dataclass(eq=False)
class CheckoutNotFound(Refusal):
    """You have no checkout of this id."""

    slug = "checkout-not-found"
    status = 404
    title = "Checkout not found"


@dataclass(eq=False)
class CheckoutInProgress(Refusal):
    """A card payment of this order, or with this pass, is being confirmed. Until that is known,
    nothing else pays or releases the order: look at the checkout."""

    slug = "checkout-in-progress"
    status = 409
    title = "Card payment in progress"


@dataclass(eq=False)
class PaymentDeclined(Refusal):
    """The payment was not made, and nothing was charged. While the order is held, try again or
    choose another card."""

    slug = "payment-declined"
    status = 402
    title = "Payment declined"
    reason: str

    def detail(self) -> str:
        """Name the reason as the payment provider does."""
        return f"The payment was not made ({self.reason}), and nothing was charged."


@dataclass(eq=False)
class ProviderUnavailable(Refusal):
    """The payment provider did not answer. Nothing is lost: retry after the time in Retry-After,
    with the same Idempotency-Key."""

    slug = "payment-provider-unavailable"
    status = 503
    title = "Payment provider unavailable"
    retry_s: int = field(default_factory=soon_s)

    def extra(self) -> dict[str, object]:
        """Nothing: Retry-After carries the time."""
        return {}


@dataclass(eq=False)
class WebhookInvalid(Refusal):
    """The signature of this webhook does not fit."""

    slug = "webhook-invalid"
    status = 401
    title = "Webhook not signed"
