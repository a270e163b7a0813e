"""What an order has after a move to other seats: a pure decision over rows that are locked."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.orders.order import Order
from yemae.refusals import InvalidRequest

# `keep`: the order costs what it cost. `new`: it costs what its new seats cost.
Pricing = Literal["keep", "new"]


class SeatToMove(NamedTuple):
    """A seat under its lock; `taken_by` is the order or the block that has it."""

    number: str
    grade: str
    price: int
    taken_by: UUID | None


class Move(NamedTuple):
    """The order as it is after the move, and the seats that it leaves and takes."""

    after: Order
    leaves: list[str]
    takes: list[str]
    # What goes back to the wallet of its fan.
    refund: int


def seats_in_the_way(
    order: Order, numbers: Sequence[str], seats: Mapping[str, SeatToMove], block_id: UUID | None
) -> list[str]:
    """The wanted seats that another order has, or a block that they may not come from."""
    own = (None, order.id, block_id)
    return [number for number in numbers if seats[number].taken_by not in own]


def decide_move(
    order: Order, numbers: Sequence[str], seats: Mapping[str, SeatToMove], pricing: Pricing
) -> Move:
    """Move an order that has its seats to others that it may have. A seat that stays keeps its
    price; with `keep`, the others take over the prices of those that are left, in their order.
    Raises InvalidRequest for other than as many seats, and for a paid order that would cost more.
    """
    if len(numbers) != len(order.seat_numbers):
        raise InvalidRequest.of(
            "seats", f"the order has {len(order.seat_numbers)} seats, so name as many"
        )
    leaves = [number for number in order.seat_numbers if number not in numbers]
    takes = [number for number in numbers if number not in order.seat_numbers]
    grades = {number: seats[number].grade for number in takes}
    grades |= dict(zip(order.seat_numbers, order.seat_grades, strict=True))
    paid = dict(zip(order.seat_numbers, order.seat_prices, strict=True))
    prices = paid | {number: seats[number].price for number in takes}
    if pricing == "keep":
        prices |= {new: paid[old] for new, old in zip(takes, leaves, strict=True)}
    after = order._replace(
        seat_numbers=list(numbers),
        seat_grades=[grades[number] for number in numbers],
        seat_prices=[prices[number] for number in numbers],
        total=sum(prices[number] for number in numbers),
    )
    if order.status == "paid" and after.total > order.total:
        raise InvalidRequest.of(
            "price", "a paid order is not charged again; with keep it costs what was paid"
        )
    refund = order.total - after.total if order.status == "paid" else 0
    return Move(after, leaves, takes, refund)
