"""What was charged for an order."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.values.pass_key import PassKey


class Payment(NamedTuple):
    """What was charged for an order, and what it left in the wallet."""

    id: UUID
    order_id: UUID
    user_id: str
    concert_id: str
    pass_number: int
    amount: int
    balance_after: int
    paid_at: datetime
    idempotency_key: str | None
    # The version of the operator's terms that the fan agreed to; None: none was published.
    terms: str | None = None

    @property
    def pass_key(self) -> PassKey:
        """The pass that the payment ended."""
        return PassKey(self.concert_id, self.user_id, self.pass_number)
