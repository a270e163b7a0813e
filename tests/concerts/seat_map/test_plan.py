"""Where seats are put: rows, arcs, aisles, sections without a place; and what overlaps."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.concerts import GOOD
from helpers.pages import ROOT
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert, parse, read
from yemae.concerts.seat_map import plan as plans
from yemae.concerts.seat_map.layout import Layout, Row
from yemae.concerts.seat_map.pieces import SectionOf
from yemae.concerts.seat_map.plan import Plan
from yemae.concerts.seat_map.plan_svg import draw
from yemae.concerts.seat_map.room import APART_MIN, Overlap

EXAMPLES = ROOT / "examples"
HEAD = GOOD[: GOOD.index("[[sections]]")]
TAIL = GOOD[GOOD.index("[[performances]]") :]


def concert(sections: str, *, head: str = "") -> FileConcert:
    """A concert with these sections; `head` stands before its first table."""
    return parse(HEAD.replace("[queue]", f"{head}\n[queue]", 1) + sections + TAIL, "x.toml")


def section(rows: str, layout: str = "", name: str = "1") -> str:
    """A section of grade R."""
    table = f"layout = {{ {layout} }}\n" if layout else ""
    return f'[[sections]]\nname = "{name}"\ngrade = "R"\nrows = {rows}\n{table}\n'


def planned(rows: str, layout: str = "") -> list[tuple[float, float]]:
    """Where the seats of one section are, from the first seat, in tenths."""
    seats = concert(section(rows, layout)).plan.seats
    return [
        (round(x - seats.x[0], 1), round(y - seats.y[0], 1))
        for x, y in zip(seats.x, seats.y, strict=True)
    ]


def refusal(sections: str, head: str = "") -> str:
    with pytest.raises(ConcertFileError) as caught:
        concert(sections, head=head)
    return str(caught.value)


def test_seats_are_ten_apart_and_rows_twelve() -> None:
    assert planned('["A:1-3", "B:1-3"]') == [(0, 0), (10, 0), (20, 0), (0, 12), (10, 12), (20, 12)]


def test_numbers_that_are_left_out_are_an_aisle() -> None:
    assert [x for x, _ in planned('["A:1-2,5"]')] == [0, 10, 40]


def test_jumps_of_hundreds_are_drawn_small() -> None:
    assert [x for x, _ in planned('["A:1-2,1001-1002"]')] == [0, 10, 30, 40]


def test_a_row_that_goes_on_in_the_next_text_is_one_row() -> None:
    plan = concert(section('["A:1-2", "A:4", "B:1-4"]')).plan
    assert [(row.name, row.first_seat, row.seats) for row in plan.rows] == [
        ("A", 0, 3),
        ("B", 3, 4),
    ]


@pytest.mark.parametrize(
    ("layout", "xs"),
    [
        ("x = 0, y = 0", [0, 10, -10, 0, 10, 20]),
        ('x = 0, y = 0, align = "left"', [0, 10, 0, 10, 20, 30]),
        ('x = 0, y = 0, align = "right"', [0, 10, -20, -10, 0, 10]),
        ("x = 0, y = 0, middle = 2.5", [0, 10, -10, 0, 10, 20]),
        ("x = 0, y = 0, middle = 2.5, reversed = true", [0, -10, 10, 0, -10, -20]),
        ("x = 0, y = 0, seat_gap = 20", [0, 20, -20, 0, 20, 40]),
    ],
)
def test_rows_of_different_lengths_meet_as_the_layout_says(layout: str, xs: list[float]) -> None:
    assert [x for x, _ in planned('["A:2-3", "B:1-4"]', layout)] == xs


@pytest.mark.parametrize(
    ("rotation", "step"), [(0, (10, 0)), (90, (0, -10)), (-90, (0, 10)), (180, (-10, 0))]
)
def test_a_section_turns_round_its_point_and_faces_it(rotation: int, step: tuple[int, int]) -> None:
    layout = f"x = 0, y = 0, distance = 100, curve = 0, rotation = {rotation}"
    assert planned('["A:1-2"]', layout) == [(0, 0), step]


def test_rows_of_a_distance_are_arcs_round_the_point() -> None:
    stage = "[stage]\nx = -5\ny = -5\nwidth = 10\nheight = 10\n"
    plan = concert(section('["A:1-30", "B:1-30"]', "x = 0, y = 0, distance = 100"), head=stage).plan
    # The point is in the middle of the stage.
    x, y = plan.stage.x + 5, plan.stage.y + 5
    far = [math.dist((x, y), seat) for seat in zip(plan.seats.x, plan.seats.y, strict=True)]
    assert far == pytest.approx([100] * 30 + [112] * 30, abs=0.15)


def test_sections_without_a_place_are_below_one_another_and_the_stage_is_above() -> None:
    sections = "".join(section('["A-C:1-9"]', name=str(number)) for number in range(4))
    plan = concert(sections).plan
    tops = [min(y for _, y in shown.outline) for shown in plan.sections]
    assert tops == sorted(set(tops))
    assert len({shown.label.x for shown in plan.sections}) == 1
    assert plan.stage.y + plan.stage.height < min(plan.seats.y)


def test_many_sections_without_a_place_are_side_by_side_as_well() -> None:
    sections = "".join(section('["A-T:1-20"]', name=str(number)) for number in range(40))
    plan = concert(sections).plan
    assert len({shown.label.x for shown in plan.sections}) > 3
    assert 0.5 < plan.size.width / plan.size.height < 2


def test_a_section_without_a_place_is_below_those_with_one() -> None:
    plan = concert(
        section('["A:1-9"]', "x = 500, y = 700", "a") + section('["A:1-9"]', name="b")
    ).plan
    placed, free = plan.sections
    assert min(y for _, y in free.outline) > max(y for _, y in placed.outline)
    assert free.label.x == placed.label.x


@pytest.mark.parametrize("name", ["small-hall", "theatre", "arena"])
def test_an_example_s_plan_is_whole_and_within_its_size(name: str) -> None:
    example = read(EXAMPLES / f"{name}.toml")
    check(example)
    assert draw(example.plan, example.title, example.currency).count("<polygon") == len(
        example.plan.sections
    )


def check(made: FileConcert) -> None:
    """A plan has every seat once, in order, each in a section and a row, all within its size."""
    plan = made.plan
    assert plan.seats.number == [seat.number for seat in made.seats]
    assert [plan.grades[grade].name for grade in plan.seats.grade] == [s.grade for s in made.seats]
    assert [plan.grades[grade].price for grade in plan.seats.grade] == [s.price for s in made.seats]
    for parts in (plan.sections, plan.rows):
        ends = [0]
        for part in parts:
            assert part.first_seat == ends[-1]
            assert part.seats > 0
            ends.append(part.first_seat + part.seats)
        assert ends[-1] == len(made.seats)
    outlines = [point for part in plan.sections for point in part.outline]
    labels = [(part.label.x, part.label.y) for part in plan.sections]
    seats = list(zip(plan.seats.x, plan.seats.y, strict=True))
    stage = plan.stage
    corners = [(stage.x, stage.y), (stage.x + stage.width, stage.y + stage.height)]
    for x, y in (*outlines, *labels, *seats, *corners):
        assert 0 <= x <= plan.size.width
        assert 0 <= y <= plan.size.height


LAYOUTS = st.fixed_dictionaries(
    {},
    optional={
        "x": st.floats(-20_000, 20_000),
        "y": st.floats(-20_000, 20_000),
        "distance": st.floats(0, 20_000),
        "rotation": st.floats(-360, 360),
        "curve": st.floats(0, 20_000),
        "row_gap": st.floats(6, 200),
        "seat_gap": st.floats(6, 200),
        "align": st.sampled_from(["center", "left", "right"]),
        "middle": st.floats(0, 100_000),
        "reversed": st.booleans(),
    },
)
ROWS = st.lists(
    st.sets(st.integers(1, 99_999), min_size=1, max_size=12), min_size=1, max_size=4
).map(lambda rows: [Row(str(i), sorted(row)) for i, row in enumerate(rows)])


@settings(deadline=None)
@given(st.lists(st.tuples(LAYOUTS, ROWS), min_size=1, max_size=4))
def test_any_layout_gives_a_plan_without_overlaps_or_says_which_seats_overlap(
    drawn: list[tuple[dict[str, object], list[Row]]],
) -> None:
    sections = [
        SectionOf(
            str(index),
            "R",
            None,
            Layout(**layout),  # type: ignore[arg-type]
            rows,
            [f"{index}-{row.name}-{seat}" for row in rows for seat in row.seats],
        )
        for index, (layout, rows) in enumerate(drawn)
    ]
    found = None
    try:
        plan = plans.make({"R": 1}, sections, None)
    except Overlap as overlap:
        found = overlap
    if found is not None:
        assert found.other is None or found.other < found.seat
        return
    assert all(map(math.isfinite, (plan.size.width, plan.size.height, *plan.seats.x)))
    seats = list(zip(plan.seats.x, plan.seats.y, strict=True))
    for index, seat in enumerate(seats):
        assert all(math.dist(seat, other) > APART_MIN - 0.2 for other in seats[:index])


def test_two_seats_in_one_place_are_refused_by_name() -> None:
    overlapping = section('["A:1-2"]', "x = 0, y = 0", "a") + section(
        '["A:1-2"]', "x = 12, y = 3", "b"
    )
    assert refusal(overlapping) == (
        "x.toml, line 30: sections[1].rows[0]: expected every seat in a place of its own, found "
        "seat 'b-A-1' where seat 'a-A-2' is."
    )


def test_a_seat_on_the_stage_is_refused() -> None:
    stage = "[stage]\nx = -50\ny = -50\nwidth = 100\nheight = 100\n"
    assert refusal(section('["A:1-2"]', "x = 0, y = 0"), stage).endswith(
        "expected every seat in a place of its own, found seat '1-A-1' where the stage is."
    )


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ("x = nan, y = 0", "layout.x: expected a number of at least -20000.0, found nan"),
        ("x = inf, y = 0", "layout.x: expected a number of at most 20000.0, found inf"),
        ("x = 30000, y = 0", "layout.x: expected a number of at most 20000.0, found 30000"),
        ('x = "left"', "layout.x: expected a number, found 'left'"),
        ("seat_gap = 1", "layout.seat_gap: expected a number of at least 6.0, found 1"),
        ('align = "middle"', "layout.align: expected center, left or right, found 'middle'"),
        ("radius = 1", "layout.radius: this is not a field of the format"),
    ],
)
def test_a_layout_keeps_its_limits(layout: str, message: str) -> None:
    assert refusal(section('["A:1-2"]', layout)).partition("sections[0].")[2] == f"{message}."


def test_a_table_of_its_own_is_the_same_layout_and_its_line_is_known() -> None:
    table = section('["A:1-2"]') + "[sections.layout]\nx = 0\ny = 0\nrotation = 90\n"
    inline = section('["A:1-2"]', "x = 0, y = 0, rotation = 90")
    assert concert(table).plan == concert(inline).plan
    broken = section('["A:1-2"]') + section('["A:1-2"]', name="2") + "[sections.layout]\nx = true\n"
    assert re.match(
        r"x\.toml, line \d\d: sections\[1\]\.layout\.x: expected a number", refusal(broken)
    )
    line = int(re.findall(r"line (\d+)", refusal(broken))[0])
    text = HEAD.replace("[queue]", "\n[queue]", 1) + broken
    assert text.splitlines()[line - 1] == "x = true"


def test_the_same_file_gives_the_same_plan_byte_by_byte() -> None:
    first, again = (plans.pack(parse(GOOD, "x.toml").plan) for _ in range(2))
    assert first == again
    assert plans.unpack(first.content) == parse(GOOD, "x.toml").plan
    other = plans.pack(parse(GOOD.replace("price = 66000", "price = 66001"), "x.toml").plan)
    assert other.digest != first.digest


def test_grades_are_in_a_plan_from_the_dearest() -> None:
    text = GOOD.replace('name = "S"\nprice = 0', 'name = "S"\nprice = 70000')
    plan: Plan = parse(text, "x.toml").plan
    assert [(grade.name, grade.color) for grade in plan.grades] == [("S", 0), ("R", 1)]


@pytest.mark.parametrize(
    ("row", "xs"),
    [
        # Odd numbers to the left of the centre aisle, even ones to the right.
        ("9,7,5,3,1,2,4,6,8,10", [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]),
        ("2,4,6,5,3,1", [0, 10, 20, 30, 40, 50]),
        # An aisle where 7 and 8 would be.
        ("11,9,5,3,1,2,4,6,10", [0, 10, 30, 40, 50, 60, 70, 80, 100]),
        # From right to left, with an aisle where 3 would be.
        ("5,4,2,1", [0, 10, 30, 40]),
        # Numbers that count in no way.
        ("5,1,9,2", [0, 10, 20, 30]),
    ],
)
def test_seats_stand_in_the_order_of_the_file_whatever_their_numbers(
    row: str, xs: list[float]
) -> None:
    assert [x for x, _ in planned(f'["A:{row}"]')] == xs
    assert concert(section(f'["A:{row}"]')).plan.seats.label == row.split(",")


def test_rows_that_are_split_alike_have_their_middle_in_one_line() -> None:
    xs = [x for x, _ in planned('["A:5,3,1,2,4", "B:3,1,2,4,6"]', "x = 0, y = 0, middle = 1.5")]
    assert xs == [0, 10, 20, 30, 40, 10, 20, 30, 40, 50]
