"""The largest concert file, and texts that are made to cost time: refused before they do."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from helpers.concert_files import changed, refusal
from helpers.concerts import GOOD
from yemae.concerts.files.concert_file import ConcertFileError, parse


def with_performances(count: int) -> str:
    first = datetime(2030, 1, 1, 20, tzinfo=UTC)
    dates = [(first + timedelta(days=day)).isoformat() for day in range(count)]
    return GOOD[: GOOD.index("[[performances]]")] + "".join(
        f'[[performances]]\nid = "p{number}"\nstarts_at = {date}\n'
        for number, date in enumerate(dates)
    )


def test_a_concert_has_at_most_366_performances() -> None:
    assert len(parse(with_performances(366), "x.toml").performances) == 366
    assert refusal(with_performances(367)) == (
        ", line 32: performances: expected an array whose length is at most 366, "
        "found an array of 367."
    )


def test_a_plan_has_at_most_50000_seats() -> None:
    most = parse(changed('"A:1-3", "B:1,3"', '"A:1-49998"'), "x.toml")
    assert len(most.seats) == 50_000
    # A few characters that mean a hundred million seats are given up at the limit.
    assert refusal(changed('"A:1-3", "B:1,3"', '"1-999:1-99999"')) == (
        ", line 23: sections[0].rows[0]: expected at most 50000 seats in the plan, found more."
    )


def test_a_field_of_an_array_on_one_line_gets_the_line_of_the_array() -> None:
    text = "performances = [{id = 1}]\n" + GOOD[: GOOD.index("[[performances]]")]
    assert refusal(text) == ", line 1: performances[0].id: expected a text, found 1."


def test_no_line_is_guessed_where_a_long_text_could_mislead() -> None:
    text = changed("seat_limit = 4", 'seat_limit = 0\nlong = """\nseat_limit = 7"""')
    assert refusal(text) == ": seat_limit: expected an integer of at least 1, found 0."


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 100_000, "a = " + "{b=" * 100_000, "a = " + "9" * 5000, "é", "\x00", "\ud800"],
    ids=["deep-array", "deep-table", "long-number", "letter", "zero-byte", "surrogate"],
)
def test_hostile_text_is_refused(text: str) -> None:
    refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        ".".join(["a"] * 20_000) + " = 1",
        "[" + ".".join(["a"] * 20_000) + "]",
        "x = {" + " . ".join(['"a"'] * 20_000) + " = 1}",
        "[[" + ".".join(["'a'"] * 17) + "]]",
    ],
)
def test_a_key_of_many_parts_is_refused_before_it_costs_anything(text: str) -> None:
    started = time.process_time()
    with pytest.raises(ConcertFileError, match=r"^x, line 2: a key has more than 16 parts\.$"):
        parse(f"# A file.\n{text}\n", "x")
    assert time.process_time() - started < 1


def test_texts_and_codes_may_have_many_dots() -> None:
    dots = ".".join("abcdefghijklmnopqrstuvwxyz")
    assert parse(f"# {'.' * 100}\n" + GOOD.replace('"Title"', f'"{dots}"'), "x").title == dots


@pytest.mark.parametrize(("table", "most"), [("sections", 2_000), ("grades", 200)])
def test_more_tables_than_any_hall_has_are_refused(table: str, most: int) -> None:
    lines = {
        "sections": '[[sections]]\nname = "s{}"\ngrade = "R"\nrows = ["A:1"]\n',
        "grades": '[[grades]]\nname = "g{}"\nprice = 1\n',
    }[table]
    text = GOOD + "".join(lines.format(number) for number in range(most))
    sentence = f"{table}: expected an array whose length is at most {most},"
    with pytest.raises(ConcertFileError, match=sentence):
        parse(text, "x")
