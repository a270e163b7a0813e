"""Refusals of balances."""

from dataclasses import dataclass

from yemae.refusals.base import Refusal
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
