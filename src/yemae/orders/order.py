"""An order: seats of one fan, held or paid."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from yemae.values.pass_key import PassKey

Status = Literal["held", "paid", "released", "expired", "cancelled"]


class SoldAs(msgspec.Struct, frozen=True):
    """The price type that a seat was held with, as it was then, and the proof that is shown at the
    door. Without `name_en` and `proof_en` the other texts are for everybody."""

    id: str
    name: str
    name_en: str | None = None
    proof: str | None = None
    proof_en: str | None = None


class Order(NamedTuple):
    """An order as it is stored, with the seats that are left when some were cancelled. Money in the
    currency's minor unit."""

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
    # In the total, beside the prices of the seats.
    booking_fee: int = 0
    # Of each seat what a `SoldAs` says, None for the full price; None: full prices only.
    price_types: list[dict[str, str] | None] | None = None
    # The phase in which it was made; None: the general sale.
    sale: str | None = None
    # The digest of its cancellation policy; None: no fan can cancel it.
    cancellation: str | None = None

    def sold_as(self) -> list[SoldAs | None]:
        """The price type of each seat; None is the full price."""
        if self.price_types is None:
            return [None] * len(self.seat_numbers)
        return msgspec.convert(self.price_types, list[SoldAs | None])

    @property
    def queue_id(self) -> str:
        """The queue that the fan came through: that of the phase, or of the general sale."""
        return self.sale or self.concert_id

    @property
    def pass_key(self) -> PassKey:
        """The pass that the order was made with."""
        return PassKey(self.queue_id, self.user_id, self.pass_number)


class Kept(NamedTuple):
    """A held order whose hold gets another end, and the checkout that keeps it until then."""

    order: Order
    until: datetime
    checkout_id: UUID | None
