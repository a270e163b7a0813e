"""The plan over HTTP: the same for everybody, compressed, and kept for ever by its version."""

import gzip

import msgspec
import pytest

from helpers.concerts import FIRST, HALL, SECOND, concert, load_concert
from helpers.http import Site, Visitor, open_site, problem_of
from yemae.settings import Settings

PLAN = f"/v1/performances/{FIRST}/plan"


async def test_everybody_sees_the_plan_in_the_order_of_the_seats(
    site: Site, inside: Visitor
) -> None:
    plan = (await site.get(PLAN)).json()
    seats = (await inside.get(f"/v1/performances/{FIRST}/seats")).json()["seats"]
    assert plan["seats"]["number"] == [seat["number"] for seat in seats]
    assert plan["grades"] == [{"name": "R", "price": 50_000, "color": 0}]
    assert [(s["name"], s["first_seat"], s["seats"]) for s in plan["sections"]] == [
        ("Floor", 0, 10)
    ]


async def test_a_plan_is_kept_for_ever_by_its_version_and_a_minute_without(
    site: Site, inside: Visitor
) -> None:
    dates = (await inside.get(f"/v1/concerts/{HALL}/performances")).json()["performances"]
    (version,) = {date["plan"] for date in dates}
    by_version = await site.get(f"{PLAN}?v={version}")
    assert by_version.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await site.get(PLAN)).headers["cache-control"] == "public, max-age=60"
    # This process may not have heard of the other plan yet, and its own goes by its own name only.
    assert (await site.get(f"{PLAN}?v=another")).headers["cache-control"] == "no-store"
    assert by_version.headers["etag"] == f'W/"{version}"'
    again = await site.get(PLAN, headers={"If-None-Match": by_version.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    changed = await site.get(PLAN, headers={"If-None-Match": 'W/"another"'})
    assert changed.status_code == 200
    assert (await site.get(f"/v1/performances/{SECOND}/plan")).headers["etag"] == f'W/"{version}"'


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("br, GZIP;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip ; q = 0.000", None),
        ("br", None),
        ("identity", None),
    ],
)
async def test_a_plan_is_compressed_for_those_who_take_it(
    site: Site, accepted: str, coding: str | None
) -> None:
    answer = await site.get(PLAN, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.json() == (await site.get(PLAN)).json()


async def test_another_plan_is_seen_soon_and_has_another_version(settings: Settings) -> None:
    async with open_site(settings) as site:
        before = await site.get(PLAN)
        await load_concert(settings, concert(seats=12))
        # The server has not looked at the catalogue yet, and what it knows of is dropped.
        site.runtime.plans._kept.clear()
        after = await site.get(PLAN)
        assert len(after.json()["seats"]["number"]) == 12
        assert after.headers["etag"] != before.headers["etag"]


async def test_a_performance_from_before_there_were_plans_has_a_plain_one(
    settings: Settings,
) -> None:
    await load_concert(settings)
    async with open_site(settings) as site:
        async with site.runtime.postgres.transaction() as tx:
            await tx.send(b"update performances set plan = null")
            await tx.send(b"delete from plans")
        keys = site.runtime.catalogue.performances
        keys[FIRST] = keys[FIRST]._replace(plan=None)
        answer = await site.get(PLAN)
        assert answer.json()["seats"]["number"] == [str(number) for number in range(1, 11)]
        assert answer.headers["etag"] == (await site.get(PLAN)).headers["etag"]


async def test_plans_that_no_performance_has_any_more_are_dropped(settings: Settings) -> None:
    async with open_site(settings) as site:
        for seats in (12, 14):
            await load_concert(settings, concert(seats=seats))
        async with site.runtime.postgres.transaction() as tx:
            rows = await tx.fetch(b"select content from plans")
        (content,) = [row.content for row in rows]
        assert len(msgspec.json.decode(gzip.decompress(content))["seats"]["number"]) == 14


async def test_a_performance_that_does_not_exist_has_no_plan(site: Site) -> None:
    assert (
        problem_of(await site.get("/v1/performances/nowhere/plan"), 404, "performance-not-found")
        == {}
    )
