"""Wheelchair places, companion seats and other marks, from the file to the order."""

from collections.abc import AsyncIterator

import pytest

from helpers.concerts import FIRST, SMALL, TEXT, load_concert
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.reconcile import assert_reconciled
from yemae.concerts.files.concert_file import FileConcert, parse
from yemae.settings import Settings

MARKS = """
[[marks]]
mark = "wheelchair"
seats = ["1", "5"]

[[marks]]
mark = "companion"
seats = ["2", "6", "7"]

[[marks]]
mark = "restricted_view"
seats = ["10"]
note = "기둥"
note_en = "A pillar"
"""


def hall(marks: str = MARKS) -> FileConcert:
    return parse(TEXT.format(**SMALL) + marks, "hall.toml")


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(settings, hall()) as opened:
        yield opened


@pytest.mark.parametrize("seats", [["2"], ["2", "3"], ["1", "2", "6"]])
async def test_a_companion_seat_without_a_wheelchair_place_is_refused_and_nothing_is_held(
    site: Site, inside: Visitor, seats: list[str]
) -> None:
    before = await site.contents()
    extra = problem_of(await inside.hold(*seats), 409, "companion-seat-alone")
    assert extra == {"seats": [seat for seat in seats if seat in ("2", "6")]}
    assert await site.contents() == before


async def test_a_companion_comes_with_a_wheelchair_place(site: Site, inside: Visitor) -> None:
    order = (await inside.hold("1", "2")).json()
    assert [seat["marks"] for seat in order["seats"]] == [
        [{"mark": "wheelchair"}],
        [{"mark": "companion"}],
    ]
    # The seat limit counts both.
    assert (await inside.hold("5", "6")).status_code == 201
    problem_of(await inside.hold("3"), 409, "seat-limit-exceeded")
    await assert_reconciled(site.runtime)


async def test_a_wheelchair_place_is_held_alone_too(inside: Visitor) -> None:
    assert (await inside.hold("1")).status_code == 201


async def test_the_notes_of_a_seat_are_on_its_order(inside: Visitor) -> None:
    (seat,) = (await inside.hold("10")).json()["seats"]
    assert seat["marks"] == [{"mark": "restricted_view", "note": "기둥", "note_en": "A pillar"}]


async def test_the_server_chooses_no_seat_that_a_fan_should_know_of_before(
    site: Site, inside: Visitor
) -> None:
    other, third = await site.enter("other", "third")
    best = {"performance_id": FIRST, "best_available": {"grade": "R", "count": 2}}
    held = (await inside.post("/v1/orders", best)).json()
    assert {seat["number"] for seat in held["seats"]} <= {"3", "4", "8", "9"}
    assert (await other.post("/v1/orders", best)).status_code == 201
    # Of the free ones none but those with marks is left.
    extra = problem_of(await third.post("/v1/orders", best), 409, "seats-unavailable")
    assert extra["largest"] == 0


async def test_a_mark_that_changes_reaches_new_holds_only(
    site: Site, settings: Settings, inside: Visitor
) -> None:
    problem_of(await inside.hold("2"), 409, "companion-seat-alone")
    await load_concert(settings, hall(""))
    await site.runtime.catalogue.refresh()
    assert (await inside.hold("2")).status_code == 201
    await load_concert(settings, hall())
    await site.runtime.catalogue.refresh()
    problem_of(await inside.hold("6"), 409, "companion-seat-alone")
    await assert_reconciled(site.runtime)


async def test_the_plan_has_the_marks(site: Site) -> None:
    plan = (await site.get(f"/v1/performances/{FIRST}/plan")).json()
    assert [(each["mark"], each["seats"]) for each in plan["marks"]] == [
        ("wheelchair", [0, 4]),
        ("companion", [1, 5, 6]),
        ("restricted_view", [9]),
    ]
