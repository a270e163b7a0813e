"""What cancellations and their quotes look like in the API."""

from typing import Literal
from uuid import UUID

import msgspec

from yemae.concerts.cancellation_policy import KR_PERFORMANCE
from yemae.http.fan.users import EXAMPLE_ID
from yemae.sale.decide_cancellations import CancelledPart, Quote
from yemae.values.instants import Instant, instant, instant_or_none


class QuoteLine(msgspec.Struct, frozen=True):
    """One seat: its price and its part of the booking fee, what is kept of them and what goes
    back."""

    seat: str
    price: int
    booking_fee: int
    fee: int
    refund: int


class QuoteBody(msgspec.Struct, frozen=True):
    """What cancelling these seats gives back at this moment, in the currency's minor unit: `refund`
    and `fee` together are what was paid for them, less what an operator has refunded of the order
    before. It goes back to the wallet, or to the card that paid (`checkout`). Nothing can be
    cancelled from `closes_at` on."""

    refund: int
    refund_to: Literal["wallet", "checkout"]
    fee: int
    lines: list[QuoteLine]
    closes_at: Instant | None


class CancellationBody(msgspec.Struct, frozen=True):
    """Seats that were cancelled, what was kept of what they had cost, and what goes back: where to,
    and how far it has come. Both are null where nothing goes back."""

    id: UUID
    seats: list[str]
    fee: int
    refund: int
    refund_to: Literal["wallet", "checkout"] | None
    refund_state: Literal["pending", "settled", "declined", "in_doubt"] | None
    cancelled_at: Instant


EXAMPLE_QUOTE = {
    "refund": 62000,
    "refund_to": "wallet",
    "fee": 4000,
    "lines": [{"seat": "7", "price": 66000, "booking_fee": 0, "fee": 4000, "refund": 62000}],
    "closes_at": "2030-05-02T08:00:00.000Z",
}
EXAMPLE_CANCELLATION = {
    "id": EXAMPLE_ID,
    "seats": ["7"],
    "fee": 4000,
    "refund": 62000,
    "refund_to": "wallet",
    "refund_state": "settled",
    "cancelled_at": "2026-12-24T02:00:00.000Z",
}
EXAMPLE_POLICY = msgspec.json.decode(msgspec.json.encode(KR_PERFORMANCE))


def quote_body(quoted: Quote) -> QuoteBody:
    """A quote as it is answered."""
    lines = [QuoteLine(*line, line.refund) for line in quoted.lines]
    return QuoteBody(
        quoted.refund, quoted.refund_to, quoted.fee, lines, instant_or_none(quoted.closes_at)
    )


def cancellation_body(part: CancelledPart) -> CancellationBody:
    """A cancellation as it is answered, with its last refund."""
    cancellation, refund = part
    return CancellationBody(
        cancellation.id,
        cancellation.seat_numbers,
        cancellation.fee,
        0 if refund is None else refund.amount,
        None if refund is None else refund.destination,
        None if refund is None else refund.state,
        instant(cancellation.cancelled_at),
    )
