"""The loss of any single key of a queue: noticed, repaired, and said; no place or pass ends by it.

As an evicting Valkey does it, or an operator's DEL.
"""

import random
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from valkey import Valkey as BlockingValkey

from helpers.concerts import HALL, concert, load_concert
from helpers.fans import Fan, carried_out
from helpers.time_travel import travel
from waiting_room.room import Room
from yemae.reconcile.report import Check
from yemae.reconcile.stores import reconcile_stores
from yemae.refusals import QueueTokenExpired
from yemae.runtime import Runtime, open_runtime
from yemae.sale import admission, join, recovery
from yemae.sale.join import JoinRequest
from yemae.settings import Settings
from yemae.waiting_room import counts, losses, passes
from yemae.waiting_room.keys import PARTS, keys_of

LIMIT = 10
IN_LINE = 12
ENTRY_TTL_S = 300
# Of these nothing follows for anybody's place or pass: they are statistics, count the joins of one
# minute, or say where a pass that was extended would have ended (its present end counts then).
STATISTICS = {"unused", "rates", "waits", "arrivals", "own_ends"}
PLACES = sorted(set(PARTS) - STATISTICS)


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """A runtime whose limit is small."""
    await load_concert(settings, concert(active_limit=LIMIT, entry_ttl_s=ENTRY_TTL_S))
    async with open_runtime(settings) as opened:
        yield opened


class Crowd(NamedTuple):
    """Everybody a queue may know."""

    inside: list[Fan]
    waiting: list[Fan]
    absent: Fan
    paid: Fan


async def fill(runtime: Runtime) -> Crowd:
    absent, paid = Fan(runtime, "absent"), Fan(runtime, "paid")
    await paid.enter()
    await paid.top_up()
    await paid.hold("10")
    await paid.pay()
    inside = [Fan(runtime, f"inside-{n:02}") for n in range(LIMIT)]
    for fan in inside:
        await fan.join()
    await tick(runtime)
    for fan in inside:
        assert (await fan.poll()).word == "admitted"
    for fan in inside[1:]:
        await fan.check_entry()
    await absent.join()
    travel(runtime, 46)
    await inside[1].hold("1")
    await tick(runtime)
    waiting = [Fan(runtime, f"waiting-{n:02}") for n in range(IN_LINE)]
    for fan in waiting:
        await fan.join()
    return Crowd(inside, waiting, absent, paid)


def lose(runtime: Runtime, part: str) -> bool:
    """Whether there was such a key."""
    with BlockingValkey.from_url(runtime.settings.stores.valkey_url) as client:
        return bool(client.delete(dict(zip(PARTS, keys_of(HALL), strict=True))[part]))


async def tick(runtime: Runtime) -> int:
    return (await admission.admit(runtime, runtime.catalogue.concert(HALL))).admitted


async def nothing_lost(runtime: Runtime) -> Check:
    found = await reconcile_stores(runtime.postgres, runtime.valkey)
    return next(check for check in found.checks if check.name == "nothing_lost")


@pytest.mark.parametrize("is_repaired_first", [True, False], ids=["tick first", "fans first"])
@pytest.mark.parametrize("part", PARTS)
async def test_a_lost_key_ends_no_place_and_no_pass_and_stops_no_admission(
    runtime: Runtime, part: str, is_repaired_first: bool
) -> None:
    crowd = await fill(runtime)
    assert lose(runtime, part) or part == "arrivals"
    if is_repaired_first:
        await tick(runtime)
    fans = [*crowd.inside, *crowd.waiting]
    random.Random(1).shuffle(fans)  # noqa: S311 - no secret
    for fan in fans:
        if fan.entry is not None:
            await fan.check_entry()
        assert (await fan.poll()).word == ("waiting" if fan.entry is None else "admitted")
    await tick(runtime)
    assert [(await fan.poll()).ahead for fan in crowd.waiting] == list(range(IN_LINE))
    assert (await crowd.absent.poll()).ahead == 0
    with pytest.raises(QueueTokenExpired):
        await crowd.paid.poll()
    snapshot = await counts.snapshot(runtime.valkey, HALL)
    assert (snapshot.active, snapshot.waiting) == (LIMIT, IN_LINE + 1)
    assert sum(snapshot.blocks.values()) == IN_LINE + 1
    await come_in(runtime, crowd)


async def come_in(runtime: Runtime, crowd: Crowd) -> None:
    """Those inside run out of time, and the line comes in, in its order."""
    waiting = [crowd.absent, *crowd.waiting]
    came: list[Fan] = []
    for _ in range(2 * ENTRY_TTL_S // 20):
        travel(runtime, 20)
        await tick(runtime)
        for fan in waiting:
            if fan not in came and (await fan.poll()).word == "admitted":
                came.append(fan)
    assert came == waiting


@pytest.mark.parametrize("part", PLACES)
async def test_reconcile_says_which_key_is_lost_and_that_it_was_repaired(
    runtime: Runtime, part: str
) -> None:
    await fill(runtime)
    assert await nothing_lost(runtime) == Check(
        name="nothing_lost",
        says="The store of the waiting room has lost no part of a queue.",
        looked_at=1,
    )
    assert lose(runtime, part)
    assert (await nothing_lost(runtime)).examples == (f"hall: {part} is lost",)
    await tick(runtime)
    found = await nothing_lost(runtime)
    assert (found.violations, len(found.notes)) == (0, 1)
    assert found.notes[0].startswith(f"hall: {part} was lost, and repaired at ")


async def test_reconcile_says_that_a_queue_is_lost_whole_and_not_that_one_has_not_begun(
    runtime: Runtime,
) -> None:
    assert (await nothing_lost(runtime)).violations == 0
    await fill(runtime)
    with BlockingValkey.from_url(runtime.settings.stores.valkey_url) as client:
        client.flushall()
    assert (await nothing_lost(runtime)).examples == ("hall: all is lost",)


async def test_a_fan_who_joins_anew_before_their_lost_number_is_back_is_still_inside(
    runtime: Runtime,
) -> None:
    crowd = await fill(runtime)
    lose(runtime, "passes")
    await tick(runtime)
    assert (await crowd.inside[2].join()).word == "admitted"
    assert (await crowd.inside[2].poll()).word == "admitted"
    await crowd.inside[2].check_entry()


async def test_a_pass_whose_number_is_lost_is_extended_ended_and_given_up(room: Room) -> None:
    numbers = {user: await room.enter(user) for user in ("ann", "ben", "cho", "dan")}
    room.store.delete(room.keys()["passes"])
    assert await room.recover() == ("passes",)
    later_ms = await room.now_ms() + 900_000
    ann, ben = (room.key(user, numbers[user]) for user in ("ann", "ben"))
    await passes.extend_passes(room.valkey, room.concert_id, [(ann, later_ms)])
    assert (await room.place("ann", numbers["ann"])).pass_ends_at_ms == later_ms
    assert await passes.end_passes(room.valkey, room.concert_id, [ben]) == 1
    await room.leave("cho", numbers["cho"])
    ends_at_s = await room.now_ms() // 1000 + 300
    assert await room.restore_pass("dan", numbers["dan"], ends_at_s) == "open"
    assert await room.inside() == {"ann", "dan"}
    for user in ("ben", "cho"):
        assert (await room.place(user, numbers[user])).word == "ended"


async def with_a_lost_number(room: Room) -> tuple[int, int]:
    """Ann left a place and is admitted again; then the store lost the number of her pass. Returns
    both numbers."""
    old = await room.enter("ann")
    await room.leave("ann", old)
    new = await room.enter("ann")
    room.store.delete(room.keys()["passes"])
    assert await room.recover() == ("passes",)
    return old, new


async def test_a_pass_whose_number_is_lost_does_not_open_for_an_ended_number(room: Room) -> None:
    old, new = await with_a_lost_number(room)
    later_ms = await room.now_ms() + 900_000
    assert await room.check("ann", old) == "ended"
    await passes.extend_passes(room.valkey, room.concert_id, [(room.key("ann", old), later_ms)])
    assert await room.restore_pass("ann", old, later_ms // 1000) == "ended"
    assert (await room.place("ann", old)).word == "ended"
    assert await room.check("ann", new) == "open"
    assert (await room.place("ann", new)).pass_ends_at_ms < later_ms


@pytest.mark.parametrize("how", ["checked", "extended", "polled", "restored"])
async def test_the_first_token_after_a_loss_says_the_number_for_good(room: Room, how: str) -> None:
    _, new = await with_a_lost_number(room)
    later_ms = await room.now_ms() + 900_000
    match how:
        case "checked":
            assert await room.check("ann", new) == "open"
        case "extended":
            ends = [(room.key("ann", new), later_ms)]
            await passes.extend_passes(room.valkey, room.concert_id, ends)
        case "polled":
            assert (await room.place("ann", new)).word == "admitted"
        case _:
            assert await room.restore_pass("ann", new, later_ms // 1000) == "open"
    assert await room.check("ann", new + 1) == "ended"
    assert await room.check("ann", new) == "open"


async def test_a_tick_does_some_steps_of_a_long_repair_and_the_next_ones_end_it(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the other concerts of a process have their ticks meanwhile."""
    monkeypatch.setattr(recovery, "STEPS_MAX", 1)
    await load_concert(runtime.settings, concert(active_limit=1_000, admit_per_minute=600_000))
    await runtime.catalogue.refresh()
    fans = [JoinRequest(HALL, f"fan-{n:03}") for n in range(400)]
    await tick(runtime)
    await carried_out(join.join(runtime, fans))
    lose(runtime, "seen")
    assert [await tick(runtime) for _ in range(2)] == [0, 0]
    assert (await nothing_lost(runtime)).examples == ("hall: seen is lost",)
    for _ in range(10):
        if await tick(runtime):
            break
    assert (await counts.snapshot(runtime.valkey, HALL)).active == 400


async def test_of_two_processes_that_notice_a_loss_one_repairs_it(room: Room) -> None:
    await room.enter("ann")
    room.store.delete(room.keys()["meta"])
    assert await room.recover() == ("meta",)
    assert await room.recover() == ()
    assert (await losses.losses(room.valkey, room.concert_id)).repaired == ("meta",)
