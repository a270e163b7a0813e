"""An order: seats of one fan, held or paid."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.values.pass_key import PassKey

Status = Literal["held", "paid", "released", "expired", "refunded"]


class Order(NamedTuple):
    """An order as it is stored. Money in the currency's minor unit."""

    id: UUID
    user_id: str
    concert_id: str
    performance_id: str
    performance_key: int
    status: Status
    seat_numbers: list[str]
    seat_grades: list[str]
    seat_prices: list[int]
    total: int
    currency: str
    created_at: datetime
    expires_at: datetime
    pass_number: int
    idempotency_key: str | None

    @property
    def pass_key(self) -> PassKey:
        """The pass that the order was made with."""
        return PassKey(self.concert_id, self.user_id, self.pass_number)
