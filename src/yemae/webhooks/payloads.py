"""What each event says: `data` of its JSON. Pure.

A fan is named by the user id alone: no name, no address and no ticket code leaves the server.
Money is in the currency's minor unit.
"""

from typing import Literal
from uuid import UUID

import msgspec

from yemae.values.instants import Instant

Type = Literal[
    "order.paid",
    "order.cancelled",
    "ticket.voided",
    "refund.settled",
    "performance.changed",
    "queue.opened",
    "concert.sold_out",
    "webhook.test",
]


# Why a ticket opens no door any more.
VoidReason = Literal["cancelled", "moved"]


class SoldSeat(msgspec.Struct, frozen=True):
    """A seat of a paid order."""

    number: str
    grade: str
    price: int


class OrderPaid(msgspec.Struct, frozen=True, kw_only=True):
    """An order was paid, by a fan or at the box office."""

    order_id: UUID
    booking_number: str
    user_id: str
    concert_id: str
    performance_id: str
    seats: list[SoldSeat]
    booking_fee: int
    total: int
    currency: str
    payment_id: UUID
    paid_at: Instant


class OrderCancelled(msgspec.Struct, frozen=True, kw_only=True):
    """Seats of a paid order were cancelled; `status` is `paid` while it has others."""

    order_id: UUID
    booking_number: str
    user_id: str
    concert_id: str
    performance_id: str
    status: str
    cancellation_id: UUID
    seats: list[str]
    refund: int
    fee: int
    currency: str
    cancelled_at: Instant


class TicketVoided(msgspec.Struct, frozen=True, kw_only=True):
    """The tickets of these seats open no door any more."""

    order_id: UUID
    booking_number: str
    concert_id: str
    performance_id: str
    seats: list[str]
    reason: VoidReason


class RefundSettled(msgspec.Struct, frozen=True, kw_only=True):
    """Money of an order is back: in the fan's wallet, or paid out to the card or in cash."""

    refund_id: UUID
    order_id: UUID
    booking_number: str
    amount: int
    currency: str
    destination: Literal["wallet", "checkout", "cash"]
    settled_at: Instant


class PerformanceChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A date is cancelled, or begins at another time."""

    performance_id: str
    concert_id: str
    change: Literal["cancelled", "postponed"]
    starts_at: Instant
    starts_at_before: Instant


class QueueOpened(msgspec.Struct, frozen=True, kw_only=True):
    """The sale of a queue has opened; a phase has a queue of its own."""

    queue_id: str
    concert_id: str
    sale_opens_at: Instant


class ConcertSoldOut(msgspec.Struct, frozen=True, kw_only=True):
    """Every seat for sale of the dates to come is sold."""

    concert_id: str


class WebhookTest(msgspec.Struct, frozen=True, kw_only=True):
    """An operator tries an endpoint."""

    endpoint_id: UUID


Data = (
    OrderPaid
    | OrderCancelled
    | TicketVoided
    | RefundSettled
    | PerformanceChanged
    | QueueOpened
    | ConcertSoldOut
    | WebhookTest
)
# What an endpoint can choose, in the order of the guide; a test is sent to one endpoint only.
TYPES: dict[Type, type[Data]] = {
    "order.paid": OrderPaid,
    "order.cancelled": OrderCancelled,
    "ticket.voided": TicketVoided,
    "refund.settled": RefundSettled,
    "performance.changed": PerformanceChanged,
    "queue.opened": QueueOpened,
    "concert.sold_out": ConcertSoldOut,
}
TYPE_OF: dict[type[Data], Type] = {data: name for name, data in TYPES.items()} | {
    WebhookTest: "webhook.test"
}


class WebhookBody(msgspec.Struct, frozen=True):
    """The JSON of a request, in the form of Standard Webhooks."""

    type: Type
    timestamp: Instant
    data: Data


def body(data: Data, at: Instant) -> str:
    """The JSON as it is signed and sent."""
    return msgspec.json.encode(WebhookBody(TYPE_OF[type(data)], at, data)).decode()
