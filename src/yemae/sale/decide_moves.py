"""What an order has after a move to other seats: a pure decision over rows that are locked."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.concerts.pricing import PriceType
from yemae.concerts.sold_seats import SeatOfAnOrder
from yemae.orders.order import Order
from yemae.refusals import InvalidRequest
from yemae.values import money

# `keep`: the order costs what it cost. `new`: it costs what its new seats cost.
Pricing = Literal["keep", "new"]
# What pays the difference of dearer seats: the fan's balance, or cash at the box office.
PaidFrom = Literal["balance", "cash"]


class Move(NamedTuple):
    """The order as it is after the move, and the seats that it leaves and takes."""

    after: Order
    leaves: list[str]
    takes: list[str]
    # What goes back to its fan, or is taken.
    refund: int = 0
    surcharge: int = 0


def seats_in_the_way(
    order: Order, numbers: Sequence[str], seats: Mapping[str, SeatOfAnOrder], block_id: UUID | None
) -> list[str]:
    """The wanted seats that another order has, or a block that they may not come from."""
    own = (None, order.id, block_id)
    return [number for number in numbers if seats[number].taken_by not in own]


def decide_move(
    order: Order,
    numbers: Sequence[str],
    seats: Mapping[str, SeatOfAnOrder],
    pricing: Pricing,
    types: Mapping[str, PriceType],
    balance: int | None,
) -> Move:
    """Move an order that has its seats to others that it may have. A seat that stays keeps its
    price and its price type. The others take over the price types of those that are left, in their
    order; with `keep` their prices as well, with `new` what the type costs in their grade now, or
    the full price without a type where there is none. The booking fee stays. The difference of a
    paid order goes to the wallet or comes from it; `balance` is what that has, None where cash is
    handed over. Raises InvalidRequest for other than as many seats, and for a difference that the
    wallet cannot pay.
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
    kept = dict(zip(order.seat_numbers, order.price_types or [], strict=False))
    prices, sold_as = dict(paid), dict(kept)
    for new, old in zip(takes, leaves, strict=True):
        prices[new], sold_as[new] = paid[old], kept.get(old)
        if pricing == "new":
            prices[new], sold_as[new] = _price_now(seats[new], kept.get(old), types)
    price_types = [sold_as.get(number) for number in numbers]
    after = order._replace(
        seat_numbers=list(numbers),
        seat_grades=[grades[number] for number in numbers],
        seat_prices=[prices[number] for number in numbers],
        total=sum(prices[number] for number in numbers) + order.booking_fee,
        price_types=price_types if any(price_types) else None,
    )
    move = Move(after, leaves, takes)
    return move if order.status != "paid" else _with_difference(move, order, balance)


def _with_difference(move: Move, order: Order, balance: int | None) -> Move:
    surcharge = move.after.total - order.total
    if balance is not None and surcharge > balance:
        more, has = (money.amount(each, order.currency) for each in (surcharge, balance))
        raise InvalidRequest.of(
            "price",
            f"the new seats cost {more} more and the fan's balance is {has}; with keep the order "
            "costs what was paid",
        )
    return move._replace(refund=max(0, -surcharge), surcharge=max(0, surcharge))


def _price_now(
    seat: SeatOfAnOrder, sold_as: dict[str, str] | None, types: Mapping[str, PriceType]
) -> tuple[int, dict[str, str] | None]:
    """What a seat costs with the price type of the seat that it stands for, and that type."""
    known = None if sold_as is None else types.get(sold_as["id"])
    price = None if known is None else known.price(seat.grade, seat.price)
    return (seat.price, None) if price is None else (price, sold_as)
