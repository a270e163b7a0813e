"""Balances."""

from dataclasses import dataclass

from yemae.refusals.base import Refusal
from yemae.values import money


@dataclass(eq=False)
class InsufficientBalance(Refusal):
    """The wallet holds less than the order costs. Nothing was charged: top up and pay again
    before the hold ends."""

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
        return f"The wallet holds {balance} and the order costs {required}."


@dataclass(eq=False)
class BalanceLimitExceeded(Refusal):
    """The wallet would hold more than a wallet may."""

    slug = "balance-limit-exceeded"
    status = 409
    title = "Balance limit exceeded"
    limit: int
    currency: str

    def detail(self) -> str:
        """Name the limit."""
        return f"A wallet holds {money.amount(self.limit, self.currency)} at most."
