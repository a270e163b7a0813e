"""`[[marks]]` of a concert file."""

import pytest

from helpers.concert_files import refusal
from helpers.concerts import GOOD
from yemae.concerts.files.concert_file import parse
from yemae.concerts.seat_map.marks import Mark

# The seats of the good file: 1F-A-1, 1F-A-2, 1F-A-3, 1F-B-1, 1F-B-3, 2F-A-1, 2F-B-1.
MARKS = """
[[marks]]
mark = "wheelchair"
seats = ["1F-B-1"]

[[marks]]
mark = "companion"
seats = ["1F-B-3"]

[[marks]]
mark = "restricted_view"
sections = ["2F"]
note = "기둥"
note_en = "A pillar"

[[marks]]
mark = "aisle"
seats = ["1F-A-3", "1F-A-1", "1F-B-1"]
"""


def test_a_plan_has_the_marks_with_the_places_of_their_seats() -> None:
    assert parse(GOOD + MARKS, "f").plan.marks == [
        Mark("wheelchair", [3]),
        Mark("companion", [4]),
        Mark("restricted_view", [5, 6], "기둥", "A pillar"),
        Mark("aisle", [0, 2, 3]),
    ]


def test_a_section_that_is_named_again_is_looked_at_once() -> None:
    """In a hall of 50,000 seats each time would take as many places in memory."""
    again = MARKS.replace('["2F"]', "[" + '"2F", ' * 1_000 + "]")
    assert parse(GOOD + again, "f").plan == parse(GOOD + MARKS, "f").plan


def test_a_seat_keeps_the_mark_that_a_hold_has_a_rule_for() -> None:
    marks = {seat.number: seat.mark for seat in parse(GOOD + MARKS, "f").seats if seat.mark}
    assert marks == {"1F-B-1": "wheelchair", "1F-B-3": "companion"}


def test_a_date_with_prices_of_its_own_has_the_same_marks() -> None:
    text = GOOD.replace('id = "one-2"', 'id = "one-2"\nprices = { R = 77000 }') + MARKS
    concert = parse(text, "f")
    seats, plan = concert.on(concert.performances[1])
    assert plan.marks == concert.plan.marks
    assert [seat.mark for seat in seats] == [seat.mark for seat in concert.seats]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"aisle"', '"window"', "marks[3].mark: expected wheelchair, companion, restricted_view,"),
        ('["1F-B-3"]', '["1F-B-2"]', "marks[1].seats[0]: expected the number of a seat"),
        ('["2F"]', '["3F"]', "marks[2].sections[0]: expected the name of a section, found '3F'"),
        ('sections = ["2F"]', "", "marks[2]: expected seats or sections, found neither"),
        ('"restricted_view"', '"note"\nseat = 1', "marks[2].seat: this is not a field of the form"),
        ('"aisle"', '"note"', "marks[3]: expected a note, found none"),
        ('["1F-B-3"]', '["1F-B-1"]', "marks[1]: expected seat '1F-B-1' to be a wheelchair seat"),
        ('"wheelchair"', '"aisle"', "marks: expected a wheelchair place beside companion seats"),
        ('note = "기둥"', 'note = ""', "marks[2].note: expected a text whose length is at least"),
    ],
)
def test_what_contradicts_itself_is_refused(old: str, new: str, message: str) -> None:
    assert old in MARKS
    assert message in refusal(GOOD + MARKS.replace(old, new, 1))
