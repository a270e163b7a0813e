"""The list of free seats as bytes: the same whatever was made before, plain and compressed."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yemae.concerts.seat_map import free_list, plan
from yemae.concerts.seat_map.changes import FREE, SOLD
from yemae.concerts.seat_map.free_list import FreeList
from yemae.concerts.seat_map.layout import Layout, Row
from yemae.concerts.seat_map.pieces import SectionOf
from yemae.concerts.seat_map.plans import KnownPlan
from yemae.concerts.seat_map.taken import Taken

NOW = 1_000.0
ROW = 50


def hall(seats: int) -> KnownPlan:
    """A hall with two grades, whose names and numbers JSON has to escape."""
    numbers = [f'{number}"가\\' for number in range(seats)]
    halves = {"R": numbers[: seats // 2], 'S "앞"': numbers[seats // 2 :]}
    sections = [_section(grade, some) for grade, some in halves.items() if some]
    known = KnownPlan(plan.pack(plan.make({"R": 70, 'S "앞"': 50}, sections, None)))
    known.unpack()
    return known


def _section(grade: str, numbers: list[str]) -> SectionOf:
    rows = [
        Row(str(line), list(range(1, len(numbers[start : start + ROW]) + 1)))
        for line, start in enumerate(range(0, len(numbers), ROW), start=1)
    ]
    return SectionOf(f"of {grade}", grade, None, Layout(), rows, numbers)


SEATS = 600
HALL = hall(SEATS)


def expected(known: KnownPlan, seats: Taken) -> list[dict[str, Any]]:
    listed, grades = known.plan.seats, known.plan.grades
    return [
        {"number": number, "grade": grades[grade].name, "price": grades[grade].price}
        for position, (number, grade) in enumerate(zip(listed.number, listed.grade, strict=True))
        if not seats.is_taken(position)
    ]


def make(made: FreeList, seats: Taken, version: int) -> None:
    for _ in made.make(seats, version):
        pass


def pack(made: FreeList) -> None:
    for _ in made.pack():
        pass


CHANGES = st.lists(
    st.tuples(
        st.one_of(
            st.sets(st.integers(0, SEATS - 1), max_size=5),
            st.sampled_from([set(range(SEATS)), set(range(256)), set(range(300, SEATS))]),
        ),
        st.sampled_from([FREE, SOLD]),
        st.booleans(),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(CHANGES)
def test_a_list_has_exactly_the_free_seats_whatever_was_made_before(
    changes: list[tuple[set[int], float, bool]],
) -> None:
    seats, made = Taken(SEATS, versions_max=4), FreeList(HALL, "plan")
    for version, (positions, until_s, is_packed) in enumerate(changes, start=1):
        seats.change(positions, version, until_s, NOW)
        make(made, seats, version)
        body = json.loads(made.listed.body)
        assert body["seats"] == expected(HALL, seats)
        assert len(body["seats"]) == seats.free
        if is_packed:
            pack(made)
            assert made.listed.gzipped is not None
            assert gzip.decompress(made.listed.gzipped) == made.listed.body


@pytest.mark.parametrize("count", [1, 7, 8, 255, 256, 257])
def test_halls_of_any_size_are_listed(count: int) -> None:
    known = hall(count)
    seats, made = Taken(count, versions_max=4), FreeList(known, "plan")
    for until_s in (FREE, SOLD, FREE):
        seats.change(range(count), NOW, until_s, NOW)
        make(made, seats, 1)
        pack(made)
        assert json.loads(made.listed.body)["seats"] == expected(known, seats)
        assert made.listed.gzipped is not None
        assert gzip.decompress(made.listed.gzipped) == made.listed.body


def test_a_list_that_did_not_change_is_kept_with_its_version_and_its_compressed_bytes() -> None:
    seats, made = Taken(SEATS, versions_max=4), FreeList(HALL, "plan")
    make(made, seats, 7)
    pack(made)
    before = made.listed
    assert json.loads(before.body)["version"] == 7
    seats.change([3], 1, SOLD, NOW)
    seats.change([3], 2, FREE, NOW)
    make(made, seats, 8)
    assert made.listed == before._replace(flips=seats.flips)
    seats.change([3], 3, SOLD, NOW)
    make(made, seats, 9)
    assert json.loads(made.listed.body)["version"] == 9
    assert made.listed.gzipped is None
    assert made.listed.tag != before.tag
    seats.change([3], 4, FREE, NOW)
    make(made, seats, 10)
    assert made.listed.tag == before.tag


def test_a_making_that_was_broken_off_leaves_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_list, "STEP_PARTS", 1)
    seats, made = Taken(SEATS, versions_max=4), FreeList(HALL, "plan")
    make(made, seats, 1)
    seats.change([0, 300], 1, SOLD, NOW)
    next(made.make(seats, 2))
    # The first part says by now that seat 0 is taken, and it is not any more.
    seats.change([0], 2, FREE, NOW)
    make(made, seats, 3)
    assert json.loads(made.listed.body)["seats"] == expected(HALL, seats)
    # Broken off behind the last changed part: it still has to be joined.
    seats.change([1], 3, SOLD, NOW)
    next(made.make(seats, 4))
    make(made, seats, 5)
    assert json.loads(made.listed.body) == {"version": 5, "seats": expected(HALL, seats)}


def test_large_halls_are_made_in_steps() -> None:
    known = hall(5_000)
    seats, made = Taken(5_000, versions_max=4), FreeList(known, "plan")
    assert len(list(made.make(seats, 1))) == 2
    assert len(list(made.pack())) == 2
    seats.change([17], 1, SOLD, NOW)
    assert list(made.make(seats, 2)) == []
