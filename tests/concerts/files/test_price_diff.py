"""What a load changes of price types and the booking fee, as lines."""

from datetime import UTC, datetime

import pytest

from yemae.concerts.files.load_report import LoadChange
from yemae.concerts.files.price_diff import pricing_changes
from yemae.concerts.pricing import NO_PRICING, BookingFee, PriceType, Pricing

CHILD = PriceType(id="child", name="어린이", percent_off=50, grades=("R", "S"))
EARLY = PriceType(
    id="early",
    name="Early bird",
    prices={"R": 90_000, "S": 60_000},
    until=datetime(2030, 5, 1, tzinfo=UTC),
)


def types(*price_types: PriceType) -> Pricing:
    return Pricing({each.id: each for each in price_types})


def changes(was: Pricing, becomes: Pricing, currency: str = "KRW") -> list[LoadChange]:
    return pricing_changes(was, becomes, currency)


def test_a_new_price_type_is_shown_with_what_it_costs() -> None:
    assert [str(each) for each in changes(NO_PRICING, types(CHILD, EARLY))] == [
        "+ price type child: 어린이, 50 % off R, S",
        "+ price type early: Early bird, R 90,000, S 60,000 until 2030-05-01 00:00Z",
    ]


@pytest.mark.parametrize(
    ("becomes", "line"),
    [
        (
            PriceType(id="child", name="어린이", percent_off=5, grades=("R", "S")),
            "~ price type child: 50 % off R, S → 5 % off R, S",
        ),
        (
            PriceType(id="child", name="어린이", prices={"R": 100}),
            "~ price type child: 50 % off R, S → R 100",
        ),
        (
            PriceType(id="child", name="어린이", percent_off=50, grades=("R",), box_office=True),
            "~ price type child: 50 % off R, S → 50 % off R at the box office",
        ),
    ],
)
def test_what_a_price_type_costs_is_a_promise(becomes: PriceType, line: str) -> None:
    (change,) = changes(types(CHILD), types(becomes))
    assert (str(change), change.is_promise) == (line, True)


def test_a_name_or_a_proof_is_none() -> None:
    named = PriceType(id="child", name="Child", percent_off=50, grades=("R", "S"))
    (change,) = changes(types(CHILD), types(named))
    assert (str(change), change.is_promise) == ("~ price type child: its name or proof", False)


def test_an_order_is_a_line_and_the_same_is_none() -> None:
    assert changes(types(CHILD, EARLY), types(CHILD, EARLY)) == []
    moved = changes(types(CHILD, EARLY), types(EARLY, CHILD))
    assert [str(each) for each in moved] == ["~ order of the price types"]
    (removed,) = changes(types(CHILD, EARLY), types(EARLY))
    assert (str(removed), removed.is_promise) == ("- price type child", True)


def test_a_fee_is_shown_in_the_currency_of_the_concert() -> None:
    was, becomes = Pricing({}, BookingFee(150)), Pricing({}, BookingFee(1_500, "order"))
    (change,) = changes(was, becomes, "USD")
    assert str(change) == "~ booking fee: 1.50 per ticket → 15.00 per order"
    assert change.is_promise
