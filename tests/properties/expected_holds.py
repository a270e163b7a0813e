"""What a hold should be answered, from the live orders and the blocked seats. Pure."""

from collections.abc import Sequence

from properties.world import SPOTS
from yemae.orders.order import Order
from yemae.sale.decide_holds import HoldRequest, seats_wanted


def is_same_wish(request: HoldRequest, before: Order) -> bool:
    """Whether an order is what this request asks for: its seats, and as many spots."""
    seats = len(request.seat_numbers)
    spots = before.seat_numbers[seats:]
    return (
        before.performance_key == request.performance_key
        and tuple(before.seat_numbers[:seats]) == request.seat_numbers
        and len(before.seat_numbers) == seats_wanted(request)
        and set(spots) <= set(SPOTS)
    )


def expected_hold(request: HoldRequest, live: Sequence[Order], blocked: set[str]) -> object:
    """`("held", seats)`, or the refusal; `live` are the orders of the performance."""
    wanted = seats_wanted(request)
    mine = [order for order in live if order.user_id == request.user_id]
    if _seats(mine) + wanted > request.seat_limit:
        return "seat-limit-exceeded"
    queue = request.pass_key.concert_id
    in_phase = [order for order in live if order.pass_key.concert_id == queue]
    if request.allotment is not None and _seats(in_phase) + wanted > request.allotment:
        return "allotment-exceeded"
    taken = blocked | {number for order in live for number in order.seat_numbers}
    if gone := [number for number in request.seat_numbers if number in taken]:
        return "seat-taken", gone
    spots = [number for number in SPOTS if number not in taken]
    standing = sum(each.wanted for each in request.spots)
    if standing > len(spots):
        return "area-full"
    return "held", [*request.seat_numbers, *spots[:standing]]


def _seats(orders: Sequence[Order]) -> int:
    return sum(len(order.seat_numbers) for order in orders)
