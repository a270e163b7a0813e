"""`[[areas]]` of a concert file: capacity, entry numbers, shape, and what is refused."""

import msgspec
import pytest

from helpers.concerts import GOOD
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert, FileSeat, parse
from yemae.concerts.seat_map import plan
from yemae.concerts.seat_map.plan_svg import draw
from yemae.concerts.seat_map.plans import KnownPlan, SeatWords
from yemae.concerts.seat_map.selection import Selection, selected

HEAD = GOOD[: GOOD.index("[[sections]]")]
TAIL = GOOD[GOOD.index("[[performances]]") :]
SEATED = '[[sections]]\nname = "1F"\ngrade = "R"\nrows = ["A:1-3"]\nlayout = { x = 0, y = 0 }\n'
STAGE = "[stage]\nx = -100\ny = -200\nwidth = 200\nheight = 60\n"


def area(more: str = "", name: str = "A", capacity: object = 5) -> str:
    return f'[[areas]]\nname = "{name}"\ngrade = "R"\ncapacity = {capacity}\n{more}\n'


def concert(*tables: str) -> FileConcert:
    return parse(HEAD + "".join(tables) + TAIL, "x.toml")


def refusal(*tables: str) -> str:
    with pytest.raises(ConcertFileError) as caught:
        concert(*tables)
    return str(caught.value)


def numbers(found: FileConcert) -> list[str]:
    return [seat.number for seat in found.seats]


def test_the_spots_of_areas_come_after_all_seats() -> None:
    found = concert(area(), SEATED, area(name="B", capacity=2))
    assert numbers(found) == [
        *("1F-A-1", "1F-A-2", "1F-A-3"),
        *("A-1", "A-2", "A-3", "A-4", "A-5"),
        *("B-1", "B-2"),
    ]
    assert found.seats[3] == FileSeat("A-1", "R", found.seats[0].price, area="A")
    assert found.seats[0].area is None
    assert [(each.first_seat, each.seats) for each in found.plan.areas] == [(3, 5), (8, 2)]
    assert list(found.plan.numbers()) == numbers(found)
    assert found.plan.seats_total == 10


def test_a_hall_may_have_areas_only() -> None:
    found = concert(area(capacity=300))
    assert len(found.seats) == 300
    assert found.plan.sections == []
    stage, (standing,) = found.plan.stage, found.plan.areas
    assert stage.y + stage.height <= min(y for _, y in standing.outline)


def test_a_hall_without_areas_says_nothing_of_them() -> None:
    assert b"areas" not in msgspec.json.encode(concert(SEATED).plan)


@pytest.mark.parametrize(
    ("more", "first"),
    [
        ("", "스탠딩A-1"),
        ("first_entry = 501", "스탠딩A-501"),
        ('numbering = "{entry}"', "1"),
        ('numbering = "{entry}번"', "1번"),
        ('numbering = "F-{entry}-{area}"', "F-1-스탠딩A"),
    ],
)
def test_entry_numbers_are_written_as_the_file_says(more: str, first: str) -> None:
    assert numbers(concert(area(more, name="스탠딩 A")))[0] == first


def test_an_area_is_where_the_file_says() -> None:
    found = concert(
        STAGE,
        area("layout = { x = -50, y = 0, width = 100, height = 40 }"),
        area("layout = { outline = [[-50, 60], [50, 60], [0, 160]] }", name="B"),
        area("layout = { x = 100, y = 0, width = 40, height = 20, rotation = 90 }", name="C"),
    ).plan
    dx, dy = -100 - found.stage.x, -200 - found.stage.y
    outlines = [[(round(x + dx), round(y + dy)) for x, y in a.outline] for a in found.areas]
    assert outlines[0] == [(-50, 0), (50, 0), (50, 40), (-50, 40)]
    assert outlines[1] == [(-50, 60), (50, 60), (0, 160)]
    assert sorted(outlines[2]) == sorted([(110, -10), (130, -10), (130, 30), (110, 30)])


def test_the_name_of_an_area_round_a_stage_stands_within_the_area() -> None:
    around = "[-150, -220], [-120, -220], [-120, -100], [120, -100], [120, -220], [150, -220]"
    found = concert(
        STAGE, area(f"layout = {{ outline = [{around}, [150, -60], [-150, -60]] }}")
    ).plan
    (area_of,), stage = found.areas, found.stage
    assert area_of.label.y > stage.y + stage.height


def test_a_larger_area_without_a_layout_is_drawn_larger() -> None:
    small, large = concert(area(capacity=500), area(name="B", capacity=5_000)).plan.areas
    width = [max(x for x, _ in a.outline) - min(x for x, _ in a.outline) for a in (small, large)]
    assert 3 < width[1] / width[0] < 3.3


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ([area(capacity=0)], "areas[0].capacity: expected an integer of at least 1, found 0"),
        ([area(capacity=50_001)], "areas[0].capacity: expected an integer of at most 50000"),
        ([area(), area()], "areas[1].name: expected each area once, found 'A' again"),
        ([area().replace('"R"', '"X"')], "areas[0].grade: expected one of the grades, found 'X'"),
        ([area('numbering = "A"')], "areas[0].numbering: expected {entry} once"),
        ([area('numbering = "{entry}{entry}"')], "areas[0].numbering: expected {entry} once"),
        ([area('numbering = "{seat}{entry}"')], "areas[0].numbering: expected {entry} once"),
        ([area('numbering = "a {entry}"')], "areas[0].numbering: expected entry numbers of 1"),
        ([area("first_entry = 99_998")], "areas[0].first_entry: expected entry numbers up to"),
        ([area('numbering = "{entry}"'), area('numbering = "{entry}"', name="B")],
         "areas[1].capacity: expected each seat once, found '1' again, first at areas[0].capacity"),
        ([area(capacity=40_000), area(name="B", capacity=20_000)],
         "areas[1].capacity: expected at most 50000 seats in the plan, found more"),
        ([area("layout = { x = 1, y = 1 }")],
         "areas[0].layout: expected all of x, y, width and height"),
        ([area("layout = { x = 1, outline = [[0, 0], [1, 0], [0, 9]] }")],
         "areas[0].layout: expected x, y, width and height or an outline, not both"),
        ([area("layout = { outline = [[0, 0], [9, 9], [18, 18]] }")],
         "areas[0].layout: expected an outline round some room"),
        ([area("layout = { outline = [[0, 0], [9, 9]] }")], "areas[0].layout.outline: expected"),
        ([STAGE, area("layout = { x = -90, y = -190, width = 180, height = 40 }")],
         "areas[0].layout: expected every area in a place of its own, found its middle within the "
         "stage"),
        ([area("layout = { x = 0, y = 0, width = 90, height = 90 }"),
          area("layout = { x = 40, y = 40, width = 20, height = 20 }", name="B")],
         "areas[0].layout: expected every area in a place of its own, found its middle within 'B'"),
        ([SEATED, area("layout = { x = -50, y = -50, width = 100, height = 100 }")],
         "sections[0].rows[0]: expected every seat in a place of its own, found seat '1F-A-1' "
         "where area 'A' is"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(tables: list[str], words: str) -> None:
    assert words in refusal(*tables)


def test_an_operator_names_areas_and_their_entry_numbers() -> None:
    found = concert(SEATED, area(capacity=3), area(name="B", capacity=2)).plan
    assert selected(found, Selection(sections=["A"])) == ["A-1", "A-2", "A-3"]
    assert selected(found, Selection(seats=["B-2", "1F-A-1"])) == ["1F-A-1", "B-2"]
    assert selected(found, Selection(is_whole=True)) == list(found.numbers())


def test_tickets_say_the_area_and_the_entry_number() -> None:
    found = concert(SEATED, area('floor = "1층"\nfirst_entry = 7', name="스탠딩 A"), area(name="B"))
    known = KnownPlan(plan.pack(found.plan))
    assert known.words("스탠딩A-9") == SeatWords("1층", "스탠딩 A", None, "9")
    assert known.words("B-1") == SeatWords(None, "B", None, "1")
    assert known.words("1F-A-2") == SeatWords(None, "1F", "A", "2")


def test_the_picture_shows_areas_with_their_name_and_capacity() -> None:
    found = concert(SEATED, area(name="스탠딩 A", capacity=1_200))
    picture = draw(found.plan, "t", found.currency)
    assert "스탠딩 A</text>" in picture
    assert ">1,200</text>" in picture
    assert "· 1,203</text>" in picture, "the legend counts seats and spots"
