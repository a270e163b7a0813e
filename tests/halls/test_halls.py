"""Six halls of real shapes, and any hall at all: each loads, draws, sells and reconciles."""

import asyncio
import random
import re
from collections import Counter
from pathlib import Path
from string import ascii_uppercase

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as search
from hypothesis import strategies as st

from halls.selling import empty_an_area, sell_some
from yemae.concerts.files.concert_file import FileConcert, parse, read
from yemae.concerts.seat_map.plan_svg import draw
from yemae.runtime import Runtime, open_runtime
from yemae.settings import Settings

FILES = Path(__file__).with_name("files")
# Seats and spots of each grade, sections, areas, and the size of the plan.
GOLDEN = {
    "arena-standing": ({"S": 2427, "R": 840, "A": 1170, "스탠딩": 4000}, 24, 3, (1320, 1118)),
    "club": ({"스탠딩": 480, "발코니 스탠딩": 120}, 0, 2, (400, 370)),
    "odd-even": ({"R": 150, "S": 150}, 2, 0, (360, 296)),
    "stadium": (
        {"A": 19656, "R": 3240, "S": 8100, "B": 7004, "스탠딩": 12000},
        39,
        4,
        (3412, 3141),
    ),
    "theatre-balconies": (
        {"R": 352, "VIP": 140, "S": 228, "A": 308, "박스": 32},
        14,
        0,
        (565, 648),
    ),
    "thrust-stage": ({"R": 596, "S": 160, "스탠딩": 900}, 4, 1, (560, 642)),
}


@pytest.fixture(params=sorted(GOLDEN))
def hall(request: pytest.FixtureRequest) -> FileConcert:
    """One of the six."""
    return read(FILES / f"{request.param}.toml")


def test_every_file_has_its_golden_figures() -> None:
    assert sorted(GOLDEN) == sorted(path.stem for path in FILES.glob("*.toml"))


def test_a_hall_is_what_it_was(hall: FileConcert) -> None:
    grades, sections, areas, size = GOLDEN[hall.id]
    plan = hall.plan
    assert dict(Counter(seat.grade for seat in hall.seats)) == grades
    assert (len(plan.sections), len(plan.areas)) == (sections, areas)
    assert (round(plan.size.width), round(plan.size.height)) == size


def test_a_hall_is_drawn_whole(hall: FileConcert) -> None:
    """Every section and area has its shape and its name, and everything is on the picture."""
    plan = hall.plan
    picture = draw(plan, hall.title, hall.currency)
    assert picture.count("<polygon") == len(plan.sections) + len(plan.areas)
    parts = [(section.name, section.outline) for section in plan.sections]
    parts += [(area.name, area.outline) for area in plan.areas]
    for name, outline in parts:
        assert f">{name}</text>" in picture
        for x, y in outline:
            assert 0 < x < plan.size.width
            assert 0 < y < plan.size.height
    counted = sum(int(n.replace(",", "")) for n in re.findall(r"· ([\d,]+)</text>", picture))
    assert counted == len(hall.seats)


async def test_a_hall_sells(hall: FileConcert, settings: Settings) -> None:
    async with open_runtime(settings) as runtime:
        sold = await sell_some(runtime, hall, random.Random(1))  # noqa: S311
        assert sold.sold
        assert sold.held or len(hall.plan.sections) + len(hall.plan.areas) == 1
        if hall.id == "club":
            await empty_an_area(runtime, hall)


# --- Any hall ------------------------------------------------------------------------------------

HEAD = """
id = "any-{n}"
title = "Any"
artist = "Any"
venue = "Any"
sale_opens_at = 2026-01-01T00:00:00Z
[queue]
active_limit = 10
admit_per_minute = 10
[[performances]]
id = "any-{n}-1"
starts_at = 2030-01-01T10:00:00Z
"""
names = st.sampled_from(["1층", "A", "B구역", "スタンド", "east wing", "Ω", "좌측 2"])


@st.composite
def halls(draw: st.DrawFn) -> str:
    """Draw the tables of a hall that keeps every rule."""
    grades = draw(st.dictionaries(names, st.integers(0, 100_000), min_size=1, max_size=4))
    text = "".join(f'[[grades]]\nname = "{name}"\nprice = {grades[name]}\n' for name in grades)
    grade = st.sampled_from(sorted(grades))
    for n in range(draw(st.integers(0, 3))):
        rows = ", ".join(
            f'"{row}:1-{draw(st.integers(1, 12))}"'
            for row in ascii_uppercase[: draw(st.integers(1, 4))]
        )
        curve = draw(st.sampled_from(["", "curve = 200", "seat_gap = 12, reversed = true"]))
        text += f'[[sections]]\nname = "S{n}"\ngrade = "{draw(grade)}"\nrows = [{rows}]\n'
        text += f"layout = {{ {curve} }}\n" if curve else ""
    areas = draw(st.lists(names, unique=True, min_size="sections" not in text, max_size=3))
    for n, name in enumerate(areas):
        capacity, first = draw(st.integers(1, 40)), draw(st.integers(1, 90_000))
        numbering = draw(st.sampled_from(["{area}-{entry}", f"{n}/{{entry}}", f"{{entry}}번-{n}"]))
        text += f'[[areas]]\nname = "{name}"\ngrade = "{draw(grade)}"\ncapacity = {capacity}\n'
        text += f'first_entry = {first}\nnumbering = "{numbering}"\n'
        if draw(st.booleans()):
            x, y = 2_000 + 300 * n, draw(st.integers(-500, 500))
            turn = draw(st.integers(-360, 360))
            text += f"layout = {{ x = {x}, y = {y}, width = 90, height = 60, rotation = {turn} }}\n"
    return text


def test_any_valid_file_loads_draws_sells_and_reconciles(settings: Settings) -> None:
    """Each with a concert of its own, in one database."""
    examples = iter(range(1, 1_000))

    async def carry_out(runtime: Runtime, text: str) -> None:
        concert = parse(HEAD.format(n=next(examples)) + text, "any.toml")
        assert draw(concert.plan, "t", "KRW").count("<polygon") == len(concert.plan.sections) + len(
            concert.plan.areas
        )
        await sell_some(runtime, concert, random.Random(len(text)))  # noqa: S311

    with asyncio.Runner() as runner:
        opened = open_runtime(settings)
        runtime = runner.run(opened.__aenter__())
        try:

            @search(
                max_examples=12,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(halls())
            def check(text: str) -> None:
                runner.run(carry_out(runtime, text))

            check()
        finally:
            runner.run(opened.__aexit__(None, None, None))
