"""What a fan reads of the server's answers; the rest of an answer is not even decoded."""

from datetime import datetime

import msgspec

from yemae.rehearsal.choice import Seat


class Place(msgspec.Struct):
    """What a fan is told of their place."""

    state: str
    queue_token: str = ""
    poll_after_ms: int = 1_000
    number: int | None = None
    lane: str = ""
    entry_token: str = ""
    entry_expires_at: datetime | None = None


class Performance(msgspec.Struct):
    """A date that can be booked."""

    id: str
    seats_left: int


class Performances(msgspec.Struct):
    """The dates of a concert."""

    performances: list[Performance]


class Order(msgspec.Struct):
    """Seats that are held, or paid."""

    id: str
    performance_id: str
    seats: list[Seat]
    total: int


class Payment(msgspec.Struct):
    """A payment that was made."""

    order: Order
    amount: int
    balance_after: int


class Wallet(msgspec.Struct):
    """What is in the wallet after a top-up."""

    balance: int


class Problem(msgspec.Struct):
    """What the server says when it says no."""

    type: str = ""


PLACE = msgspec.json.Decoder(Place)
PERFORMANCES = msgspec.json.Decoder(Performances)
ORDER = msgspec.json.Decoder(Order)
PAYMENT = msgspec.json.Decoder(Payment)
WALLET = msgspec.json.Decoder(Wallet)
PROBLEM = msgspec.json.Decoder(Problem)
