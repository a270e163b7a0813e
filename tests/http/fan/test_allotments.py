"""A phase that sells a part of each date, over HTTP: what it refuses, and what its line sees."""

import pytest

from helpers.blocks import block, unblock
from helpers.concerts import HALL
from helpers.http import open_site, problem_of, until
from helpers.reconcile import assert_reconciled
from helpers.sales import PRESALE, in_phases, inside, with_code
from helpers.time_travel import travel
from yemae.jobs import admission_tick, seat_count
from yemae.settings import Settings
from yemae.waiting_room import counts


@pytest.fixture(autouse=True)
def fresh_views(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views and a catalogue that are read again at once."""
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 0.1)
    monkeypatch.setattr("yemae.runtime.CATALOGUE_REFRESH_S", 0.1)


async def test_a_phase_sells_its_share_of_each_date_and_counts_what_is_left_of_it(
    settings: Settings,
) -> None:
    async with open_site(settings, in_phases("allotment_percent = 30")) as site:
        first, second = await inside(site, "first"), await inside(site, "second")
        order = await first.held("1", "2")
        assert problem_of(await second.hold("3", "4"), 409, "allotment-exceeded") == {"left": 1}
        assert (await second.hold("3")).status_code == 201
        best = {"performance_id": "hall-1", "best_available": {"grade": "R", "count": 1}}
        third = await inside(site, "third")
        refused = await third.post("/v1/orders", best)
        assert problem_of(refused, 409, "allotment-exceeded") == {"left": 0}
        assert (await third.hold("1", performance="hall-2")).status_code == 201
        await first.top_up()
        assert (await first.pay(order)).status_code == 201
        # What has run out is given back from that instant.
        travel(site.runtime, 301)
        fourth = await inside(site, "fourth")
        problem_of(await fourth.hold("5", "6"), 409, "allotment-exceeded")
        assert (await fourth.hold("5")).status_code == 201
        await seat_count.count_seats(site.runtime)
        counted = {
            queue_id: await counts.snapshot(site.runtime.valkey, queue_id)
            for queue_id in (HALL, PRESALE)
        }
        assert (counted[PRESALE].seats_left, counted[PRESALE].seats_unsold) == (3, 4)
        assert (counted[HALL].seats_left, counted[HALL].seats_unsold) == (17, 18)
        await assert_reconciled(site.runtime)


async def test_a_phase_whose_allotment_is_paid_is_sold_out_and_the_general_sale_is_not(
    settings: Settings,
) -> None:
    async with open_site(settings, in_phases("allotment = 2")) as site:
        for name, date in (("one", "hall-1"), ("two", "hall-2")):
            fan = await inside(site, name)
            await fan.top_up()
            order = await fan.held("1", "2", performance=date)
            assert (await fan.pay(order)).status_code == 201
        await seat_count.count_seats(site.runtime)

        async def is_sold_out() -> bool:
            queue = (await site.get(f"/v1/concerts/{PRESALE}/queue")).json()
            return bool(queue["state"] == "sold_out")

        # A view of before the count is shown for two intervals more.
        await until(is_sold_out)
        waiting = site.visitor("three")
        await with_code(waiting)
        await admission_tick.tick(site.runtime)
        assert await waiting.poll() == "sold_out"
        states = [
            (await site.get(f"/v1/concerts/{queue_id}/queue")).json()["state"]
            for queue_id in (PRESALE, HALL)
        ]
        assert states == ["sold_out", "prequeue"]
        (listed,) = (await site.get("/v1/concerts")).json()["concerts"]
        assert listed["state"] == "prequeue"
        shown = (await site.get(f"/v1/concerts/{HALL}")).json()
        assert shown["current_sale"] == HALL
        # Who joins again is in the sale that has seats.
        assert (await waiting.join()).json().get("sale") is None
        travel(site.runtime, 1_801)
        other = site.visitor("other")
        await other.join()
        await site.admit()
        assert await other.poll() == "admitted"
        assert (await other.hold("3", "4", "5")).status_code == 201


async def test_a_share_is_of_the_seats_that_are_for_sale(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yemae.sale.allotments.FOR_SALE_S", 0)
    async with open_site(settings, in_phases("allotment_percent = 30")) as site:
        await block(site.runtime, "7", "8", "9", "10", name="house")
        fan = await inside(site, "fan")
        assert problem_of(await fan.hold("1", "2"), 409, "allotment-exceeded") == {"left": 1}
        await unblock(site.runtime, name="house")
        assert (await fan.hold("1", "2")).status_code == 201
