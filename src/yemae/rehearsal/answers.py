"""The fields of the server's answers that a fan reads; the others are not decoded."""

from datetime import datetime

import msgspec

from yemae.rehearsal.choice import FreeSeat


class PlaceAnswer(msgspec.Struct):
    """A fan's place."""

    state: str
    queue_token: str = ""
    poll_after_ms: int = 1_000
    number: int | None = None
    lane: str = ""
    entry_token: str = ""
    entry_expires_at: datetime | None = None


class PerformanceAnswer(msgspec.Struct):
    """A date that can be booked."""

    id: str
    seats_left: int


class PerformancesAnswer(msgspec.Struct):
    """The dates of a concert."""

    performances: list[PerformanceAnswer]


class OrderAnswer(msgspec.Struct):
    """Seats that are held, or paid."""

    id: str
    performance_id: str
    seats: list[FreeSeat]
    total: int


class PaymentAnswer(msgspec.Struct):
    """A payment that was made."""

    order: OrderAnswer
    amount: int
    balance_after: int


class WalletAnswer(msgspec.Struct):
    """The wallet after a top-up."""

    balance: int


class Problem(msgspec.Struct):
    """A problem document."""

    type: str = ""
    # Of the terms that have to be agreed to.
    version: str = ""


PLACE = msgspec.json.Decoder(PlaceAnswer)
PERFORMANCES = msgspec.json.Decoder(PerformancesAnswer)
ORDER = msgspec.json.Decoder(OrderAnswer)
PAYMENT = msgspec.json.Decoder(PaymentAnswer)
WALLET = msgspec.json.Decoder(WalletAnswer)
PROBLEM = msgspec.json.Decoder(Problem)


def wanted_consent(status: int, body: bytes) -> str | None:
    """The version of the operator's terms that a refusal asks to agree to; None: it is another
    answer. Raises MsgspecError."""
    if status != 409:
        return None
    problem = PROBLEM.decode(body)
    return problem.version if problem.type == "/problems/consent-required" else None
