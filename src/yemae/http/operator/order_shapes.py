"""What the calls on orders for operators take and answer: structs, their decoders and examples."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from yemae.back_office.orders import FoundOrder, WholeOrder
from yemae.concerts.limits import SEAT_NUMBER_MAX_CHARS, Text
from yemae.http.contract.operation import Body
from yemae.http.fan.cancellation_shapes import (
    EXAMPLE_CANCELLATION,
    CancellationBody,
    cancellation_body,
)
from yemae.http.fan.users import EXAMPLE_ID
from yemae.orders.order import SoldAs, Status
from yemae.sale.decide_cancellations import CancelledPart
from yemae.values.instants import Instant, instant, instant_or_none
from yemae.values.money import ORDER_SEATS_MAX, PRICE_MAX

SEATS_MAX = 100
AMOUNT_MAX = ORDER_SEATS_MAX * PRICE_MAX * 1_000

SeatNumber = Annotated[str, Meta(min_length=1, max_length=4 * SEAT_NUMBER_MAX_CHARS)]


class CancelForFan(Body, frozen=True, kw_only=True):
    """What to cancel; without `seats`, all that the order has. The fee is that of the order's
    policy at this moment, or none. The reason is for the log and the refund."""

    seats: Annotated[list[SeatNumber], Meta(min_length=1, max_length=SEATS_MAX)] | None = None
    fee: Literal["policy", "none"]
    reason: Text


class RefundFan(Body, frozen=True, kw_only=True):
    """What to give back, in the currency's minor unit, and why."""

    amount: Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
    reason: Text


class FoundOrderBody(msgspec.Struct, frozen=True):
    """An order of a list. `seats` are those that it has, or had when it ended. `email` is null for
    guests and for those who sign in elsewhere."""

    id: UUID
    user_id: str
    email: str | None
    concert_id: str
    performance_id: str
    status: Status
    seats: list[str]
    total: int
    currency: str
    created_at: Instant


class FoundOrders(msgspec.Struct, frozen=True):
    """A page of orders, newest first; the next begins at `next_cursor`."""

    orders: list[FoundOrderBody]
    next_cursor: UUID | None


class AdminSeat(msgspec.Struct, frozen=True):
    """A seat that the order has, or had when it ended."""

    number: str
    grade: str
    price: int
    price_type: SoldAs | None


class CancellationByBody(CancellationBody, frozen=True):
    """A cancellation, by whom and why."""

    cancelled_by: str
    reason: str | None


class RefundBody(msgspec.Struct, frozen=True):
    """An attempt to give money back. `cancellation_id` is null where no seat was cancelled for it:
    after a move to cheaper seats, or where an operator gave money back."""

    id: UUID
    cancellation_id: UUID | None
    amount: int
    to: Literal["wallet", "checkout"]
    state: Literal["pending", "settled", "declined", "in_doubt"]
    reason: str | None
    requested_by: str
    created_at: Instant
    settled_at: Instant | None


class AdminOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order with its money, in the currency's minor unit. `paid` is what was paid for it, null
    until then, and `refunded` what went back of that or is about to. `cancellation` is the digest
    of its cancellation policy; null: its fan cannot cancel."""

    id: UUID
    user_id: str
    email: str | None
    status: Status
    concert_id: str
    performance_id: str
    starts_at: Instant
    seats: list[AdminSeat]
    booking_fee: int
    total: int
    currency: str
    created_at: Instant
    expires_at: Instant
    paid: int | None
    paid_at: Instant | None
    refunded: int
    cancellation: str | None
    cancellations: list[CancellationByBody]
    refunds: list[RefundBody]


CANCEL = msgspec.json.Decoder(CancelForFan)
REFUND = msgspec.json.Decoder(RefundFan)


def found_order(order: FoundOrder) -> FoundOrderBody:
    """An order of a list as it is answered."""
    return FoundOrderBody(
        order.id,
        order.user_id,
        order.email,
        order.concert_id,
        order.performance_id,
        order.status,
        order.seat_numbers,
        order.total,
        order.currency,
        instant(order.created_at),
    )


def admin_order(whole: WholeOrder) -> AdminOrder:
    """An order as it is answered."""
    order, payment = whole.order, whole.payment
    seats = zip(
        order.seat_numbers, order.seat_grades, order.seat_prices, order.sold_as(), strict=True
    )
    last = {each.cancellation_id: each for each in whole.refunds}
    return AdminOrder(
        id=order.id,
        user_id=order.user_id,
        email=whole.email,
        status=order.status,
        concert_id=order.concert_id,
        performance_id=order.performance_id,
        starts_at=instant(whole.performance.starts_at),
        seats=[AdminSeat(*seat) for seat in seats],
        booking_fee=order.booking_fee,
        total=order.total,
        currency=order.currency,
        created_at=instant(order.created_at),
        expires_at=instant(order.expires_at),
        paid=None if payment is None else payment.amount,
        paid_at=None if payment is None else instant(payment.paid_at),
        refunded=whole.refunded,
        cancellation=order.cancellation,
        cancellations=[
            CancellationByBody(
                **msgspec.structs.asdict(cancellation_body(CancelledPart(each, last.get(each.id)))),
                cancelled_by=each.cancelled_by,
                reason=each.reason,
            )
            for each in whole.cancellations
        ],
        refunds=[
            RefundBody(
                each.id,
                each.cancellation_id,
                each.amount,
                each.destination,
                each.state,
                each.reason,
                each.requested_by,
                instant(each.created_at),
                instant_or_none(each.settled_at),
            )
            for each in whole.refunds
        ],
    )


EXAMPLE_FOUND: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "user_id": EXAMPLE_ID,
    "email": "ann@example.com",
    "concert_id": "small-hall",
    "performance_id": "small-hall-2030-05-03",
    "status": "paid",
    "seats": ["8"],
    "total": 66000,
    "currency": "KRW",
    "created_at": "2026-11-22T11:00:00.000Z",
}
EXAMPLE_ADMIN_ORDER: dict[str, Any] = {
    **EXAMPLE_FOUND,
    "starts_at": "2030-05-03T11:00:00.000Z",
    "seats": [{"number": "8", "grade": "R", "price": 66000, "price_type": None}],
    "booking_fee": 0,
    "expires_at": "2026-11-22T11:05:00.000Z",
    "paid": 132000,
    "paid_at": "2026-11-22T11:02:00.000Z",
    "refunded": 62000,
    "cancellation": None,
    "cancellations": [{**EXAMPLE_CANCELLATION, "cancelled_by": EXAMPLE_ID, "reason": None}],
    "refunds": [
        {
            "id": EXAMPLE_ID,
            "cancellation_id": EXAMPLE_ID,
            "amount": 62000,
            "to": "wallet",
            "state": "settled",
            "reason": None,
            "requested_by": EXAMPLE_ID,
            "created_at": "2026-12-24T02:00:00.000Z",
            "settled_at": "2026-12-24T02:00:00.000Z",
        }
    ],
}
EXAMPLE_CANCEL = {"seats": ["7"], "fee": "none", "reason": "The seat is broken"}
EXAMPLE_REFUND = {"amount": 10000, "reason": "The view was obstructed"}
