"""The states of a queue and of a place, and the numbers that are the same for everybody."""

import hashlib

import pytest

from helpers.concerts import HALL, concert, load_concert
from helpers.http import Site, open_site, problem_of, until
from helpers.planned import JOIN, PLACE, QUEUE, planned, queue_of, tells
from helpers.time_travel import travel
from yemae.back_office import queue_control
from yemae.concerts.catalogue import Control
from yemae.concerts.lanes import LaneSettings
from yemae.jobs import seat_count
from yemae.settings import Settings
from yemae.waiting_room import counts, queue_numbers

pytestmark = pytest.mark.usefixtures("fresh_views")


async def published_seed(site: Site) -> str:
    """The seed of the draw, once a view that was taken after the opening shows it."""
    found: list[str] = []

    async def is_published() -> bool:
        draw = (await queue_of(site))["draw"]
        assert isinstance(draw, dict)
        found[:] = [draw["seed"]] if draw["seed"] else []
        return bool(found)

    await until(is_published)
    return found[0]


async def test_in_a_draw_no_fan_has_a_position_before_the_opening(settings: Settings) -> None:
    async with open_site(settings, planned(queueing_method="draw")) as site:
        fans = [site.visitor(f"fan-{n}") for n in range(8)]
        for fan in fans:
            place = (await fan.join()).json()
            assert place["state"] == "prequeue"
            assert not {"position", "number", "estimated_wait_s"} & place.keys()
        sealed = (await queue_of(site))["draw"]
        assert isinstance(sealed, dict)
        assert sealed["seed"] is None
        await site.admit()
        assert {await fan.poll() for fan in fans} == {"prequeue"}

        travel(site.runtime, 86_400)
        late = site.visitor("late")
        place = (await late.join()).json()
        assert (place["state"], place["position"]) == ("waiting", 9)
        seed = bytes.fromhex(await published_seed(site))
        assert hashlib.sha256(seed).hexdigest() == sealed["sealed"]
        places = {fan.user_id: (await fan.get(PLACE)).json() for fan in fans}
        for user, place in places.items():
            assert place["number"] == queue_numbers.drawn_number(seed, HALL, user)
        by_position = sorted(places, key=lambda user: places[user]["position"])
        assert by_position == sorted(places, key=lambda user: places[user]["number"])
        assert [places[user]["position"] for user in by_position] == list(range(1, 9))


async def test_before_the_opening_fans_who_poll_on_time_are_present(
    settings: Settings,
) -> None:
    """Their poll interval is up to a minute, at every place in the draw."""
    async with open_site(settings, planned(queueing_method="draw")) as site:
        fans = [site.visitor(f"fan-{n}") for n in range(5)]
        for fan in fans:
            place = (await fan.join()).json()
            assert place["poll_after_ms"] <= site.runtime.settings.queue.poll_after_max_ms
        travel(site.runtime, 2.9 * site.runtime.settings.queue.poll_after_max_ms / 1000)
        await site.admit()
        snapshot = await counts.snapshot(site.runtime.valkey, HALL)
        assert (snapshot.waiting, snapshot.absent) == (5, 0)


async def test_a_queue_token_of_the_prequeue_lives_from_the_opening_on(settings: Settings) -> None:
    async with open_site(settings, planned(3, queueing_method="draw")) as site:
        fan = site.visitor("fan")
        await fan.join()
        travel(site.runtime, 3 * 86_400 + settings.queue.queue_token_ttl_s - 60)
        assert await fan.poll() == "waiting"
        travel(site.runtime, 120)
        problem_of(await fan.get(PLACE), 410, "queue-token-expired")


async def test_no_fan_joins_before_the_prequeue_opens(settings: Settings) -> None:
    async with open_site(settings, planned(2, prequeue_days=0.1)) as site:
        fan = site.visitor("fan")
        refused = problem_of(await fan.post(JOIN), 409, "queue-not-open")
        queue = await queue_of(site)
        assert queue["state"] == "before_sale"
        assert refused == {"opens_at": queue["prequeue_opens_at"]}
        travel(site.runtime, 8_640)
        assert (await fan.join()).json()["state"] == "prequeue"
        assert (await queue_of(site))["state"] == "prequeue"


async def test_in_a_passthrough_queue_a_join_is_a_pass(settings: Settings) -> None:
    async with open_site(settings, planned(0.001, queueing_method="passthrough")) as site:
        early = site.visitor("early")
        assert (await early.join()).json()["state"] == "prequeue"
        travel(site.runtime, 90)
        await site.admit()
        assert await early.poll() == "admitted"
        late = site.visitor("late")
        joined = await late.join()
        assert (joined.status_code, joined.json()["state"]) == (201, "admitted")
        late.tokens["Entry-Token"] = joined.json()["entry_token"]
        assert (await late.get(f"/v1/concerts/{HALL}/performances")).status_code == 200
        assert (await late.join()).status_code == 200


async def test_a_queue_that_rejects_takes_no_new_fan(settings: Settings) -> None:
    async with open_site(settings, planned(-1)) as site:
        fan = site.visitor("fan")
        await fan.join()
        async with site.runtime.postgres.transaction() as tx:
            await tx.send(b"update concerts set queueing_method = 'reject', revision = default")
        await site.runtime.catalogue.refresh()
        problem_of(await site.visitor("new").post(JOIN), 409, "queue-closed")
        assert (await fan.join()).status_code == 200
        await site.admit()
        assert await fan.poll() == "admitted"


async def test_presale_codes_and_groups_give_a_lane(settings: Settings) -> None:
    lanes = [
        LaneSettings(name="fanclub", share=30, codes=("FAN-2026",)),
        LaneSettings(name="members", share=20, group="gold"),
    ]
    async with open_site(settings, planned(-1, lanes=lanes)) as site:
        plain, coded, member = (site.visitor(name) for name in ("plain", "coded", "member"))
        member.tokens["Authorization"] = (
            "Bearer " + site.runtime.issuer.issue("member", groups=["gold"]).text
        )
        assert "lane" not in (await plain.join()).json()
        place = (await coded.post(JOIN, {"presale_code": "FAN-2026"})).json()
        assert (place["lane"], place["position"], place["waiting"]) == ("fanclub", 1, 1)
        assert (await member.join()).json()["lane"] == "members"
        wrong = await plain.post(JOIN, {"presale_code": "FAN-2027"})
        assert problem_of(wrong, 403, "presale-code-invalid") == {}
        await until(lambda: shows_lanes(site))


async def shows_lanes(site: Site) -> bool:
    lanes = (await queue_of(site))["lanes"]
    assert isinstance(lanes, list)
    return [(lane["name"], lane["share"], lane["waiting"]) for lane in lanes] == [
        ("general", 50, 1),
        ("fanclub", 30, 1),
        ("members", 20, 1),
    ]


@pytest.mark.parametrize(
    "body", [{"presale_code": ""}, {"presale_code": 5}, {"lane": 1}, [], {"presale_code": "x" * 65}]
)
async def test_what_is_no_join_is_refused(site: Site, body: object) -> None:
    visitor = site.visitor("fan")
    problem_of(await visitor.post(JOIN, body), 422, "invalid-request")
    assert (await queue_of(site))["waiting"] == 0


async def test_a_join_without_a_body_or_with_an_empty_object_is_fine(site: Site) -> None:
    assert (await site.visitor("one").post(JOIN)).status_code == 201
    assert (await site.visitor("two").post(JOIN, {})).status_code == 201


async def test_the_list_has_the_state_of_each_queue_from_memory(settings: Settings) -> None:
    """Neither a list nor what a fan asks next may wait for Valkey once for each concert."""
    async with open_site(settings, concert()) as site:
        assert await listed(site) == ("open", "fifo")
        async with site.runtime.postgres.transaction() as tx:
            await tx.send(b"update seats set held_until = 'infinity', order_id = gen_random_uuid()")
        await seat_count.count_seats(site.runtime)
        await site.admit()
        assert await listed(site) == ("sold_out", "fifo")
        await site.visitor("hopeful").join()
        async with site.runtime.postgres.transaction() as tx:
            await tx.send(b"update seats set held_until = null, order_id = null")
        travel(site.runtime, 3)
        await seat_count.count_seats(site.runtime)
        await site.admit()
        assert await listed(site) == ("open", "fifo")
        stops: tuple[Control, ...] = ("paused", "draining")
        for control in stops:
            await queue_control.steer(site.runtime, HALL, "op", control)
            assert await listed(site) == (control, "fifo")


async def listed(site: Site) -> tuple[str, str]:
    """State and method of the only concert of the list."""
    (shown,) = (await site.get("/v1/concerts")).json()["concerts"]
    return shown["state"], shown["queueing_method"]


async def test_a_wait_is_estimated_as_a_range_from_the_rate(settings: Settings) -> None:
    crowded = concert(active_limit=1_000, admit_per_minute=600)
    async with open_site(settings, crowded) as site:
        fans = [site.visitor(f"fan-{n}") for n in range(30)]
        for fan in fans:
            await fan.join()
        await site.admit()
        assert (await fans[-1].get(PLACE)).json()["estimated_wait_s"] is None
        travel(site.runtime, 10)

        async def is_estimated() -> bool:
            wait = (await fans[-1].get(PLACE)).json()["estimated_wait_s"]
            return wait is not None and 0 <= wait["min"] <= 19 <= wait["max"] <= 60

        await until(is_estimated)


async def test_the_same_queue_again_is_304(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 10.0)
    async with open_site(settings, concert()) as site:
        first = await site.get(QUEUE)
        assert first.headers["cache-control"] == "public, max-age=1"
        tag = first.headers["etag"]
        for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            again = await site.get(QUEUE, headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
            assert again.headers["cache-control"] == "public, max-age=1"
        assert (await site.get(QUEUE, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_everybody_sees_the_queue_s_numbers(settings: Settings) -> None:
    crowded = concert(active_limit=2, admit_per_minute=600)
    async with open_site(settings, crowded) as site:
        first, second = await site.enter("first", "second")
        await site.visitor("third").join()
        await until(lambda: tells(site, "active", 2))
        await until(lambda: tells(site, "waiting", 1))
        queue = await queue_of(site)
        assert queue | {"serving": 0, "admitted_per_minute": 0} == {
            "state": "open",
            "queueing_method": "fifo",
            "waiting": 1,
            "absent": 0,
            "active": 2,
            "active_limit": 2,
            "admit_per_minute": 600,
            "admitted": 2,
            "admitted_per_minute": 0,
            "serving": 0,
            "seats_left": None,
            "prequeue_opens_at": None,
            "sale_opens_at": "2026-01-01T00:00:00.000Z",
            "sale_opens_at_local": "2026-01-01T00:00:00.000+00:00",
            "place_ttl_s": 3600,
        }
        numbers = [
            site.runtime.tokens.entry.verify(f.tokens["Entry-Token"]) for f in (first, second)
        ]
        assert queue["serving"] == max(claims["number"] for claims in numbers if claims)


async def test_a_file_with_fewer_lanes_is_no_fault_while_a_view_still_has_them(
    settings: Settings,
) -> None:
    lane = LaneSettings(name="fanclub", share=30, codes=("FAN-2026",))
    async with open_site(settings, planned(-1, lanes=(lane,))) as site:
        fan, plain = site.visitor("fan"), site.visitor("plain")
        joined = await fan.post(JOIN, {"presale_code": "FAN-2026"})
        fan.tokens["Queue-Token"] = joined.json()["queue_token"]
        await plain.join()
        await load_concert(settings, planned(-1))
        await site.runtime.catalogue.refresh()
        assert await plain.poll() == "waiting"
        assert await fan.poll() == "waiting"
