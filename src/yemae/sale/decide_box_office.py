"""What an order of the box office is: its seats, prices and price types. Pure.

Always holds: a complimentary ticket costs nothing, and no order of the box office has a booking
fee.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance
from yemae.concerts.pricing import PriceType
from yemae.concerts.seat_map.marks import companions_without
from yemae.concerts.sold_seats import SeatOfAnOrder
from yemae.orders.box_office import Tender, number_of
from yemae.orders.order import Order
from yemae.refusals import CompanionSeatAlone, IdempotencyConflict, PriceTypeUnavailable

COMPLIMENTARY = {"id": "complimentary", "name": "초대권", "name_en": "Complimentary"}
# The order is paid in the same transaction, so its hold never runs out.
HOLD = timedelta(minutes=1)


class SellWish(NamedTuple):
    """Which seats to sell, to whom and for what. `user` is a fan's id or e-mail address; without
    one, the order is that of a person named `name`, who has no account. `price_types` has one for
    each seat, None for the full price; empty: full prices only."""

    performance_id: str
    seats: Sequence[str]
    tender: Tender
    price_types: Sequence[str | None] = ()
    user: str | None = None
    name: str | None = None
    # A block that the seats may be in.
    from_block: str | None = None
    idempotency_key: str | None = None


def decide_order(
    wish: SellWish,
    numbers: Sequence[str],
    seats: Mapping[str, SeatOfAnOrder],
    concert: Concert,
    performance: Performance,
    *,
    user_id: str,
    now: datetime,
    order_id: UUID,
) -> Order:
    """The order of these seats, which are locked and may be sold. Raises PriceTypeUnavailable and
    CompanionSeatAlone."""
    if alone := companions_without({number: seats[number].mark for number in numbers}):
        raise CompanionSeatAlone(alone)
    priced = [
        _priced(wish.tender, seats[number], wanted, concert.pricing.types)
        for number, wanted in zip(numbers, _wanted(wish, numbers), strict=True)
    ]
    types = [kept for _, kept in priced]
    return Order(
        id=order_id,
        user_id=user_id,
        concert_id=concert.id,
        performance_id=performance.id,
        performance_key=performance.key,
        status="held",
        seat_numbers=list(numbers),
        seat_grades=[seats[number].grade for number in numbers],
        seat_prices=[price for price, _ in priced],
        total=sum(price for price, _ in priced),
        currency=concert.currency,
        created_at=now,
        expires_at=now + HOLD,
        pass_number=number_of(order_id),
        idempotency_key=None,
        price_types=types if any(types) else None,
        cancellation=concert.cancellation,
    )


def require_same(wish: SellWish, numbers: Sequence[str], tender: Tender, order: Order) -> None:
    """Raise IdempotencyConflict unless the order is what the wish asks for."""
    same = order.performance_id == wish.performance_id and order.seat_numbers == list(numbers)
    if not same or tender != wish.tender:
        raise IdempotencyConflict


def _wanted(wish: SellWish, numbers: Sequence[str]) -> Sequence[str | None]:
    return wish.price_types or [None] * len(numbers)


def _priced(
    tender: Tender, seat: SeatOfAnOrder, wanted: str | None, types: Mapping[str, PriceType]
) -> tuple[int, dict[str, str] | None]:
    """What a seat costs, and its price type as the order keeps it. A type that fans can't have any
    more is still sold at the box office."""
    if tender == "complimentary":
        return 0, COMPLIMENTARY
    if wanted is None:
        return seat.price, None
    known = types.get(wanted)
    price = None if known is None else known.price(seat.grade, seat.price)
    if known is None or price is None:
        raise PriceTypeUnavailable([wanted])
    return price, known.kept()
