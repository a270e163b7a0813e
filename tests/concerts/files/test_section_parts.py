"""`[[sections.parts]]`: seats of a section that have another grade, and stand where they stood."""

import pytest

from helpers.concert_files import changed, refusal
from helpers.concerts import GOOD
from yemae.concerts.files.concert_file import FileConcert, parse
from yemae.concerts.seat_map.best_available import runs_of
from yemae.concerts.seat_map.selection import Selection, selected

HEAD = GOOD[: GOOD.index("[[grades]]")]
TAIL = GOOD[GOOD.index("[[performances]]") :]
GRADES = "".join(
    f'[[grades]]\nname = "{name}"\nprice = {price}\n'
    for name, price in (("R", 50_000), ("VIP", 90_000), ("S", 30_000))
)
SECTION = '[[sections]]\nname = "1F"\ngrade = "R"\nrows = ["A-C:1-8"]\n'
ARC = "layout = { x = 0, y = -60, distance = 120, rotation = 20 }\n"


def concert(more: str = "") -> FileConcert:
    """A concert with one section."""
    return parse(HEAD + GRADES + SECTION + more + TAIL, "x.toml")


def part(grade: str, *rows: str) -> str:
    named = ", ".join(f'"{row}"' for row in rows)
    return f'[[sections.parts]]\ngrade = "{grade}"\nrows = [{named}]\n'


def places(found: FileConcert) -> dict[str, tuple[float, float]]:
    """Where each seat is, from the first one."""
    columns = found.plan.seats
    points = dict(zip(columns.number, zip(columns.x, columns.y, strict=True), strict=True))
    x, y = points["1F-A-1"]
    return {
        number: (round(right - x, 1), round(down - y, 1))
        for number, (right, down) in points.items()
    }


@pytest.mark.parametrize("layout", ["", ARC], ids=["straight", "arc"])
def test_a_part_has_another_grade_in_the_same_places(layout: str) -> None:
    before = concert(layout)
    after = concert(layout + part("VIP", "A:3-6", "B:4") + part("S", "C:1-8"))
    assert places(after) == places(before)
    grades = {seat.number: (seat.grade, seat.price) for seat in after.seats}
    assert grades["1F-A-3"] == grades["1F-B-4"] == ("VIP", 90_000)
    assert grades["1F-C-8"] == ("S", 30_000)
    assert grades["1F-A-2"] == ("R", 50_000)
    assert [seat.number for seat in after.seats] == after.plan.seats.number


def test_each_grade_is_a_section_of_the_plan_with_its_own_rows() -> None:
    plan = concert(part("VIP", "A:3-6") + part("VIP", "C:1")).plan
    assert [(each.name, plan.grades[each.grade].name, each.seats) for each in plan.sections] == [
        ("1F", "R", 19),
        ("1F", "VIP", 5),
    ]
    rows = [(row.section, row.name, row.first_seat, row.seats) for row in plan.rows]
    assert rows == [
        (0, "A", 0, 4),
        (0, "B", 4, 8),
        (0, "C", 12, 7),
        (1, "A", 19, 4),
        (1, "C", 23, 1),
    ]
    for section in plan.sections:
        own = plan.seats.grade[section.first_seat : section.first_seat + section.seats]
        assert set(own) == {section.grade}
    row = selected(plan, Selection(rows=["1F:A"]))
    assert sorted(row) == [f"1F-A-{seat}" for seat in range(1, 9)]


def test_seats_with_a_part_between_them_are_not_side_by_side() -> None:
    runs = runs_of(concert(part("VIP", "A:2-7", "B:3-8")).plan)
    # 1 and 8 of the first row, 1 and 2 of the second, and the third one.
    assert sorted(run.length for run in runs["R"]) == [1, 1, 2, 8]
    assert sorted(run.length for run in runs["VIP"]) == [6, 6]


def test_a_section_may_be_all_parts() -> None:
    plan = concert(part("VIP", "A-C:1-8")).plan
    assert [plan.grades[each.grade].name for each in plan.sections] == ["VIP"]


def test_a_row_that_counts_in_no_direction_keeps_its_places() -> None:
    text = SECTION.replace("A-C:1-8", "A:7,5,3,1,2,4,6,8")
    before = parse(HEAD + GRADES + text + TAIL, "x.toml")
    after = parse(HEAD + GRADES + text + part("VIP", "A:3,2") + TAIL, "x.toml")
    assert places(after) == places(before)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (
            part("B", "A:1"),
            "sections[0].parts[0].grade: expected one of the grades, found 'B'.",
        ),
        (
            part("R", "A:99"),
            "sections[0].parts[0].rows[0]: expected seats of this section, found '1F-A-99'.",
        ),
        (
            part("R", "A:1") + part("R", "A:1"),
            "sections[0].parts[1].rows[0]: expected each seat once, found '1F-A-1' again, first "
            "at sections[0].parts[0].rows[0].",
        ),
    ],
)
def test_a_part_that_is_wrong_is_named(parts: str, problem: str) -> None:
    start = GOOD.index("[[sections]]")
    own = GOOD[start : GOOD.index("[[", start + 2)]
    assert 'name = "1F"' in own
    assert problem in refusal(changed(own, f"{own.rstrip()}\n{parts}\n"))
