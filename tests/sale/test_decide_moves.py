"""What an order has and costs after a move: the pure decision."""

from uuid import UUID

import pytest

from sale.test_decide_payments import an_order
from yemae.concerts.pricing import PriceType
from yemae.concerts.sold_seats import SeatOfAnOrder
from yemae.orders.order import Order, Status
from yemae.refusals import InvalidRequest
from yemae.sale.decide_moves import Move, Pricing, decide_move, seats_in_the_way

HALF = PriceType(id="half", name="Half", percent_off=50, grades=("R",))
OTHER, BLOCK = UUID(int=90), UUID(int=91)


def order(status: Status = "held") -> Order:
    """Seats 1 at half of 100 and 2 at 100 of grade R, and a fee of 7."""
    return an_order(status=status)._replace(
        seat_prices=[50, 100], price_types=[HALF.kept(), None], booking_fee=7, total=157
    )


def seat(number: str, taken_by: UUID | None = None) -> SeatOfAnOrder:
    """Grade R at 200 from seat 1 on, grade S at 30 from 11 on: prices have changed since."""
    grade, price = ("R", 200) if int(number) < 11 else ("S", 30)
    return SeatOfAnOrder(number, grade, price, taken_by, None)


def move(of: Order, *numbers: str, pricing: Pricing = "keep", balance: int = 0) -> Move:
    seats = {number: seat(number) for number in {*of.seat_numbers, *numbers}}
    return decide_move(of, numbers, seats, pricing, {HALF.id: HALF}, balance)


@pytest.mark.parametrize("pricing", ["keep", "new"])
def test_a_seat_that_stays_keeps_its_price_and_type_wherever_it_is_named(pricing: Pricing) -> None:
    moved = move(order(), "2", "1", pricing=pricing)
    assert (moved.leaves, moved.takes, moved.refund) == ([], [], 0)
    assert moved.after == order()._replace(
        seat_numbers=["2", "1"], seat_prices=[100, 50], price_types=[None, HALF.kept()]
    )


def test_new_seats_take_over_the_prices_and_types_of_those_that_are_left_in_their_order() -> None:
    moved = move(order(), "11", "3")
    assert (moved.leaves, moved.takes) == (["1", "2"], ["11", "3"])
    assert moved.after == order()._replace(seat_numbers=["11", "3"], seat_grades=["S", "R"])


def test_at_new_prices_a_type_is_kept_where_the_grade_has_it() -> None:
    moved = move(order(), "3", "11", pricing="new")
    assert (moved.after.seat_prices, moved.after.total) == ([100, 30], 137)
    assert moved.after.price_types == [HALF.kept(), None]
    without = move(order(), "11", "2", pricing="new")
    assert (without.after.seat_prices, without.after.total) == ([30, 100], 137)
    assert without.after.price_types is None


def test_the_difference_of_a_paid_order_goes_to_the_wallet_or_comes_from_it() -> None:
    cheaper, dearer = ("11", "12"), ("3", "4")
    moved = move(order("paid"), *cheaper, pricing="new")
    assert (moved.refund, moved.surcharge) == (157 - 67, 0)
    moved = move(order("paid"), *dearer, pricing="new", balance=150)
    assert (moved.refund, moved.surcharge, moved.after.total) == (0, 150, 307)
    same = order("paid")._replace(seat_prices=[50, 200], total=257)
    moved = move(same, "1", "4", pricing="new")
    assert (moved.refund, moved.surcharge) == (0, 0)


def test_a_held_order_has_another_amount_and_no_difference() -> None:
    for numbers, total in ((("11", "12"), 67), (("3", "4"), 307)):
        moved = move(order("held"), *numbers, pricing="new")
        assert (moved.refund, moved.surcharge, moved.after.total) == (0, 0, total)


def test_a_difference_that_the_wallet_cannot_pay_is_refused_with_the_way_out() -> None:
    with pytest.raises(
        InvalidRequest, match=r"^price: the new seats cost 150 KRW more .* 149 KRW; with keep"
    ):
        move(order("paid"), "3", "4", pricing="new", balance=149)
    assert move(order("paid"), "3", "4", pricing="keep", balance=149).after.total == 157


def test_an_order_moves_to_as_many_seats_as_it_has() -> None:
    with pytest.raises(InvalidRequest, match=r"^seats: the order has 2 seats, so name as many"):
        move(order(), "1")


def test_seats_of_others_and_of_another_block_are_in_the_way() -> None:
    own = order()
    seats = {
        each.number: each
        for each in (seat("1", own.id), seat("3"), seat("4", BLOCK), seat("5", OTHER))
    }
    wanted = ["1", "3", "4", "5"]
    assert seats_in_the_way(own, wanted, seats, None) == ["4", "5"]
    assert seats_in_the_way(own, wanted, seats, BLOCK) == ["5"]
