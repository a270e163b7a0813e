"""The API tells moments in UTC, beside them the same on the venue's clocks, and whose these are."""

from collections.abc import AsyncIterator

import pytest

from helpers.concerts import FIRST, HALL, SMALL, TEXT
from helpers.http import Site, open_site
from yemae.concerts.files.concert_file import FileConcert, parse
from yemae.settings import Settings

PLACE = "America/New_York"


def in_new_york() -> FileConcert:
    """The hall, whose sale opens in winter and whose first date is in summer."""
    text = TEXT.format(**SMALL)
    text = text.replace('venue = "Hall"', f'venue = "Hall"\ntime_zone = "{PLACE}"')
    text = text.replace("2026-01-01T00:00:00Z", "2026-01-01T11:00:00")
    text = text.replace("2030-01-01T10:00:00Z", "2029-07-01T20:00:00")
    return parse(text.replace("2030-01-02T10:00:00Z", "2030-01-02T20:00:00-05:00"), "hall.toml")


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """A site that sells this hall."""
    async with open_site(settings, in_new_york()) as opened:
        yield opened


async def test_a_concert_and_its_dates_name_the_zone_and_tell_its_time(site: Site) -> None:
    (listed,) = (await site.get("/v1/concerts")).json()["concerts"]
    shown = (await site.get(f"/v1/concerts/{HALL}")).json()
    for concert in (listed, shown):
        assert concert["time_zone"] == PLACE
        assert concert["sale_opens_at"] == "2026-01-01T16:00:00.000Z"
        assert concert["sale_opens_at_local"] == "2026-01-01T11:00:00.000-05:00"
        assert concert["first_performance_at_local"] == "2029-07-01T20:00:00.000-04:00"
        assert concert["last_performance_at_local"] == "2030-01-02T20:00:00.000-05:00"
    assert [date["starts_at_local"] for date in shown["dates"]] == [
        "2029-07-01T20:00:00.000-04:00",
        "2030-01-02T20:00:00.000-05:00",
    ]


async def test_the_queue_names_the_zone(site: Site) -> None:
    queue = (await site.get(f"/v1/concerts/{HALL}/queue")).json()
    assert queue["time_zone"] == PLACE
    assert queue["sale_opens_at_local"] == "2026-01-01T11:00:00.000-05:00"


async def test_a_performance_and_an_order_name_the_zone(site: Site) -> None:
    (fan,) = await site.enter("fan")
    dates = (await fan.get(f"/v1/concerts/{HALL}/performances")).json()["performances"]
    order = (await fan.hold("1")).json()
    for shown in (dates[0], order):
        assert shown["time_zone"] == PLACE
        assert shown["starts_at"] == "2029-07-02T00:00:00.000Z"
        assert shown["starts_at_local"] == "2029-07-01T20:00:00.000-04:00"
    assert order["performance_id"] == FIRST
