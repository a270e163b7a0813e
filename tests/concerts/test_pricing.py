"""What a seat costs with a price type, and what an order costs beside its seats."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from yemae.concerts import pricing
from yemae.concerts.pricing import NO_PRICING, BookingFee, PriceType, Pricing

END = datetime(2030, 4, 1, tzinfo=UTC)
HALF = PriceType(id="disabled", name="장애인", percent_off=50, proof="복지카드")
CHILD = PriceType(id="child", name="어린이", name_en="Child", prices={"R": 33_000, "S": 0})
EARLY = PriceType(id="early", name="조기예매", percent_off=20, grades=("R",), until=END)


@pytest.mark.parametrize(
    ("full", "percent", "price"),
    [(66_000, 50, 33_000), (55_555, 50, 27_777), (100, 33, 67), (5, 99, 0), (66_000, 100, 0)],
)
def test_a_discount_is_rounded_in_favour_of_the_fan(full: int, percent: int, price: int) -> None:
    assert PriceType(id="a", name="a", percent_off=percent).price("R", full) == price


def test_a_price_type_is_sold_in_its_grades_only() -> None:
    assert [HALF.price(grade, 100) for grade in ("R", "S", "A")] == [50, 50, 50]
    assert [CHILD.price(grade, 66_000) for grade in ("R", "S", "A")] == [33_000, 0, None]
    assert [EARLY.price(grade, 100) for grade in ("R", "S")] == [80, None]


def test_an_early_bird_ends_at_its_end() -> None:
    assert not EARLY.is_closed(END - timedelta(microseconds=1))
    assert EARLY.is_closed(END)
    assert not HALF.is_closed(END)


def test_the_fee_is_for_each_ticket_or_once_for_the_order() -> None:
    assert Pricing(booking_fee=BookingFee(1_000, "ticket")).fee(3) == 3_000
    assert Pricing(booking_fee=BookingFee(1_000, "order")).fee(3) == 1_000
    assert NO_PRICING.fee(3) == 0


def test_a_plan_has_the_price_types_of_each_grade_with_their_prices() -> None:
    offered = pricing.offered(Pricing({each.id: each for each in (HALF, CHILD, EARLY)}), "S", 1_001)
    assert msgspec.to_builtins(offered) == [
        {"id": "disabled", "name": "장애인", "proof": "복지카드", "price": 500},
        {"id": "child", "name": "어린이", "name_en": "Child", "price": 0},
    ]
    (early,) = pricing.offered(Pricing({"early": EARLY}), "R", 1_000)
    assert (early.price, early.until) == (800, "2030-04-01T00:00:00.000Z")


def test_what_the_database_keeps_means_the_same() -> None:
    kept = Pricing({each.id: each for each in (HALF, CHILD, EARLY)}, BookingFee(500, "order"))
    for each in (kept, NO_PRICING):
        assert pricing.read(msgspec.json.decode(pricing.stored(each))) == each


def test_price_types_keep_their_order_where_the_database_sorts_keys() -> None:
    kept = msgspec.json.decode(pricing.stored(Pricing({"late": EARLY, "child": CHILD})))
    kept["types"] = dict(sorted(kept["types"].items()))
    assert list(pricing.read(kept).types) == ["late", "child"]
