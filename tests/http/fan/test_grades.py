"""Prices and seats left by grade, for fans who are not inside."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from helpers.blocks import block
from helpers.concerts import FIRST, HALL, SECOND, SMALL, TEXT, concert
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.sales import ENDED, LAST_CALL, in_phases
from helpers.time_travel import travel
from yemae.concerts import grade_counts
from yemae.concerts.files.concert_file import parse
from yemae.refusals import ConcertNotFound
from yemae.settings import Settings

PATH = f"/v1/concerts/{HALL}/grades"
TWO_GRADES = """
id = "hall"
title = "Test"
artist = "Testers"
venue = "Hall"
sale_opens_at = 2026-01-01T00:00:00Z
seat_limit = 4
numbering = "{seat}"

[queue]
active_limit = 100
admit_per_minute = 600
entry_ttl_s = 600
absent_after_s = 45

[[grades]]
name = "S"
price = 50000

[[grades]]
name = "R"
price = 70000

[[sections]]
name = "Floor"
grade = "S"
rows = ["A:1-30"]

[[sections]]
name = "Front"
grade = "R"
rows = ["B:31-34"]

[[performances]]
id = "hall-1"
starts_at = 2030-01-01T10:00:00Z
"""


@pytest.fixture
def counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No count is kept."""
    monkeypatch.setattr(grade_counts, "KEPT_S", 0.0)
    monkeypatch.setattr(grade_counts, "COST_MAX", float("inf"))


def grade(left: int, name: str = "R", price: int = 50_000, total: int = 10) -> dict[str, Any]:
    return {"name": name, "price": price, "seats_total": total, "seats_left": left}


@pytest.mark.usefixtures("counted_at_once")
async def test_every_fan_sees_what_each_grade_costs_and_has_left(inside: Visitor) -> None:
    site = inside.site
    answer = await site.get(PATH)
    assert answer.headers["cache-control"] == "public, max-age=5"
    assert answer.json() == {
        "dates": [
            {"id": FIRST, "sold_out": False, "grades": [grade(10)]},
            {"id": SECOND, "sold_out": False, "grades": [grade(10)]},
        ]
    }
    await inside.held("1", "2", "3", "4")
    assert (await site.get(PATH)).json()["dates"][0]["grades"] == [grade(5)], "6 is shown as 5"
    travel(site.runtime, 301)
    assert (await site.get(PATH)).json()["dates"][0]["grades"] == [grade(10)], "held seats lapse"


@pytest.mark.usefixtures("counted_at_once")
async def test_a_grade_is_the_dearest_first_and_counted_alone(settings: Settings) -> None:
    async with open_site(settings, parse(TWO_GRADES, "hall.toml")) as site:
        assert (await site.get(PATH)).json()["dates"][0]["grades"] == [
            grade(2, "R", 70_000, 4),
            grade(20, "S", 50_000, 30),
        ]


@pytest.mark.usefixtures("counted_at_once")
async def test_a_grade_has_the_english_name_that_the_file_gives_it(settings: Settings) -> None:
    text = TWO_GRADES.replace('name = "R"\nprice', 'name = "R"\nname_en = "Front rows"\nprice')
    async with open_site(settings, parse(text, "hall.toml")) as site:
        assert (await site.get(PATH)).json()["dates"][0]["grades"] == [
            {**grade(2, "R", 70_000, 4), "name_en": "Front rows"},
            grade(20, "S", 50_000, 30),
        ]


async def test_the_grades_of_dates_that_another_phase_sells_are_shown_too(
    settings: Settings,
) -> None:
    async with open_site(settings, in_phases()) as site:
        dates = (await site.get(PATH)).json()["dates"]
        assert [date["id"] for date in dates] == [FIRST, SECOND, "hall-3"]
    ended = TEXT.format(**SMALL).replace("sale_opens_at", f"{ENDED}\nsale_opens_at", 1)
    async with open_site(settings, parse(ended + LAST_CALL, "hall.toml")) as site:
        assert len((await site.get(PATH)).json()["dates"]) == 2


async def test_a_concert_without_dates_to_come_has_no_grades(site: Site) -> None:
    at = datetime(2031, 1, 1, tzinfo=UTC)
    travel(site.runtime, at.timestamp() - site.runtime.now().timestamp())
    assert (await site.get(PATH)).json() == {"dates": []}


@pytest.mark.usefixtures("counted_at_once")
async def test_a_date_is_sold_out_when_its_last_seat_is_sold_and_not_when_it_is_held(
    settings: Settings,
) -> None:
    async with open_site(settings, concert(seats=1)) as site:
        (fan,) = await site.enter("fan")
        await fan.held("1")
        first, second = (await site.get(PATH)).json()["dates"]
        assert (first["sold_out"], first["grades"]) == (False, [grade(0, total=1)])
        async with site.runtime.postgres.transaction() as tx:
            await tx.send(b"update seats set held_until = 'infinity' where held_until is not null")
        first, second = (await site.get(PATH)).json()["dates"]
        assert (first["sold_out"], second["sold_out"]) == (True, False)


@pytest.mark.usefixtures("counted_at_once")
@pytest.mark.parametrize("releases_at", [None, datetime(2029, 1, 1, tzinfo=UTC)])
async def test_a_date_whose_rest_is_blocked_is_sold_out(
    settings: Settings, releases_at: datetime | None
) -> None:
    async with open_site(settings, concert(seats=2)) as site:
        await block(site.runtime, "1", "2", releases_at=releases_at)
        first, second = (await site.get(PATH)).json()["dates"]
        assert (first["sold_out"], first["grades"]) == (True, [grade(0, total=2)])
        assert (second["sold_out"], second["grades"]) == (False, [grade(2, total=2)])


@pytest.mark.usefixtures("counted_at_once")
async def test_a_date_that_has_begun_is_not_counted(site: Site) -> None:
    at = datetime(2030, 1, 1, 10, 0, 1, tzinfo=UTC)
    travel(site.runtime, at.timestamp() - site.runtime.now().timestamp())
    assert [date["id"] for date in (await site.get(PATH)).json()["dates"]] == [SECOND]


async def test_the_seats_are_counted_once_for_all_who_ask_within_seconds(
    inside: Visitor,
) -> None:
    site = inside.site
    first = await site.get(PATH)
    await inside.held("1", "2", "3", "4")
    again = await site.get(PATH)
    assert again.json() == first.json(), "kept"
    known = {"If-None-Match": first.headers["etag"]}
    assert (await site.get(PATH, headers=known)).status_code == 304


async def test_a_count_that_takes_long_is_kept_for_longer(site: Site) -> None:
    counts, known = grade_counts.GradeCounts(), site.runtime.catalogue.concert(HALL)
    quick = counts.keep(known, known.performances, [], {}, 0.001)
    slow = counts.keep(known, known.performances, [], {}, 1.0)
    assert slow.kept_until - quick.kept_until > 40.0


async def test_only_the_latest_concerts_are_kept(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grade_counts, "CONCERTS_KEPT_MAX", 1)
    counts, known = grade_counts.GradeCounts(), site.runtime.catalogue.concert(HALL)
    other = msgspec.structs.replace(known, id="other")
    counts.keep(known, (), [], {}, 0.0)
    counts.keep(other, (), [], {}, 0.0)
    assert counts.of(known) is None
    assert counts.of(other) is not None


async def test_the_grades_of_a_concert_that_does_not_exist_are_not_found(site: Site) -> None:
    assert problem_of(await site.get("/v1/concerts/nowhere/grades"), 404, "concert-not-found") == {}
    # It may be removed while a request waits.
    with pytest.raises(ConcertNotFound):
        await site.batches.grades.submit("nowhere")
