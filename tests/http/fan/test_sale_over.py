"""A date that has begun is not sold, and a concert of such dates has no queue any more."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from helpers.concerts import FIRST, HALL, SECOND, concert, load_concert
from helpers.http import Site, Visitor, open_site, problem_of, until
from helpers.time_travel import travel
from yemae.back_office import queue_control
from yemae.concerts.files.concert_file import FileConcert
from yemae.jobs import seat_count
from yemae.settings import Settings


@pytest.fixture(autouse=True)
def fresh_views(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views and a catalogue that are read again at once."""
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 0.1)
    monkeypatch.setattr("yemae.runtime.CATALOGUE_REFRESH_S", 0.1)


QUEUE = f"/v1/concerts/{HALL}/queue"
SEATS = f"/v1/performances/{FIRST}/seats"
AVAILABILITY = f"/v1/performances/{FIRST}/availability"
BEST = {"performance_id": FIRST, "best_available": {"grade": "R", "count": 2}}


def soon(*starts_in_s: int, entry_ttl_s: int = 600) -> FileConcert:
    """The hall with one place inside, and a date for each of these numbers of seconds."""
    usual = concert(active_limit=1, entry_ttl_s=entry_ttl_s)
    dates = tuple(
        msgspec.structs.replace(date, starts_at=datetime.now(UTC) + timedelta(seconds=seconds))
        for date, seconds in zip(usual.performances, starts_in_s, strict=False)
    )
    return msgspec.structs.replace(usual, performances=dates)


async def test_a_date_that_has_begun_is_neither_counted_nor_shown_nor_sold(
    settings: Settings,
) -> None:
    async with open_site(settings, soon(600, 7_200, entry_ttl_s=3_600)) as site:
        (fan,) = await site.enter("fan")
        await counted(site, 20)
        assert len((await fan.get(SEATS)).json()["seats"]) == 10
        travel(site.runtime, 601)
        await counted(site, 10)
        assert (await site.get(QUEUE)).json()["state"] == "open"
        seats = (await fan.get(SEATS)).json()
        assert (seats["seats"], seats["version"] > 0) == ([], True)
        for path in (AVAILABILITY, f"{AVAILABILITY}/stream"):
            problem_of(await fan.get(path), 409, "sale-closed")
        problem_of(await fan.post("/v1/orders", BEST), 409, "sale-closed")
        problem_of(await fan.hold("1"), 409, "sale-closed")
        assert (await fan.hold("1", performance=SECOND)).status_code == 201
        dates = (await fan.get(f"/v1/concerts/{HALL}")).json()["dates"]
        assert [(date["id"], date["has_begun"]) for date in dates] == [
            (FIRST, True),
            (SECOND, False),
        ]


async def test_a_date_whose_sale_ends_before_its_start_is_over_then(settings: Settings) -> None:
    hall = soon(3_600, 7_200, entry_ttl_s=3_600)
    first, second = hall.performances
    ends_at = first.starts_at - timedelta(minutes=50)
    first = msgspec.structs.replace(first, sale_ends_at=ends_at)
    hall = msgspec.structs.replace(hall, performances=(first, second))
    async with open_site(settings, hall) as site:
        (fan,) = await site.enter("fan")
        await counted(site, 20)
        travel(site.runtime, 601)
        await counted(site, 10)
        problem_of(await fan.hold("1"), 409, "sale-closed")
        dates = (await fan.get(f"/v1/concerts/{HALL}")).json()["dates"]
        assert [(date["has_begun"], date["sale_is_over"]) for date in dates] == [
            (False, True),
            (False, False),
        ]
        assert dates[0]["sale_ends_at"] == f"{ends_at:%Y-%m-%dT%H:%M:%S}.{ends_at:%f}"[:-3] + "Z"
        assert dates[1]["sale_ends_at"] == dates[1]["starts_at"]


async def counted(site: Site, seats: int) -> None:
    """Count the seats until the queue shows this number of seats left."""

    async def said() -> bool:
        await seat_count.count_seats(site.runtime)
        left = (await site.get(QUEUE)).json()["seats_left"]
        return bool(left == seats)

    travel_s = seat_count.INTERVAL_MS / 1000 + 1
    travel(site.runtime, travel_s)
    await until(said)


async def test_a_hold_of_before_the_start_is_still_paid(settings: Settings) -> None:
    async with open_site(settings, soon(600, entry_ttl_s=3_600)) as site:
        (fan,) = await site.enter("fan")
        await fan.top_up()
        travel(site.runtime, 590)
        order = await fan.held("1")
        repeat = await fan.hold("2", key="again")
        travel(site.runtime, 15)
        assert (await fan.hold("2", key="again")).json()["id"] == repeat.json()["id"]
        assert (await fan.pay(order)).status_code == 201


async def test_when_every_date_has_begun_the_place_is_closed_and_no_fan_is_admitted(
    settings: Settings,
) -> None:
    async with open_site(settings, soon(600, 700)) as site:
        (buyer,) = await site.enter("buyer")
        waiting = site.visitor("waiting")
        await waiting.join()
        await buyer.ask("DELETE", "/v1/queue-tokens/me")
        travel(site.runtime, 701)
        assert (await site.get("/v1/concerts")).json()["concerts"] == []
        await site.admit()
        assert await queue_control.admit(site.runtime, HALL, "op", 5) == 0
        assert await state_of_place(waiting) == ("closed", 0)
        assert (await site.get(QUEUE)).json()["state"] == "closed"
        newcomer = site.visitor("newcomer")
        problem_of(await newcomer.post(f"/v1/concerts/{HALL}/queue-tokens"), 409, "queue-closed")
        assert (await waiting.join()).json()["state"] == "closed", "the place is still theirs"
        await load_concert(settings, soon(600, 7_200))
        await site.runtime.catalogue.refresh()
        await site.admit()
        assert await waiting.poll() == "admitted", "a date was added, and the place was kept"


async def test_an_archived_concert_sells_nothing_more_but_what_is_held_is_paid(
    settings: Settings,
) -> None:
    hall = soon(600, 7_200, entry_ttl_s=3_600)
    async with open_site(settings, hall) as site:
        (buyer,) = await site.enter("buyer")
        await buyer.top_up()
        order = await buyer.held("1")
        waiting = site.visitor("waiting")
        await waiting.join()
        await load_concert(settings, msgspec.structs.replace(hall, archived=True))
        await site.runtime.catalogue.refresh()
        assert (await site.get("/v1/concerts")).json()["concerts"] == []
        problem_of(await buyer.hold("2"), 409, "sale-closed")
        assert (await buyer.get(SEATS)).json()["seats"] == []
        await site.admit()
        assert await state_of_place(waiting) == ("closed", 0)
        assert (await buyer.pay(order)).status_code == 201
        await load_concert(settings, hall)
        await site.runtime.catalogue.refresh()
        await site.admit()
        assert await waiting.poll() == "admitted", "it was taken back, and the place was kept"


async def state_of_place(fan: Visitor) -> tuple[str, int]:
    answer = await fan.get("/v1/queue-tokens/me")
    assert int(answer.headers["retry-after"]) >= 1
    return answer.json()["state"], answer.json()["seats_left"]
