"""A concert that is sold in phases, over HTTP: each has its queue, fans, dates, limit and end."""

from datetime import UTC, datetime

import msgspec
import pytest
from valkey import Valkey as BlockingValkey

from helpers.concerts import HALL, SMALL, TEXT
from helpers.http import open_site, problem_of
from helpers.reconcile import assert_reconciled
from helpers.sales import CODE, ENDED, LAST_CALL, LATE, PRESALE, in_phases, inside, with_code
from helpers.time_travel import travel
from yemae.back_office import queue_control
from yemae.concerts.files.concert_file import parse
from yemae.jobs import admission_tick, seat_count, sweep
from yemae.sale import recovery
from yemae.settings import Settings
from yemae.waiting_room import counts

# The evening before the last call, for which fans line up.
EVE = datetime(2029, 5, 31, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_views(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views and a catalogue that are read again at once."""
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 0.1)
    monkeypatch.setattr("yemae.runtime.CATALOGUE_REFRESH_S", 0.1)


async def test_a_fan_with_a_code_buys_in_the_presale_and_one_without_waits_for_the_general_sale(
    settings: Settings,
) -> None:
    async with open_site(settings, in_phases()) as site:
        member = await inside(site, "member")
        other = site.visitor("other")
        place = (await other.join()).json()
        assert (place["state"], place.get("sale")) == ("prequeue", None)
        await admission_tick.tick(site.runtime)
        assert await other.poll() == "prequeue"
        await member.top_up()
        order = await member.held("1", "2")
        assert (await member.pay(order)).status_code == 201
        travel(site.runtime, 1_801)
        assert await other.poll() == "waiting"
        await admission_tick.tick(site.runtime)
        assert await other.poll() == "admitted"
        problem_of(await other.hold("1"), 409, "seat-taken")
        assert (await other.hold("3", "4", "5")).status_code == 201
        await assert_reconciled(site.runtime)


async def test_a_group_opens_the_presale_and_needs_no_code(settings: Settings) -> None:
    async with open_site(settings, in_phases()) as site:
        fan = site.visitor("member")
        token = site.runtime.issuer.issue("member", groups=("fanclub",)).text
        fan.tokens["Authorization"] = f"Bearer {token}"
        assert (await fan.join()).json()["sale"] == PRESALE


async def test_a_presale_named_by_its_id_takes_fans_with_a_code_only(settings: Settings) -> None:
    async with open_site(settings, in_phases()) as site:
        fan = site.visitor("fan")
        path = f"/v1/concerts/{PRESALE}/queue-tokens"
        problem_of(await fan.post(path), 403, "presale-code-required")
        problem_of(await with_code(fan, "GUESS-1", PRESALE), 403, "presale-code-invalid")
        assert (await with_code(fan, where=PRESALE)).status_code == 201
        # The place is had, so the code is not asked for again.
        assert (await fan.join(PRESALE)).status_code == 200
        assert (await site.get(f"/v1/concerts/{PRESALE}/queue")).json()["waiting"] == 1
        assert (await site.get(f"/v1/concerts/{HALL}/queue")).json()["waiting"] == 0


async def test_a_pass_of_a_phase_opens_its_own_dates_and_no_other(settings: Settings) -> None:
    async with open_site(settings, in_phases()) as site:
        fan = await inside(site, "member")
        dates = (await fan.get(f"/v1/concerts/{HALL}/performances")).json()["performances"]
        assert [date["id"] for date in dates] == ["hall-1", "hall-2"]
        third = await fan.hold("1", performance="hall-3")
        problem_of(third, 403, "entry-token-mismatch")
        problem_of(await fan.get("/v1/performances/hall-3/seats"), 403, "entry-token-mismatch")
        # A pass of one phase pays for no order of another.
        order = await fan.held("1")
        await fan.top_up()
        of_presale = fan.tokens["Entry-Token"]
        travel(site.runtime, 1_801)
        await fan.join(LATE)
        await site.admit(LATE)
        assert await fan.poll() == "admitted"
        problem_of(await fan.pay(order), 410, "order-expired")
        held = await fan.held("1", performance="hall-3")
        fan.tokens["Entry-Token"] = of_presale
        problem_of(await fan.pay(held), 403, "entry-token-expired")


async def test_the_seat_limit_of_a_phase_is_its_own_and_counts_all_that_a_fan_has(
    settings: Settings,
) -> None:
    async with open_site(settings, in_phases()) as site:
        fan = await inside(site, "member")
        refused = problem_of(await fan.hold("1", "2", "3"), 409, "seat-limit-exceeded")
        assert refused == {"limit": 2, "per": "performance"}
        await fan.top_up()
        assert (await fan.pay(await fan.held("1", "2"))).status_code == 201
        travel(site.runtime, 1_801)
        await fan.join()
        await site.admit()
        assert await fan.poll() == "admitted"
        problem_of(await fan.hold("3", "4", "5"), 409, "seat-limit-exceeded")
        assert (await fan.hold("3", "4")).status_code == 201
        await assert_reconciled(site.runtime)


async def test_when_a_phase_ends_its_line_closes_and_nothing_more_is_held_in_it(
    settings: Settings,
) -> None:
    async with open_site(settings, in_phases()) as site:
        fan = await inside(site, "member")
        waiting = site.visitor("late")
        await with_code(waiting)
        travel(site.runtime, 3_500)
        fan = await inside(site, "another")
        order = await fan.held("1")
        travel(site.runtime, 101)
        problem_of(await fan.hold("2"), 409, "sale-closed")
        assert (await fan.get("/v1/performances/hall-1/seats")).json()["seats"] == []
        assert (await fan.get(f"/v1/concerts/{HALL}/performances")).json()["performances"] == []
        assert await waiting.poll() == "closed"
        problem_of(
            await site.visitor("new").post(f"/v1/concerts/{PRESALE}/queue-tokens"),
            409,
            "queue-closed",
        )
        # What is held can be paid, and those who waited join the next phase.
        await fan.top_up()
        assert (await fan.pay(order)).status_code == 201
        place = (await waiting.join()).json()
        assert (place["state"], place.get("sale")) == ("waiting", None)
        await assert_reconciled(site.runtime)


async def test_phases_draw_by_seeds_of_their_own(settings: Settings) -> None:
    hall = in_phases(more='queueing_method = "draw"')
    draw = msgspec.structs.replace(hall.queue, queueing_method="draw")
    async with open_site(settings, msgspec.structs.replace(hall, queue=draw)) as site:
        presale = (await site.get(f"/v1/concerts/{PRESALE}/queue")).json()["draw"]
        general = (await site.get(f"/v1/concerts/{HALL}/queue")).json()["draw"]
        assert presale["sealed"] != general["sealed"]
        assert (presale["seed"] is None, general["seed"]) == (False, None)


async def test_the_phases_of_a_concert_are_public(settings: Settings) -> None:
    async with open_site(settings, in_phases()) as site:
        shown = (await site.get(f"/v1/concerts/{HALL}")).json()
        said = [(sale["id"], sale["name_en"], sale["needs"]) for sale in shown["sales"]]
        assert said[0] == (PRESALE, "Fan club presale", ["code", "group"])
        assert {each[0] for each in said[1:]} == {HALL, LATE}
        assert [date["sales"] for date in shown["dates"]] == [
            [HALL, PRESALE],
            [HALL, PRESALE],
            [LATE],
        ]
        assert shown["current_sale"] == PRESALE
        (listed,) = (await site.get("/v1/concerts")).json()["concerts"]
        assert listed["state"] == "open"
        for each in (shown, listed):
            assert each["next_opening_at"] == each["sale_opens_at"]
            assert each["next_opening_at_local"] == each["sale_opens_at_local"]
        problem_of(await site.get(f"/v1/concerts/{PRESALE}"), 404, "concert-not-found")


async def test_after_the_general_sale_a_concert_opens_next_with_its_later_phase(
    settings: Settings,
) -> None:
    ended = TEXT.format(**SMALL).replace("sale_opens_at", f"{ENDED}\nsale_opens_at", 1)
    async with open_site(settings, parse(ended + LAST_CALL, "hall.toml")) as site:
        for at, state in ((datetime(2029, 5, 1, tzinfo=UTC), "before_sale"), (EVE, "prequeue")):
            travel(site.runtime, (at - site.runtime.now()).total_seconds())
            (listed,) = (await site.get("/v1/concerts")).json()["concerts"]
            shown = (await site.get(f"/v1/concerts/{HALL}")).json()
            assert (listed["state"], shown["current_sale"]) == (state, "hall-last-call")
            for each in (listed, shown):
                assert each["next_opening_at"] == "2029-06-01T11:00:00.000Z"
                assert each["next_opening_at_local"] == "2029-06-01T11:00:00.000+00:00"


async def test_a_queue_counts_the_seats_of_the_dates_that_its_phase_sells(
    settings: Settings,
) -> None:
    async with open_site(settings, in_phases()) as site:
        await seat_count.count_seats(site.runtime)
        left = {
            queue_id: (await counts.snapshot(site.runtime.valkey, queue_id)).seats_left
            for queue_id in (HALL, PRESALE, LATE)
        }
        assert left == {HALL: 20, PRESALE: 20, LATE: 10}


async def test_a_hold_in_a_presale_keeps_its_pass_open_also_after_a_loss_and_a_sweep(
    settings: Settings,
) -> None:
    async with open_site(settings, in_phases()) as site:
        fan = await inside(site, "member")
        order = await fan.held("1")
        with BlockingValkey.from_url(settings.stores.valkey_url) as client:
            client.flushall()
        queue = site.runtime.catalogue.queue(PRESALE)
        assert await recovery.recover(site.runtime, queue)
        assert (await counts.snapshot(site.runtime.valkey, PRESALE)).active == 1
        await sweep.sweep(site.runtime)
        await fan.top_up()
        assert (await fan.pay(order)).status_code == 201
        await assert_reconciled(site.runtime)


async def test_operators_steer_a_phase_by_its_id(settings: Settings) -> None:
    async with open_site(settings, in_phases()) as site:
        await queue_control.steer(site.runtime, PRESALE, "cli:test", "paused")
        states = [
            (await site.get(f"/v1/concerts/{queue_id}/queue")).json()["state"]
            for queue_id in (PRESALE, HALL)
        ]
        assert states == ["paused", "prequeue"]


async def test_a_lane_of_a_phase_has_its_share_of_the_phase_s_admissions(
    settings: Settings,
) -> None:
    lane = '[[sales.lanes]]\nname = "gold"\nshare = 50\ncodes = ["GOLD-2030"]'
    async with open_site(settings, in_phases("active_limit = 1\n" + lane)) as site:
        first = await inside(site, "first")
        fans = {name: site.visitor(name) for name in ("one", "two", "gold")}
        for name, fan in fans.items():
            place = (await with_code(fan, "GOLD-2030" if name == "gold" else CODE)).json()
            assert place["sale"] == PRESALE
            assert place.get("lane", "general") == ("gold" if name == "gold" else "general")
        snapshot = await counts.snapshot(site.runtime.valkey, PRESALE, lanes=2)
        assert [lane.waiting for lane in snapshot.lanes] == [2, 1]
        assert "lanes" not in (await site.get(f"/v1/concerts/{HALL}/queue")).json()
        await first.ask("DELETE", "/v1/queue-tokens/me")
        came_in = list[str]()
        for _ in range(2):
            await site.admit(PRESALE)
            waiting = [name for name in fans if name not in came_in]
            (name,) = [name for name in waiting if await fans[name].poll() == "admitted"]
            came_in.append(name)
            await fans[name].ask("DELETE", "/v1/queue-tokens/me")
        # By arrival, the fan of the lane would be the third.
        assert set(came_in) == {"one", "gold"}
