"""What the calls on orders for operators answer: structs and examples."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from yemae.back_office.order_timeline import What, timeline
from yemae.back_office.orders import FoundOrder, OrderFan, WholeOrder
from yemae.http.fan.cancellation_shapes import (
    EXAMPLE_CANCELLATION,
    CancellationBody,
    RefundTo,
    cancellation_body,
)
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.operator.refund_shapes import EXAMPLE_REFUND, RefundBody, refund_body
from yemae.orders.booking_number import booking_number
from yemae.orders.box_office import Tender
from yemae.orders.order import SoldAs, Status
from yemae.sale.decide_cancellations import CancelledPart
from yemae.values.instants import Instant, instant
from yemae.values.masks import masked_address, masked_name


class FoundOrderBody(msgspec.Struct, frozen=True):
    """An order of a list. `seats` are those that it has, or had when it ended. `name` and `email`
    are masked, and null for guests and for those who sign in elsewhere."""

    id: UUID
    booking_number: str
    user_id: str
    name: str | None
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


class EventBody(msgspec.Struct, frozen=True):
    """Something that happened to an order, by its fan, by an operator as the log names them, or by
    neither. A card payment is one event when it begins and another when it ends. A release has no
    event."""

    at: Instant
    what: What
    by: str | None
    seats: list[str]
    amount: int | None
    to: RefundTo | None
    state: str | None
    reason: str | None


class AdminOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order with its money, in the currency's minor unit, and its history. `name` and `email` of
    its fan are masked. `paid` is what was paid for it, null until then, and `refunded` what went
    back of that or is about to. `cancellation` is the digest of its cancellation policy; null: its
    fan cannot cancel."""

    id: UUID
    booking_number: str
    user_id: str
    name: str | None
    email: str | None
    # Null: sold at the box office.
    queue_number: int | None
    tender: Tender | None
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
    timeline: list[EventBody]


class RevealedFan(msgspec.Struct, frozen=True):
    """The fan of an order as they are; null is what is not known."""

    user_id: str
    name: str | None
    email: str | None


def found_order(order: FoundOrder) -> FoundOrderBody:
    """An order of a list as it is answered."""
    return FoundOrderBody(
        order.id,
        booking_number(order.id),
        order.user_id,
        _masked(order.name, masked_name),
        _masked(order.email, masked_address),
        order.concert_id,
        order.performance_id,
        order.status,
        order.seat_numbers,
        order.total,
        order.currency,
        instant(order.created_at),
    )


def _masked(text: str | None, mask: Callable[[str], str]) -> str | None:
    return None if text is None else mask(text)


def admin_order(whole: WholeOrder, revealed: OrderFan | None = None) -> AdminOrder:
    """An order as it is answered; with `revealed`, its fan as they are."""
    order, payment = whole.order, whole.payment
    seats = zip(
        order.seat_numbers, order.seat_grades, order.seat_prices, order.sold_as(), strict=True
    )
    return AdminOrder(
        id=order.id,
        booking_number=booking_number(order.id),
        user_id=order.user_id,
        name=revealed.name if revealed else _masked(whole.fan.name, masked_name),
        email=revealed.email if revealed else _masked(whole.fan.email, masked_address),
        queue_number=None if whole.box_office else order.pass_number,
        tender=whole.box_office and whole.box_office.tender,
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
        cancellations=[_cancelled(part) for part in whole.cancelled],
        refunds=[refund_body(each) for each in whole.refunds],
        timeline=[
            EventBody(
                instant(each.at),
                each.what,
                each.by,
                list(each.seats),
                each.amount,
                each.to,
                each.state,
                each.reason,
            )
            for each in timeline(whole)
        ],
    )


def _cancelled(part: CancelledPart) -> CancellationByBody:
    shown, gone = msgspec.structs.asdict(cancellation_body(part)), part.cancellation
    return CancellationByBody(**shown, cancelled_by=gone.cancelled_by, reason=gone.reason)


EXAMPLE_FOUND: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "booking_number": booking_number(UUID(EXAMPLE_ID)),
    "user_id": EXAMPLE_ID,
    "name": "A*n",
    "email": "a**@example.com",
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
    "queue_number": 1042,
    "tender": None,
    "starts_at": "2030-05-03T11:00:00.000Z",
    "seats": [{"number": "8", "grade": "R", "price": 66000, "price_type": None}],
    "booking_fee": 0,
    "expires_at": "2026-11-22T11:05:00.000Z",
    "paid": 132000,
    "paid_at": "2026-11-22T11:02:00.000Z",
    "refunded": 62000,
    "cancellation": None,
    "cancellations": [{**EXAMPLE_CANCELLATION, "cancelled_by": EXAMPLE_ID, "reason": None}],
    "refunds": [EXAMPLE_REFUND],
    "timeline": [
        {
            "at": "2026-11-22T11:02:00.000Z",
            "what": "paid",
            "by": EXAMPLE_ID,
            "seats": [],
            "amount": 132000,
            "to": None,
            "state": None,
            "reason": None,
        }
    ],
}
EXAMPLE_FAN = {"user_id": EXAMPLE_ID, "name": "Ann", "email": "ann@example.com"}
