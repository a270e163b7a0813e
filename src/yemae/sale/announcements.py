"""What the verbs of the sale tell systems of the operator, in their own transactions.

Always holds: while no endpoint wants what a verb tells, it costs no statement, and otherwise one
for the whole batch.
"""

from collections.abc import Sequence
from datetime import datetime

from yemae.concerts.performance import Performance
from yemae.orders.booking_number import booking_number
from yemae.orders.cancellations import Cancellation
from yemae.orders.order import Order
from yemae.payments.refunds import Refund
from yemae.runtime import Stores
from yemae.sale.decide_payments import Paid
from yemae.store.postgres import Transaction
from yemae.values.instants import instant
from yemae.webhooks import events
from yemae.webhooks.events import WebhookEvent
from yemae.webhooks.payloads import (
    OrderCancelled,
    OrderPaid,
    PerformanceChanged,
    RefundSettled,
    SoldSeat,
    TicketVoided,
    VoidReason,
)


async def tell_of_sales(tx: Transaction, stores: Stores, sales: Sequence[Paid]) -> None:
    """Orders that are paid."""
    if not stores.listeners.want("order.paid"):
        return
    announced = [
        WebhookEvent(
            stores.new_id(),
            str(payment.id),
            payment.paid_at,
            OrderPaid(
                order_id=order.id,
                booking_number=booking_number(order.id),
                user_id=order.user_id,
                concert_id=order.concert_id,
                performance_id=order.performance_id,
                seats=[
                    SoldSeat(number, grade, price)
                    for number, grade, price in zip(
                        order.seat_numbers, order.seat_grades, order.seat_prices, strict=True
                    )
                ],
                booking_fee=order.booking_fee,
                total=order.total,
                currency=order.currency,
                payment_id=payment.id,
                paid_at=instant(payment.paid_at),
            ),
        )
        for payment, order in sales
    ]
    await events.tell(tx, announced)


async def tell_of_cancellation(
    tx: Transaction,
    stores: Stores,
    left: Order,
    cancellation: Cancellation,
    parts: Sequence[Refund],
) -> None:
    """Seats that were cancelled, their tickets, and money that is back already of a refund in
    these parts. `left` is the order without them."""
    cancelled = OrderCancelled(
        order_id=left.id,
        booking_number=booking_number(left.id),
        user_id=left.user_id,
        concert_id=left.concert_id,
        performance_id=left.performance_id,
        status=left.status,
        cancellation_id=cancellation.id,
        seats=cancellation.seat_numbers,
        refund=sum(part.amount for part in parts),
        fee=cancellation.fee,
        currency=left.currency,
        cancelled_at=instant(cancellation.cancelled_at),
    )
    voided = _voided(left, cancellation.seat_numbers, "cancelled")
    at, cause = cancellation.cancelled_at, str(cancellation.id)
    announced = [WebhookEvent(stores.new_id(), cause, at, data) for data in (cancelled, voided)]
    back = [event for part in parts for event in _settled(stores, part)]
    await _tell(tx, stores, [*announced, *back])


async def tell_of_move(
    tx: Transaction, stores: Stores, order: Order, leaves: Sequence[str], at: datetime
) -> None:
    """Tickets of a paid order that has other seats now."""
    if order.status == "paid" and leaves:
        event_id = stores.new_id()
        voided = _voided(order, leaves, "moved")
        await _tell(tx, stores, [WebhookEvent(event_id, str(event_id), at, voided)])


async def tell_of_refund(tx: Transaction, stores: Stores, refund: Refund) -> None:
    """Money that is back, if it is."""
    await _tell(tx, stores, _settled(stores, refund))


async def tell_of_date(
    tx: Transaction,
    stores: Stores,
    date: Performance,
    before: datetime,
    postponed_to: datetime | None = None,
) -> None:
    """A date that is cancelled, or begins at another time."""
    event_id = stores.new_id()
    changed = PerformanceChanged(
        performance_id=date.id,
        concert_id=date.concert_id,
        change="cancelled" if postponed_to is None else "postponed",
        starts_at=instant(postponed_to or before),
        starts_at_before=instant(before),
    )
    await _tell(tx, stores, [WebhookEvent(event_id, str(event_id), stores.now(), changed)])


def _voided(order: Order, seats: Sequence[str], reason: VoidReason) -> TicketVoided:
    return TicketVoided(
        order_id=order.id,
        booking_number=booking_number(order.id),
        concert_id=order.concert_id,
        performance_id=order.performance_id,
        seats=list(seats),
        reason=reason,
    )


def _settled(stores: Stores, refund: Refund) -> list[WebhookEvent]:
    if refund.state != "settled" or refund.settled_at is None:
        return []
    settled = RefundSettled(
        refund_id=refund.id,
        order_id=refund.order_id,
        booking_number=booking_number(refund.order_id),
        amount=refund.amount,
        currency=stores.settings.sale.currency,
        destination=refund.destination,
        settled_at=instant(refund.settled_at),
    )
    return [WebhookEvent(stores.new_id(), str(refund.id), refund.settled_at, settled)]


async def _tell(tx: Transaction, stores: Stores, announced: Sequence[WebhookEvent]) -> None:
    wanted = [event for event in announced if stores.listeners.want(event.type)]
    if wanted:
        await events.tell(tx, wanted)
