"""Price types at the hold: what each seat costs, what an order keeps, and what is refused."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from yemae.concerts.pricing import BookingFee, PriceType, Pricing
from yemae.orders.order import Order, SoldAs
from yemae.refusals import IdempotencyConflict, PriceTypeUnavailable, Refusal, SeatTaken
from yemae.sale.decide_holds import HoldRequest, SeatOnOffer, decide_holds, same_hold
from yemae.values.pass_key import PassKey

NOW = datetime(2030, 1, 1, tzinfo=UTC)
TYPES = [
    PriceType(id="child", name="어린이", prices={"R": 4}),
    PriceType(id="half", name="장애인", name_en="Disabled", percent_off=50, proof="복지카드"),
    PriceType(id="early", name="조기", percent_off=10, until=NOW + timedelta(seconds=1)),
    PriceType(id="over", name="끝", percent_off=10, until=NOW),
]
PRICING = Pricing({each.id: each for each in TYPES}, BookingFee(3, "ticket"))


def request(
    seats: Sequence[str], types: Sequence[str | None], pricing: Pricing = PRICING
) -> HoldRequest:
    return HoldRequest(
        PassKey("hall", "ann", 7),
        "hall-1",
        1,
        tuple(seats),
        4,
        "KRW",
        "k",
        price_types=tuple(types),
        pricing=pricing,
    )


def hold(wanted: HoldRequest, *, free: bool = True) -> Order | Refusal:
    """The hold of seats "1" and "2" of grade R at 10, and "3" of grade S at 20."""
    seats = {
        (1, number): SeatOnOffer(grade, price, free)
        for number, grade, price in (("1", "R", 10), ("2", "R", 10), ("3", "S", 20))
    }
    (answer,) = decide_holds(
        [wanted], seats, {}, {}, now=NOW, hold_ttl_s=300, new_id=lambda: UUID(int=1)
    )
    return answer


def held(wanted: HoldRequest) -> Order:
    answer = hold(wanted)
    assert isinstance(answer, Order), answer
    return answer


def test_each_seat_has_the_price_of_its_type_and_the_fee_comes_on_top() -> None:
    order = held(request(["1", "3", "2"], ["child", "half", None]))
    assert order.seat_prices == [4, 10, 10]
    assert (order.booking_fee, order.total) == (9, 33)
    assert order.sold_as() == [
        SoldAs("child", "어린이"),
        SoldAs("half", "장애인", "Disabled", "복지카드"),
        None,
    ]


def test_without_price_types_every_seat_has_its_full_price() -> None:
    order = held(request(["1", "3"], []))
    assert (order.seat_prices, order.price_types) == ([10, 20], None)
    assert order.sold_as() == [None, None]
    assert order.total == 30 + 6


def test_a_fee_per_order_is_paid_once() -> None:
    order = held(request(["1", "3"], [], Pricing(booking_fee=BookingFee(5, "order"))))
    assert (order.booking_fee, order.total) == (5, 35)


@pytest.mark.parametrize(("seat", "wanted"), [("1", "unknown"), ("3", "child"), ("1", "over")])
def test_a_type_that_is_not_sold_for_the_seat_or_has_ended_is_refused(
    seat: str, wanted: str
) -> None:
    refusal = hold(request(["2", seat], [None, wanted]))
    assert isinstance(refusal, PriceTypeUnavailable)
    assert refusal.extra() == {"price_types": [wanted]}


def test_an_early_bird_is_sold_until_its_end() -> None:
    assert held(request(["1"], ["early"])).seat_prices == [9]


def test_a_taken_seat_is_said_before_its_price_type() -> None:
    assert isinstance(hold(request(["1"], ["over"]), free=False), SeatTaken)


def test_the_same_key_with_other_price_types_is_a_conflict() -> None:
    order = held(request(["1", "2"], ["child", None]))
    assert same_hold(request(["1", "2"], ["child", None]), order) is order
    for other in (["half", None], [None, "child"], []):
        assert isinstance(same_hold(request(["1", "2"], other), order), IdempotencyConflict)


def test_a_repeat_gives_the_order_of_a_type_that_has_ended_or_gone_meanwhile() -> None:
    order = held(request(["1"], ["early"]))
    again = request(["1"], ["early"], Pricing())
    answers = decide_holds(
        [again],
        {(1, "1"): SeatOnOffer("R", 10, free=False)},
        {},
        {("ann", "k"): order},
        now=NOW + timedelta(seconds=2),
        hold_ttl_s=300,
        new_id=lambda: UUID(int=2),
    )
    assert answers == [order]
