"""Marks of seats: what is said of each, and what the server leaves out of its own choice."""

import pytest

from yemae.concerts.seat_map.marks import (
    Mark,
    MarkKind,
    SeatMark,
    by_seat,
    companions_without,
    not_chosen,
)


def test_a_seat_has_all_its_marks_in_the_order_of_the_file() -> None:
    marks = [Mark("wheelchair", [1]), Mark("aisle", [0, 1], "통로 쪽", "On the aisle")]
    aisle = SeatMark("aisle", "통로 쪽", "On the aisle")
    assert by_seat(marks) == {0: [aisle], 1: [SeatMark("wheelchair"), aisle]}


@pytest.mark.parametrize(
    ("mark", "left_out"),
    [
        ("wheelchair", True),
        ("companion", True),
        ("restricted_view", True),
        ("aisle", False),
        ("note", False),
    ],
)
def test_a_fan_has_to_choose_what_they_should_know_of_before(
    mark: MarkKind, left_out: bool
) -> None:
    assert not_chosen([Mark(mark, [3], "n")]) == ({3} if left_out else set())


@pytest.mark.parametrize(
    ("marks", "refused"),
    [
        ({"1": "companion"}, ["1"]),
        ({"1": "companion", "2": None}, ["1"]),
        ({"1": "companion", "2": "wheelchair"}, []),
        ({"1": "companion", "2": "companion", "3": "wheelchair"}, ["1", "2"]),
        ({"1": "wheelchair", "2": "wheelchair", "3": "companion"}, []),
        ({"1": "wheelchair"}, []),
        ({"1": None}, []),
    ],
)
def test_there_is_a_wheelchair_place_for_each_companion_seat(
    marks: dict[str, str | None], refused: list[str]
) -> None:
    assert companions_without(marks) == refused
