"""What cancellations and their quotes look like in the API."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from yemae.concerts.cancellation_policy import KR_PERFORMANCE
from yemae.http.fan.users import EXAMPLE_ID
from yemae.sale.decide_cancellations import CancelledPart, Quote
from yemae.values.instants import Instant, instant, instant_or_none

RefundTo = Literal["wallet", "checkout", "cash"]
RefundState = Literal["pending", "settled", "declined", "in_doubt"]
LEAST_FAR: Sequence[RefundState] = ("declined", "in_doubt", "pending", "settled")


class QuoteLine(msgspec.Struct, frozen=True):
    """One seat: its price and its part of the booking fee, what is kept of them and what goes
    back."""

    seat: str
    price: int
    booking_fee: int
    fee: int
    refund: int


class QuotedRefund(msgspec.Struct, frozen=True):
    """A part of what goes back."""

    to: RefundTo
    amount: int


class RefundPart(msgspec.Struct, frozen=True):
    """A part of a refund. One in cash is `pending` until the box office hands it out."""

    to: RefundTo
    amount: int
    state: RefundState


class QuoteBody(msgspec.Struct, frozen=True):
    """What cancelling these seats gives back at this moment, in the currency's minor unit: `refund`
    and `fee` together are what was paid for them, less what an operator has refunded of the order
    before. `refunds` is where it goes back to: to the card that paid (`checkout`), in cash at the
    box office, or to the wallet; where a move to dearer seats was charged to the wallet, in two
    parts. `refund_to` is where the first of them goes. Nothing can be cancelled from `closes_at`
    on."""

    refund: int
    refund_to: RefundTo
    refunds: list[QuotedRefund]
    fee: int
    lines: list[QuoteLine]
    closes_at: Instant | None


class CancellationBody(msgspec.Struct, frozen=True):
    """Seats that were cancelled, what was kept of what they had cost, and what goes back: where to,
    and how far it has come, in the parts of `refunds`. `refund_to` is where the first of them goes,
    and `refund_state` the state of the one that has come least far; both are null where nothing
    goes back."""

    id: UUID
    seats: list[str]
    fee: int
    refund: int
    refund_to: RefundTo | None
    refund_state: RefundState | None
    refunds: list[RefundPart]
    cancelled_at: Instant


EXAMPLE_QUOTE = {
    "refund": 62000,
    "refund_to": "wallet",
    "refunds": [{"to": "wallet", "amount": 62000}],
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
    "refunds": [{"to": "wallet", "amount": 62000, "state": "settled"}],
    "cancelled_at": "2026-12-24T02:00:00.000Z",
}
EXAMPLE_POLICY = msgspec.json.decode(msgspec.json.encode(KR_PERFORMANCE))


def quote_body(quoted: Quote) -> QuoteBody:
    """A quote as it is answered."""
    lines = [QuoteLine(*line, line.refund) for line in quoted.lines]
    parts = [QuotedRefund(*share) for share in quoted.shares]
    return QuoteBody(
        refund=quoted.refund,
        refund_to=parts[0].to if parts else "wallet",
        refunds=parts,
        fee=quoted.fee,
        lines=lines,
        closes_at=instant_or_none(quoted.closes_at),
    )


def cancellation_body(part: CancelledPart) -> CancellationBody:
    """A cancellation as it is answered, with its refund."""
    cancellation, made = part
    return CancellationBody(
        cancellation.id,
        cancellation.seat_numbers,
        cancellation.fee,
        sum(each.amount for each in made),
        made[0].destination if made else None,
        min((each.state for each in made), key=LEAST_FAR.index, default=None),
        [RefundPart(each.destination, each.amount, each.state) for each in made],
        instant(cancellation.cancelled_at),
    )
