"""Concerts for everybody, dates and seats for those who are inside."""

import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from helpers.concerts import FIRST, HALL, SEATS, SECOND, concert
from helpers.http import Site, Visitor, open_site, problem_of, until
from helpers.sales import GENERAL_SALE
from helpers.time_travel import travel
from yemae.settings import Settings

DATES = f"/v1/concerts/{HALL}/performances"
LISTS = ["/v1/concerts", "/v1/orders", "/v1/wallet/transfers"]
SHOWN = {
    "id": HALL,
    "title": "Test",
    "artist": "Testers",
    "venue": "Hall",
    "title_en": None,
    "artist_en": None,
    "venue_en": None,
    "time_zone": None,
    "currency": "KRW",
    "price_from": 50_000,
    "seat_limit": 4,
    "seat_limit_per_concert": None,
    "sale_opens_at": "2026-01-01T00:00:00.000Z",
    "sale_opens_at_local": "2026-01-01T00:00:00.000+00:00",
    "first_performance_at": "2030-01-01T10:00:00.000Z",
    "first_performance_at_local": "2030-01-01T10:00:00.000+00:00",
    "last_performance_at": "2030-01-02T10:00:00.000Z",
    "last_performance_at_local": "2030-01-02T10:00:00.000+00:00",
    "schedule": "as_planned",
    **dict.fromkeys(("poster", "next_opening_at", "next_opening_at_local")),
}
AS_PLANNED = {
    "schedule": "as_planned",
    **dict.fromkeys(("postponed_from", "postponed_from_local", "refundable_until")),
}
LISTED = {**SHOWN, "state": "open", "queueing_method": "fifo"}


async def at(site: Site, timestamp: float) -> None:
    travel(site.runtime, timestamp - time.time())


async def test_everybody_sees_the_concerts(site: Site) -> None:
    answer = await site.get("/v1/concerts")
    assert answer.json() == {"concerts": [LISTED], "next_cursor": None}


async def test_a_list_of_concerts_that_has_not_changed_costs_an_empty_answer(site: Site) -> None:
    first = await site.get("/v1/concerts")
    assert first.headers["cache-control"] == "public, no-cache"
    known = {"If-None-Match": first.headers["etag"]}
    same = await site.get("/v1/concerts", headers=known)
    assert (same.status_code, same.content) == (304, b"")
    await at(site, site.runtime.catalogue.concert(HALL).performances[1].starts_at.timestamp() + 1)
    assert (await site.get("/v1/concerts", headers=known)).status_code == 200
    packed = await site.get("/v1/concerts", headers={"Accept-Encoding": "gzip"})
    plain = await site.get("/v1/concerts", headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], packed.json()) == ("gzip", plain.json())
    assert "content-encoding" not in plain.headers


async def test_concerts_come_in_pages_that_miss_none(settings: Settings) -> None:
    ids = [f"concert-{number}" for number in range(5)]
    async with open_site(settings, *(concert(concert_id=id_) for id_ in ids)) as site:
        seen, cursor = [], ""
        for expected in (2, 2, 1):
            page = (await site.get("/v1/concerts", params={"limit": 2} | cursor_of(cursor))).json()
            assert len(page["concerts"]) == expected
            seen += [shown["id"] for shown in page["concerts"]]
            cursor = page["next_cursor"]
        assert cursor is None
        assert seen == ids
        assert len((await site.get("/v1/concerts?limit=5")).json()["concerts"]) == 5
        assert (await site.get("/v1/concerts?limit=5")).json()["next_cursor"] is None


def cursor_of(text: str) -> dict[str, str]:
    return {"cursor": text} if text else {}


@pytest.mark.parametrize("path", LISTS)
async def test_a_wrong_limit_is_refused(visitor: Visitor, path: str) -> None:
    for limit in ("0", "-1", "101", "1.5", "", "many", "٣", "1e1", "0x1", "9" * 50, "1\x00", " 1"):
        answer = await visitor.get(path, params={"limit": limit})
        assert problem_of(answer, 422, "invalid-request") == {
            "errors": [{"field": "limit", "detail": "Expected `int` from 1 to 100"}]
        }
    for limit in ("1", "100", "007"):
        assert (await visitor.get(path, params={"limit": limit})).status_code == 200


@pytest.mark.parametrize("path", LISTS)
async def test_a_cursor_of_another_list_is_refused(visitor: Visitor, path: str) -> None:
    for cursor in ("", "nowhere", "0", "x" * 1_000, "%", "a\0b", "\ud800", "'; --", "&cursor"):
        query = b"cursor=" + cursor.encode("utf-8", "surrogatepass")
        answer = await visitor.ask("GET", path, params=quoted(query))
        (error,) = problem_of(answer, 422, "invalid-request")["errors"]
        assert error == {"field": "cursor", "detail": "not a next_cursor of this list"}


def quoted(query: bytes) -> str:
    return "".join(
        chr(byte) if chr(byte).isalnum() or byte == ord("=") else f"%{byte:02x}" for byte in query
    )


async def test_a_concert_whose_last_date_has_begun_is_not_listed(site: Site) -> None:
    first, last = site.runtime.catalogue.concert(HALL).performances
    await at(site, first.starts_at.timestamp() + 60)
    assert (await site.get("/v1/concerts")).json()["concerts"] == [LISTED]
    await at(site, (last.starts_at - first.starts_at).total_seconds() + time.time())
    assert (await site.get("/v1/concerts")).json() == {"concerts": [], "next_cursor": None}


async def test_dates_show_how_many_seats_are_left(inside: Visitor) -> None:
    await inside.held("1", "2")
    plan = inside.site.runtime.catalogue.performance(FIRST).plan
    answer = await inside.get(DATES)
    assert answer.json() == {
        "performances": [
            {
                "id": FIRST,
                "starts_at": "2030-01-01T10:00:00.000Z",
                "starts_at_local": "2030-01-01T10:00:00.000+00:00",
                "time_zone": None,
                "seats_total": 10,
                "seats_left": 8,
                "price_from": 50_000,
                "plan": plan,
            },
            {
                "id": SECOND,
                "starts_at": "2030-01-02T10:00:00.000Z",
                "starts_at_local": "2030-01-02T10:00:00.000+00:00",
                "time_zone": None,
                "seats_total": 10,
                "seats_left": 10,
                "price_from": 50_000,
                "plan": plan,
            },
        ]
    }
    assert answer.headers["cache-control"] == "private, no-cache"


LIST = f"/v1/performances/{FIRST}/seats"


@pytest.mark.parametrize("path", [DATES, LIST])
async def test_a_client_that_has_the_list_gets_304_until_it_changes(
    inside: Visitor, path: str
) -> None:
    """Whether the first answer was read from the store or not."""
    first = await inside.get(path)
    assert first.headers["cache-control"] == "private, no-cache"
    known = {"If-None-Match": first.headers["etag"]}
    same = await inside.get(path, headers=known)
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == first.headers["etag"]
    await from_memory(inside.site)
    assert (await inside.get(path, headers=known)).status_code == 304
    order_id = await inside.held("1")
    changed = await inside.get(path, headers=known)
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]
    await inside.ask("DELETE", f"/v1/orders/{order_id}")
    assert (await inside.get(path, headers=known)).status_code == 304


async def from_memory(site: Site) -> None:
    """Wait until lists come from memory."""

    async def trusted() -> bool:
        dates = site.runtime.catalogue.concert(HALL).performances
        return None not in [site.runtime.availability.trusted(date) for date in dates]

    await until(trusted)


async def test_a_list_from_memory_is_sent_as_its_client_can_read_it(inside: Visitor) -> None:
    await inside.get(LIST)
    await from_memory(inside.site)
    listed = []
    for accepted, coding in (("gzip, br", "gzip"), ("identity", None), ("br", None)):
        answer = await inside.get(LIST, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == coding
        assert answer.headers["vary"] == "Accept-Encoding"
        listed.append(answer.json())
    assert len(listed[0]["seats"]) == 10
    assert listed[1:] == [listed[0]] * 2


async def test_a_date_with_every_seat_held_has_no_seats_left(settings: Settings) -> None:
    async with open_site(settings, concert(seats=1)) as site:
        (fan,) = await site.enter("fan")
        await fan.held("1")
        assert [d["seats_left"] for d in (await fan.get(DATES)).json()["performances"]] == [0, 1]
        assert (await fan.get(f"/v1/performances/{FIRST}/seats")).json()["seats"] == []


async def test_a_date_that_has_begun_is_neither_listed_nor_sold(settings: Settings) -> None:
    usual = concert()
    soon = datetime.now(UTC) + timedelta(seconds=60)
    first = msgspec.structs.replace(usual.performances[0], starts_at=soon)
    dates = (first, usual.performances[1])
    async with open_site(settings, msgspec.structs.replace(usual, performances=dates)) as site:
        (fan,) = await site.enter("fan")
        assert len((await fan.get(DATES)).json()["performances"]) == 2
        travel(site.runtime, 61)
        assert [d["id"] for d in (await fan.get(DATES)).json()["performances"]] == [SECOND]
        before = await site.contents()
        assert problem_of(await fan.hold("1"), 409, "sale-closed") == {}
        assert await site.contents() == before
        assert (await fan.hold("1", performance=SECOND)).status_code == 201


async def test_seats_are_those_that_can_be_booked_now(inside: Visitor) -> None:
    path = f"/v1/performances/{FIRST}/seats"
    everything = (await inside.get(path)).json()
    assert everything == {
        "version": everything["version"],
        "seats": [{"number": number, "grade": "R", "price": 50_000} for number in SEATS],
    }
    order_id = await inside.held("3", "10")
    answer = (await inside.get(path)).json()
    assert [seat["number"] for seat in answer["seats"]] == [
        number for number in SEATS if number not in ("3", "10")
    ]
    assert answer["version"] > everything["version"]
    assert (await inside.ask("DELETE", f"/v1/orders/{order_id}")).status_code == 200
    assert (await inside.get(path)).json()["seats"] == everything["seats"]


async def test_a_hold_that_ran_out_is_a_free_seat_without_any_sweep(
    site: Site, inside: Visitor
) -> None:
    await inside.held("1")
    travel(site.runtime, 298)
    assert (await inside.get(DATES)).json()["performances"][0]["seats_left"] == 9
    travel(site.runtime, 3)
    assert (await inside.get(DATES)).json()["performances"][0]["seats_left"] == 10


@pytest.mark.parametrize("number", ["nowhere", "hall-3", "HALL-1", "%F0%9F%8E%AB", "1" * 99])
async def test_a_performance_that_does_not_exist_is_not_found(inside: Visitor, number: str) -> None:
    answer = await inside.get(f"/v1/performances/{number}/seats")
    assert problem_of(answer, 404, "performance-not-found") == {}


async def test_a_concert_that_does_not_exist_is_not_this_pass_s(inside: Visitor) -> None:
    answer = await inside.get("/v1/concerts/nowhere/performances")
    assert problem_of(answer, 403, "entry-token-mismatch") == {}


async def test_everybody_sees_the_dates_of_a_concert_but_not_what_is_left(site: Site) -> None:
    answer = await site.get(f"/v1/concerts/{HALL}")
    first = {
        "id": FIRST,
        "starts_at": "2030-01-01T10:00:00.000Z",
        "starts_at_local": "2030-01-01T10:00:00.000+00:00",
        "has_begun": False,
        "sale_ends_at": "2030-01-01T10:00:00.000Z",
        "sale_ends_at_local": "2030-01-01T10:00:00.000+00:00",
        "sale_is_over": False,
        "sales": [HALL],
        "seats_total": 10,
        "price_from": 50_000,
        **AS_PLANNED,
    }
    times = {name: str(first[name]).replace("01-01", "01-02") for name in first if "s_at" in name}
    dates = [first, {**first, "id": SECOND, **times}]
    assert answer.json() == {
        **SHOWN,
        "sales": [GENERAL_SALE],
        "current_sale": HALL,
        "dates": dates,
        **dict.fromkeys(("details", "booking_fee", "cancellation")),
    }
    assert answer.headers["cache-control"] == "public, max-age=10"
    problem_of(await site.get("/v1/concerts/nothing"), 404, "concert-not-found")


async def test_a_concert_that_is_over_can_still_be_looked_at(site: Site) -> None:
    await at(site, datetime(2031, 1, 1, tzinfo=UTC).timestamp())
    assert (await site.get("/v1/concerts")).json()["concerts"] == []
    assert len((await site.get(f"/v1/concerts/{HALL}")).json()["dates"]) == 2
