"""The head of a concert's page: what search engines and previews read, and nothing that runs."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from helpers.concerts import FIRST, HALL, SECOND, concert
from helpers.http import Site, open_site
from helpers.sales import in_phases
from helpers.time_travel import travel
from yemae.concerts.details import Details
from yemae.concerts.files.concert_file import parse
from yemae.http.site import concert_page
from yemae.http.site.concert_head import DESCRIPTION_MAX_CHARS
from yemae.sale.cancel_date import cancel_date, postpone_date
from yemae.settings import BUILT_PAGE as BUILT
from yemae.settings import Settings

ADDRESS = f"/concerts/{HALL}"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
INDEX = (BUILT / "index.html").read_text()
NASTY = """
id = "hall"
title = '</script><script>alert("1")</script>'
artist = "A & B's"
venue = 'Hall "One"'
currency = "USD"
sale_opens_at = 2026-01-01T00:00:00Z
seat_limit = 4

[queue]
active_limit = 100
admit_per_minute = 600
entry_ttl_s = 600
absent_after_s = 45

[[grades]]
name = "R"
price = 1205

[[sections]]
name = "Floor"
grade = "R"
rows = ["A:1-3"]

[[performances]]
id = "hall-1"
starts_at = 2030-05-03T20:00:00+09:00
"""


def events(page: httpx.Response) -> list[dict[str, Any]]:
    """The data for search engines."""
    (text,) = DATA.findall(page.text)
    found: list[dict[str, Any]] = json.loads(text)
    return found


def meta(page: httpx.Response, name: str) -> str:
    (found,) = re.findall(rf'<meta (?:name|property)="{name}" content="(.*?)" />', page.text)
    return str(found)


async def test_a_concert_s_page_says_what_the_concert_is(site: Site) -> None:
    page = await site.client.get(ADDRESS)
    assert "<title>Test · Testers · Yemae</title>" in page.text
    assert page.text.count("<title>") == 1
    assert meta(page, "og:title") == "Test · Testers"
    assert meta(page, "og:url") == f"http://test/concerts/{HALL}"
    assert meta(page, "og:image") == "http://test/icon-512.png"
    about = "Testers · Hall · 2030-01-01 – 2030-01-02"
    assert meta(page, "description") == meta(page, "og:description") == about
    assert f'<link rel="canonical" href="http://test/concerts/{HALL}" />' in page.text
    first, second = events(page)
    assert first == {
        "@context": "https://schema.org",
        "@type": "MusicEvent",
        "name": "Test",
        "startDate": "2030-01-01T10:00:00.000+00:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": "Hall", "address": "Hall"},
        "performer": {"@type": "PerformingGroup", "name": "Testers"},
        "image": ["http://test/icon-512.png"],
        "url": f"http://test/concerts/{HALL}",
        "offers": {
            "@type": "Offer",
            "url": f"http://test/concerts/{HALL}",
            "price": "50000",
            "priceCurrency": "KRW",
            "availability": "https://schema.org/InStock",
            "validFrom": "2026-01-01T00:00:00.000Z",
        },
    }
    assert second["startDate"] == "2030-01-02T10:00:00.000+00:00"
    # All else is the page as it is at every address.
    before, after = re.split(r"<!--head-->.*?<!--/head-->", INDEX, flags=re.DOTALL)
    assert page.text.startswith(before)
    assert page.text.endswith(after)


async def test_a_date_that_is_cancelled_or_moved_is_so_for_search_engines(site: Site) -> None:
    later = datetime(2030, 3, 1, 10, tzinfo=UTC)
    await cancel_date(site.runtime, "op", FIRST, "Why")
    await postpone_date(site.runtime, "op", SECOND, later, "Why")
    cancelled, moved = events(await site.client.get(ADDRESS))
    assert cancelled["eventStatus"] == "https://schema.org/EventCancelled"
    assert "offers" not in cancelled
    assert moved["eventStatus"] == "https://schema.org/EventRescheduled"
    assert moved["startDate"] == "2030-03-01T10:00:00.000+00:00"
    assert moved["previousStartDate"] == "2030-01-02T10:00:00.000+00:00"


async def test_no_text_of_a_concert_ends_the_data_or_a_tag(settings: Settings) -> None:
    async with open_site(settings, parse(NASTY, "hall.toml")) as site:
        page = await site.client.get(ADDRESS)
        (event,) = events(page)
        assert event["name"] == '</script><script>alert("1")</script>'
        assert event["offers"]["price"] == "12.05"
        assert event["startDate"] == "2030-05-03T20:00:00.000+09:00"
        assert "alert(&quot;1&quot;)" in meta(page, "og:title")
        assert (
            meta(page, "og:description") == "A &amp; B&#x27;s · Hall &quot;One&quot; · 2030-05-03"
        )
        scripts = re.findall(r"<script(?![^>]* src=)[^>]*>", page.text)
        assert scripts == ['<script type="application/ld+json">']
        policy = page.headers["content-security-policy"]
        assert "script-src 'self';" in policy


async def test_the_head_follows_the_sale(settings: Settings) -> None:
    usual = concert()
    async with open_site(settings, usual) as site:
        begins = [date.starts_at.timestamp() for date in usual.performances]
        for at, offers in (
            (datetime(2025, 1, 1, tzinfo=UTC).timestamp(), ["PreOrder", "PreOrder"]),
            (begins[0] + 1, ["InStock"]),
        ):
            travel(site.runtime, at - site.runtime.now().timestamp())
            found = events(await site.client.get(ADDRESS))
            assert [event["offers"]["availability"].split("/")[-1] for event in found] == offers
        travel(site.runtime, begins[1] + 1 - site.runtime.now().timestamp())
        page = await site.client.get(ADDRESS)
        assert DATA.findall(page.text) == [], "nothing is to come"
        assert meta(page, "og:title") == "Test · Testers"


async def test_the_head_has_the_dates_of_every_phase(settings: Settings) -> None:
    async with open_site(settings, in_phases()) as site:
        starts = [event["startDate"] for event in events(await site.client.get(ADDRESS))]
        assert [start[:10] for start in starts] == ["2030-01-01", "2030-01-02", "2030-01-03"]


async def test_an_organiser_s_poster_and_english_title_are_in_the_head(site: Site) -> None:
    catalogue = site.runtime.catalogue
    catalogue.queues[HALL] = msgspec.structs.replace(
        catalogue.concert(HALL), poster="5f70bf18a086", title_en="A Test"
    )
    page = await site.client.get(ADDRESS)
    image = f"http://test/v1/concerts/{HALL}/poster?v=5f70bf18a086"
    assert meta(page, "og:image") == image
    for event in events(page):
        assert (event["image"], event["alternateName"]) == ([image], "A Test")


async def test_the_organiser_s_description_is_in_the_data_as_plain_text(
    settings: Settings,
) -> None:
    said = Details(
        description="## 눈\n\n**한 사람**의 목소리와\n[기타](https://example.com) </script>"
    )
    async with open_site(settings, msgspec.structs.replace(concert(), details=said)) as site:
        first, second = events(await site.client.get(ADDRESS))
        words = "눈 한 사람의 목소리와 기타 </script>"
        assert first["description"] == second["description"] == words


async def test_a_long_description_ends_with_a_whole_word(settings: Settings) -> None:
    said = Details(description_en="word " * 200)
    async with open_site(settings, msgspec.structs.replace(concert(), details=said)) as site:
        event = events(await site.client.get(ADDRESS))[0]
        assert event["description"].endswith("word word…")
        assert len(event["description"]) <= DESCRIPTION_MAX_CHARS


async def test_a_page_whose_details_cannot_be_read_is_answered_without_them(site: Site) -> None:
    catalogue = site.runtime.catalogue
    catalogue.queues[HALL] = msgspec.structs.replace(catalogue.concert(HALL), details="gone")
    page = await site.client.get(ADDRESS)
    assert meta(page, "og:title") == "Test · Testers"
    assert "description" not in events(page)[0]


async def test_search_engines_are_asked_to_leave_a_hidden_concert_out(site: Site) -> None:
    assert 'name="robots"' not in (await site.client.get(ADDRESS)).text
    catalogue = site.runtime.catalogue
    catalogue.queues[HALL] = msgspec.structs.replace(catalogue.concert(HALL), hidden=True)
    assert meta(await site.client.get(ADDRESS), "robots") == "noindex"


async def test_a_head_that_has_not_changed_costs_an_empty_answer(site: Site) -> None:
    first = await site.client.get(ADDRESS, headers={"Accept-Encoding": "gzip, br"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["cache-control"] == "no-cache"
    again = {"If-None-Match": first.headers["etag"], "Accept-Encoding": "gzip, br"}
    same = await site.client.get(ADDRESS, headers=again)
    assert (same.status_code, same.content) == (304, b"")
    plain = await site.client.get(ADDRESS, headers={"Accept-Encoding": "identity"})
    assert plain.text == first.text
    assert plain.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({"Host": "tickets.example.com"}, "http://tickets.example.com"),
        ({"Host": "tickets.example.com:8443"}, "http://tickets.example.com:8443"),
        ({"Host": "[::1]:8000"}, "http://[::1]:8000"),
        ({"Host": "a.example", "X-Forwarded-Proto": "https"}, "https://a.example"),
        ({"Host": "a.example", "X-Forwarded-Proto": "javascript"}, "http://a.example"),
    ],
)
async def test_addresses_in_the_head_are_those_that_the_client_asked(
    site: Site, headers: dict[str, str], origin: str
) -> None:
    page = await site.client.get(ADDRESS, headers=headers)
    assert meta(page, "og:url") == f"{origin}/concerts/{HALL}"


@pytest.mark.parametrize(
    "host", ["", "a b", '"><script>', "a.example/..", "a@b", "[::1", "x" * 300]
)
async def test_a_host_that_is_none_gets_the_page_as_it_is(site: Site, host: str) -> None:
    page = await site.client.get(ADDRESS, headers={"Host": host})
    assert page.text == INDEX


@pytest.mark.parametrize(
    ("port", "origin"), [(443, "https://a.example"), (8443, "https://a.example:8443")]
)
async def test_with_a_domain_addresses_have_it(settings: Settings, port: int, origin: str) -> None:
    async with open_site(settings, domain="a.example", https_port=port) as site:
        assert meta(await site.client.get(ADDRESS), "og:url") == f"{origin}/concerts/{HALL}"


async def test_a_concert_that_does_not_exist_gets_the_page_as_it_is(site: Site) -> None:
    assert (await site.client.get("/concerts/nowhere")).text == INDEX


async def test_only_the_latest_heads_are_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """One host after the other makes another head of the same concert."""
    monkeypatch.setattr(concert_page, "PAGES_KEPT_MAX", 2)
    for number in (1, 2, 3, 1):
        page = await site.client.get(ADDRESS, headers={"Host": f"host-{number}"})
        assert meta(page, "og:url") == f"http://host-{number}/concerts/{HALL}"


async def test_an_own_page_without_a_place_for_the_head_is_left_alone(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>Ours</title>")
    (tmp_path / "routes.json").write_text('["/", "/concerts/{concert}"]')
    async with open_site(settings, page_dir=tmp_path) as site:
        assert (await site.client.get(ADDRESS)).text == "<!doctype html><title>Ours</title>"
    (tmp_path / "index.html").write_text("<!--head--><title>Ours</title><!--/head--><p>Hello")
    async with open_site(settings, page_dir=tmp_path) as site:
        page = await site.client.get(ADDRESS)
        assert page.text.startswith("<title>Test · Testers · Yemae</title>")
        assert page.text.endswith("<p>Hello")
        packed = await site.client.get(ADDRESS, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"


async def test_the_icons_of_the_page_and_its_manifest_are_there(site: Site) -> None:
    manifest = await site.client.get("/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    icons = [icon["src"] for icon in manifest.json()["icons"]]
    for path in (*icons, "/apple-touch-icon.png"):
        icon = await site.client.get(path)
        assert icon.status_code == 200
        assert icon.headers["content-type"].startswith("image/")
