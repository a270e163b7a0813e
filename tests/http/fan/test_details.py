"""What the organiser says of a concert, over HTTP: safe HTML, and kept for ever by its version."""

import msgspec

from helpers.concerts import HALL, concert, load_concert
from helpers.http import Site, open_site
from yemae.concerts.details import CastMember, Details, Organiser
from yemae.settings import Settings

DETAILS = f"/v1/concerts/{HALL}/details"
SAID = Details(
    running_time_minutes=120,
    interval_minutes=15,
    minimum_age=8,
    description="**눈** <script>",
    notices_en="- Be early",
    cast=(CastMember("서윤별", name_en="Seo Yunbyeol"),),
    organiser=Organiser("작은숲", phone="02-000-0000"),
    address="서울",
    map_url="https://maps.example.com/x",
)


async def load(settings: Settings, details: Details) -> None:
    await load_concert(settings, msgspec.structs.replace(concert(), details=details))


async def test_the_details_of_a_file_are_shown_with_safe_html(settings: Settings) -> None:
    async with open_site(settings) as site:
        await load(settings, SAID)
        await site.runtime.catalogue.refresh()
        assert (await site.get(DETAILS)).json() == {
            "running_time_minutes": 120,
            "interval_minutes": 15,
            "minimum_age": 8,
            "description": "<p><strong>눈</strong> &lt;script&gt;</p>\n",
            "description_en": None,
            "notices": None,
            "notices_en": "<ul>\n<li>Be early</li>\n</ul>\n",
            "cast": [{"name": "서윤별", "name_en": "Seo Yunbyeol"}],
            "organiser": {"name": "작은숲", "phone": "02-000-0000"},
            "address": "서울",
            "address_en": None,
            "map_url": "https://maps.example.com/x",
        }


async def test_a_concert_without_details_has_nothing_to_tell(site: Site) -> None:
    assert (await site.get(f"/v1/concerts/{HALL}")).json()["details"] is None
    shown = (await site.get(DETAILS)).json()
    assert shown.pop("cast") == []
    assert set(shown.values()) == {None}


async def test_details_are_kept_for_ever_by_their_version_and_a_minute_without(
    settings: Settings,
) -> None:
    async with open_site(settings) as site:
        await load(settings, SAID)
        await site.runtime.catalogue.refresh()
        version = (await site.get(f"/v1/concerts/{HALL}")).json()["details"]
        by_version = await site.get(f"{DETAILS}?v={version}")
        assert by_version.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert (await site.get(DETAILS)).headers["cache-control"] == "public, max-age=60"
        assert (await site.get(f"{DETAILS}?v=another")).headers["cache-control"] == "no-store"
        again = await site.get(DETAILS, headers={"If-None-Match": by_version.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_other_details_are_seen_soon_and_have_another_version(settings: Settings) -> None:
    async with open_site(settings) as site:
        await load(settings, SAID)
        await site.runtime.catalogue.refresh()
        before = await site.get(DETAILS)
        await load(settings, msgspec.structs.replace(SAID, minimum_age=0))
        # The server has not looked at the catalogue yet, and what it knows of is dropped.
        site.runtime.details._known._kept.clear()
        after = await site.get(DETAILS)
        assert after.json()["minimum_age"] == 0
        assert after.headers["etag"] != before.headers["etag"]


async def test_names_in_english_stand_beside_the_others(settings: Settings) -> None:
    async with open_site(settings) as site:
        await load_concert(
            settings, msgspec.structs.replace(concert(), title_en="First Snow", venue_en="The Hall")
        )
        await site.runtime.catalogue.refresh()
        shown = (await site.get(f"/v1/concerts/{HALL}")).json()
        assert (shown["title"], shown["title_en"], shown["artist_en"]) == (
            "Test",
            "First Snow",
            None,
        )
        (fan,) = await site.enter("fan")
        order = (await fan.hold("1")).json()
        assert (order["concert_title_en"], order["venue_en"]) == ("First Snow", "The Hall")
