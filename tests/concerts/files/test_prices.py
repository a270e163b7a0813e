"""Price types, the booking fee and the prices of a date in a concert file."""

from datetime import UTC, datetime

import pytest

from helpers.concert_files import refusal
from helpers.concerts import GOOD
from yemae.concerts.files.concert_file import parse
from yemae.concerts.pricing import BookingFee

PRICES = """
[booking_fee]
amount = 1000
per = "order"

[[price_types]]
id = "disabled"
name = "장애인"
name_en = "Disabled"
percent_off = 50
proof = "복지카드"
proof_en = "Disability card"

[[price_types]]
id = "child"
name = "어린이"
prices = { R = 30000 }

[[price_types]]
id = "early"
name = "조기예매"
percent_off = 10
grades = ["R"]
until = 2030-04-01T00:00:00+09:00
"""
WITH_DATE = GOOD.replace('id = "one-2"', 'id = "one-2"\nprices = { R = 77000 }') + PRICES


def test_a_file_has_price_types_and_a_fee() -> None:
    concert = parse(GOOD + PRICES, "f")
    assert concert.pricing.booking_fee == BookingFee(1_000, "order")
    types = concert.pricing.types
    assert list(types) == ["disabled", "child", "early"]
    assert (types["disabled"].proof, types["disabled"].proof_en) == ("복지카드", "Disability card")
    assert types["early"].until == datetime(2030, 3, 31, 15, tzinfo=UTC)


def test_a_fee_without_a_word_is_for_each_ticket() -> None:
    fee = parse(GOOD + "[booking_fee]\namount = 500\n", "f").pricing.booking_fee
    assert fee == BookingFee(500, "ticket")


def test_a_date_has_prices_of_its_own_and_the_other_grades_keep_theirs() -> None:
    concert = parse(WITH_DATE, "f")
    usual, dearer = (concert.on(date) for date in concert.performances)
    assert {(seat.grade, seat.price) for seat in usual[0]} == {("R", 66_000), ("S", 0)}
    assert {(seat.grade, seat.price) for seat in dearer[0]} == {("R", 77_000), ("S", 0)}
    assert [seat.number for seat in usual[0]] == [seat.number for seat in dearer[0]]
    assert [grade.price for grade in dearer[1].grades] == [77_000, 0]


def test_a_discount_follows_the_price_of_the_date_and_a_price_stays() -> None:
    concert = parse(WITH_DATE, "f")
    prices = [
        [(each.id, each.price) for each in concert.on(date)[1].grades[0].types]
        for date in concert.performances
    ]
    assert prices == [
        [("disabled", 33_000), ("child", 30_000), ("early", 59_400)],
        [("disabled", 38_500), ("child", 30_000), ("early", 69_300)],
    ]


def test_a_grade_has_the_same_color_on_all_dates() -> None:
    text = GOOD.replace('id = "one-2"', 'id = "one-2"\nprices = { R = 1, S = 2 }')
    concert = parse(text, "f")
    colors = [
        {grade.name: grade.color for grade in concert.on(date)[1].grades}
        for date in concert.performances
    ]
    assert colors[0] == colors[1]


def test_a_file_without_price_types_has_the_plan_that_it_always_had() -> None:
    assert all(grade.types == [] for grade in parse(GOOD, "f").plan.grades)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "child"', 'id = "disabled"', "price_types[1].id: expected each id of a price type"),
        ("percent_off = 50", "percent_off = 0", "price_types[0].percent_off: expected an integer"),
        ("percent_off = 50", "percent_off = 101", "price_types[0].percent_off: expected an int"),
        ("percent_off = 50", "", "price_types[0]: expected either percent_off or prices"),
        (
            "prices = { R = 3",
            "percent_off = 1\nprices = { R = 3",
            "[1]: expected either percent_off or",
        ),
        ("{ R = 30000 }", "{ R = 30000 }\ngrades = ['R']", "price_types[1].grades: expected no"),
        ('grades = ["R"]', 'grades = ["X"]', "price_types[2].grades: expected one of the grades"),
        ("{ R = 30000 }", "{ X = 30000 }", "price_types[1].prices: expected one of the grades"),
        ("30000", "66001", "prices: expected at most the price of grade 'R', 66000, found 66001"),
        ("30000", "-1", "price_types[1].prices"),
        ("30000", "true", "price_types[1].prices"),
        ("2030-04-01", "1030-04-01", "price_types[2].until: expected a year from 2000 to 2999"),
        ("T00:00:00+09:00", "T00:00:00", "price_types[2].until: expected a date and time with"),
        ('"order"', '"seat"', "booking_fee.per: expected ticket or order, found 'seat'"),
        ("amount = 1000", "amount = -1", "booking_fee.amount: expected an integer of at least 0"),
        ("amount = 1000", "amount = 100000001", "booking_fee.amount: expected a price of at most"),
        ("amount = 1000", "", "booking_fee.amount: this required field is missing"),
        ("R = 77000", "X = 77000", "performances[1].prices: expected one of the grades, found 'X'"),
        ("R = 77000", "R = 100000001", "performances[1].prices: expected a price of at most"),
        ("R = 77000", "R = 20000", "at most the price of grade 'R', 20000, found 30000"),
    ],
)
def test_what_contradicts_itself_is_refused(old: str, new: str, message: str) -> None:
    assert old in WITH_DATE
    assert message in refusal(WITH_DATE.replace(old, new, 1))
