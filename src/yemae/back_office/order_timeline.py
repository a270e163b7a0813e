"""What happened to an order, in the order of time: for operators who are asked about it. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from yemae.back_office.orders import WholeOrder
from yemae.payments.refunds import Destination

What = Literal[
    "held", "checkout", "paid", "moved", "cancelled", "refund", "expired", "revealed", "printed",
    "sent", "freed", "proposed",
]  # fmt: skip
# As the log calls them.
ACTIONS: dict[str, What] = {
    "move": "moved",
    "reveal": "revealed",
    "print": "printed",
    "send tickets": "sent",
    "free hold": "freed",
    "propose cancel": "proposed",
    "propose move": "proposed",
}


class OrderEvent(NamedTuple):
    """Something that happened to an order. A card payment is one event when it begins and another
    when it ends; `state` is that of the payment or the refund."""

    at: datetime
    what: What
    # The fan's id, or the operator as the log names them; None: a provider, or time.
    by: str | None = None
    seats: tuple[str, ...] = ()
    amount: int | None = None
    # Where a refund goes.
    to: Destination | None = None
    state: str | None = None
    reason: str | None = None


def timeline(whole: WholeOrder) -> list[OrderEvent]:
    """Every event whose time is known; of a fan's own release it is not."""
    return sorted(_events(whole), key=lambda event: event.at)


def _events(whole: WholeOrder) -> Iterator[OrderEvent]:
    order = whole.order
    yield OrderEvent(order.created_at, "held", order.user_id)
    for card in whole.checkouts:
        begun = OrderEvent(card.created_at, "checkout", order.user_id, amount=card.amount)
        # Without an end the fan is still at the provider's page, or it is in doubt.
        if card.settled_at is None:
            yield begun._replace(state=card.state, reason=card.reason)
            continue
        yield begun._replace(state="pending")
        yield begun._replace(at=card.settled_at, by=None, state=card.state, reason=card.reason)
    if order.status == "expired":
        yield OrderEvent(order.expires_at, "expired")
    if whole.payment is not None:
        later = sum(done.surcharge for done in whole.actions)
        paid = whole.payment.amount - later
        yield OrderEvent(whole.payment.paid_at, "paid", order.user_id, amount=paid)
    for done in whole.actions:
        what, charged = ACTIONS[done.action], done.surcharge or None
        yield OrderEvent(done.at, what, done.who, tuple(done.seats), charged, reason=done.reason)
    for gone in whole.cancellations:
        seats = tuple(gone.seat_numbers)
        yield OrderEvent(
            gone.cancelled_at, "cancelled", gone.cancelled_by, seats, reason=gone.reason
        )
    for back in whole.refunds:
        yield OrderEvent(
            back.created_at,
            "refund",
            back.requested_by,
            amount=back.amount,
            to=back.destination,
            state=back.state,
            reason=back.reason,
        )
