"""Calendar files of openings and performances: for any caller, in the fan's language."""

import pytest

from helpers.concerts import FIRST, HALL, SMALL, TEXT
from helpers.http import Site, open_site, problem_of
from yemae.concerts.files.concert_file import parse
from yemae.settings import Settings

OPENING = f"/v1/concerts/{HALL}/opening.ics"
PERFORMANCE = f"/v1/performances/{FIRST}/calendar.ics"
FROM = {"host": "tickets.example.com:8443"}


async def lines(site: Site, path: str, **headers: str) -> list[str]:
    answer = await site.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=10"
    return answer.text.replace("\r\n ", "").split("\r\n")


async def test_the_opening_of_a_sale_reminds_before_it(site: Site) -> None:
    found = await lines(site, OPENING, **FROM)
    assert "UID:opening-hall@tickets.example.com" in found
    assert "DTSTART:20260101T000000Z" in found
    assert "SUMMARY:Sale opens: Test" in found
    assert "URL:http://tickets.example.com:8443/concerts/hall" in found
    assert "TRIGGER:-PT10M" in found
    assert "DESCRIPTION:Venue time 2026-01-01 00:00Z" in found


async def test_a_performance_is_at_its_venue(site: Site) -> None:
    found = await lines(site, PERFORMANCE, **FROM)
    assert "UID:performance-hall-1@tickets.example.com" in found
    assert "DTSTART:20300101T100000Z" in found
    assert "SUMMARY:Test" in found
    assert "LOCATION:Hall" in found
    assert "BEGIN:VALARM" not in found


@pytest.mark.parametrize("path", [OPENING, PERFORMANCE])
async def test_a_calendar_file_has_a_name_and_the_fan_s_language(site: Site, path: str) -> None:
    answer = await site.get(f"{path}?language=ko")
    name = "hall-opening" if path == OPENING else FIRST
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.ics"'
    assert "DESCRIPTION:공연장 시각 " in answer.text
    refused = problem_of(await site.get(f"{path}?language=fr"), 422, "invalid-request")
    assert refused["errors"][0]["field"] == "language"


async def test_names_are_in_english_where_the_file_has_them(settings: Settings) -> None:
    names = 'title_en = "First Snow"\nvenue_en = "Small Forest"\n'
    text = TEXT.format(**SMALL).replace("seat_limit", f"{names}seat_limit", 1)
    async with open_site(settings, parse(text, "hall.toml")) as site:
        assert "SUMMARY:Sale opens: First Snow" in await lines(site, OPENING)
        english = await lines(site, PERFORMANCE)
        assert {"SUMMARY:First Snow", "LOCATION:Small Forest"} <= set(english)
        korean = await lines(site, f"{PERFORMANCE}?language=ko")
        assert {"SUMMARY:Test", "LOCATION:Hall"} <= set(korean)


async def test_a_host_that_is_no_name_is_in_no_file(site: Site) -> None:
    found = await lines(site, PERFORMANCE, host="bad host;x")
    assert "UID:performance-hall-1@localhost" in found
    assert not [line for line in found if line.startswith("URL:")]
    (version_6,) = (
        line for line in await lines(site, PERFORMANCE, host="[::1]:80") if line.startswith("URL:")
    )
    assert version_6 == "URL:http://[::1]:80/concerts/hall"


async def test_behind_a_proxy_the_address_is_the_one_that_clients_use(site: Site) -> None:
    found = await lines(site, PERFORMANCE, **FROM, **{"x-forwarded-proto": "https"})
    assert "URL:https://tickets.example.com:8443/concerts/hall" in found


async def test_what_does_not_exist_is_in_no_calendar(site: Site) -> None:
    for path in ("/v1/concerts/nothing/opening.ics", "/v1/performances/nothing/calendar.ics"):
        slug = "concert-not-found" if "concerts" in path else "performance-not-found"
        problem_of(await site.get(path), 404, slug)
