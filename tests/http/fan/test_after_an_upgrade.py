"""What a server shows of concerts and orders that the last release wrote."""

import pytest

from helpers import released
from helpers.concerts import HALL, SMALL, TEXT, concert, load_concert
from helpers.http import Visitor, open_site
from yemae.back_office.draw_audit import audit
from yemae.concerts.files.concert_file import parse
from yemae.schema import migrate
from yemae.settings import Settings
from yemae.waiting_room import counts, queue_numbers

UNKNOWN = {"floor": None, "section": None, "row": None, "label": None}
KNOWN = {"floor": None, "section": "Floor", "row": "A", "label": "1"}
SEOUL = TEXT.replace("2030-01-01T10:00:00Z", "2030-01-01T19:00:00+09:00").replace(
    "2026-01-01T00:00:00Z", "2026-01-01T09:00:00+09:00"
)


@pytest.fixture
def upgraded(settings: Settings, empty_database_url: str) -> Settings:
    """Settings of a database of the last release that was migrated."""
    released.build(empty_database_url)
    assert migrate.upgrade(empty_database_url)[0] == "0004"
    return settings.replace(database_url=empty_database_url)


async def test_what_an_upgrade_cannot_know_is_null_until_the_file_is_loaded_again(
    upgraded: Settings,
) -> None:
    async with open_site(upgraded, concert(concert_id="other")) as site:
        fan = site.visitor("fan")
        shown = await shown_of(fan)
        assert shown == [None, None, None, UNKNOWN, UNKNOWN]
        text = TEXT.format(**{**SMALL, "seats": 2})
        await load_concert(upgraded, parse(text, "hall.toml"))
        await site.runtime.catalogue.refresh()
        assert await shown_of(fan) == [
            "2026-01-01T00:00:00.000+00:00",
            "2030-01-01T10:00:00.000+00:00",
            "2030-01-01T10:00:00.000+00:00",
            KNOWN,
            KNOWN,
        ]
        await load_concert(upgraded, parse(SEOUL.format(**{**SMALL, "seats": 2}), "hall.toml"))
        await site.runtime.catalogue.refresh()
        assert (await shown_of(fan))[:3] == [
            "2026-01-01T09:00:00.000+09:00",
            "2030-01-01T19:00:00.000+09:00",
            "2030-01-01T19:00:00.000+09:00",
        ]


async def shown_of(fan: Visitor) -> list[object]:
    """The venue's times of the hall and its first date, and where the sold seat is."""
    hall = (await fan.get(f"/v1/concerts/{HALL}")).json()
    order = (await fan.get(f"/v1/orders/{released.ORDER_ID}")).json()
    (seat,), (ticket,) = order["seats"], order["tickets"]
    assert hall["dates"][0]["starts_at_local"] == order["starts_at_local"]
    return [
        hall["sale_opens_at_local"],
        hall["first_performance_at_local"],
        order["starts_at_local"],
        {name: seat[name] for name in UNKNOWN},
        {name: ticket[name] for name in UNKNOWN},
    ]


async def test_a_draw_does_not_follow_from_a_dump_but_one_that_was_published_stays_true(
    upgraded: Settings,
) -> None:
    async with open_site(upgraded, concert(concert_id="new")) as site:
        text = """update concerts set queueing_method = 'draw', sale_opens_at = '2029-12-01Z',
                  revision = default"""
        async with site.runtime.postgres.transaction() as tx:
            await tx.send(text.encode())
            rows = await tx.fetch(b"select id, draw_seed from concerts")
        await site.runtime.catalogue.refresh()
        dumped = {row.id: bytes(row.draw_seed) for row in rows}
        follows = {}
        for concert_id, seed in dumped.items():
            queue = (await site.get(f"/v1/concerts/{concert_id}/queue")).json()
            fan = site.visitor("fan")
            await fan.join(concert_id)
            found = await audit(site.runtime, site.runtime.catalogue.concert(concert_id))
            assert (found.checked, found.wrong, found.seed) == (1, [], None)
            assert queue["draw"]["sealed"] == found.sealed
            numbers = [
                number async for _, number in counts.every_place(site.runtime.valkey, concert_id)
            ]
            follows[concert_id] = (
                queue_numbers.seal(seed) == found.sealed,
                numbers == [queue_numbers.drawn_number(seed, concert_id, "fan")],
            )
        assert follows == {HALL: (True, True), "new": (False, False)}
