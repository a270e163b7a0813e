"""Bounded steps: how much one script call does, whatever the length of the queue, and what holds
while other calls come in between."""

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import pytest

from waiting_room.crowds import PATIENT, RULES, STEP, counted, crowd, let_in, tick, truly_counted
from waiting_room.room import Room
from yemae.settings import Settings
from yemae.store.scripts import ScriptCall
from yemae.store.valkey import Valkey
from yemae.waiting_room import counts, losses, passes, places, queue_numbers
from yemae.waiting_room.places import Joining
from yemae.waiting_room.snapshot import Ranks
from yemae.waiting_room.steps import steps

FANS = 2_100
# A place that is restored takes up to 21 commands for each of 64 fans, where each is the first of a
# block of numbers; a join about 16.
COMMANDS_MAX = 1_500
Answer = TypeVar("Answer")


class Watched(Valkey):
    """Counts the commands of each script call, and lets others in before each call."""

    most: dict[str, int]
    before: Callable[[str], Awaitable[None]] | None = None

    async def run(self, call: ScriptCall[Answer], keys: Sequence[str]) -> Answer:
        """One call, counted."""
        if self.before is not None:
            await self.before(call.script.name)
        began = await self._commands()
        answer = await super().run(call, keys)
        name = call.script.name
        self.most[name] = max(self.most.get(name, 0), await self._commands() - began)
        return answer

    async def _commands(self) -> int:
        found: dict[str, Any] = await self._client.info("commandstats")
        return sum(int(command["calls"]) for command in found.values())


@pytest.fixture
async def watched(room: Room) -> Watched:
    """The room's connection, with a count."""
    await room.valkey.close()
    room.valkey = valkey = Watched(Settings().replace(valkey_url=room.store_url))
    valkey.most = {}
    return valkey


# --- How much a call does -----------------------------------------------------------------------


def test_rows_are_taken_in_steps_and_no_rows_are_one_empty_step() -> None:
    assert list(steps([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]
    assert [list(steps(rows, 1)) for rows in ([], [7])] == [[[]], [[7]]]


async def test_no_call_sends_more_commands_in_a_long_queue(room: Room, watched: Watched) -> None:
    numbers = await crowd(room, FANS)
    tokens = [room.token(*place) for place in numbers.items()]
    keys = [room.key(*place) for place in numbers.items()]
    ends_at_ms = await room.now_ms() + 900_000
    concert_id = room.concert_id
    await places.note_present(watched, concert_id, tokens, [600_000] * FANS)
    await places.place(watched, concert_id, tokens, PATIENT)
    await places.restore(watched, concert_id, tokens, PATIENT)
    await room.snapshot(4)
    _ = [place async for place in counts.every_place(watched, concert_id)]
    await let_in(room, FANS // 2)
    await passes.check_entry(watched, concert_id, keys)
    await passes.extend_passes(watched, concert_id, [(key, ends_at_ms) for key in keys])
    await passes.give_back(watched, concert_id, [(key, 0) for key in keys])
    await losses.restore_held(watched, concert_id, [(key, ends_at_ms) for key in keys], 600)
    await passes.end_passes(watched, concert_id, keys[: FANS // 4])
    room.travel(2_000)
    while await passes.expire_passes(watched, concert_id):
        pass
    too_many = {name: most for name, most in watched.most.items() if most > COMMANDS_MAX}
    assert len(watched.most) >= 13
    assert not too_many


@pytest.mark.parametrize("part", ["line", "seen", "absent", "gone", "active", "passes", "blocks"])
async def test_no_step_of_a_repair_grows_with_the_queue(
    room: Room, watched: Watched, part: str
) -> None:
    await in_every_part(room)
    keys = room.keys()
    room.store.delete(keys[part])
    watched.most.clear()
    assert await room.recover() == (part,)
    assert watched.most["recover"] <= 6 * losses.STEP_MAX
    for one, other in (("line", "seen"), ("absent", "gone")):
        assert room.store.zcard(keys[one]) == room.store.zcard(keys[other])
    assert room.store.zcard(keys["active"]) == room.store.hlen(keys["passes"])
    assert counted(room) == truly_counted(room)


async def in_every_part(room: Room) -> None:
    """A third is admitted, a third absent, a third waits."""
    numbers = await crowd(room, FANS)
    await let_in(room, FANS // 3)
    users = list(room.store.zrange(room.keys()["line"], 0, -1))
    long_ago = dict.fromkeys(users[: FANS // 3], await room.now_ms() - 1)
    room.store.zadd(room.keys()["seen"], long_ago)
    while (await room.admit(door="shut", step=STEP)).has_more:
        pass
    assert len(numbers) == FANS
    assert room.store.zcard(room.keys()["absent"]) == FANS // 3


async def test_the_counts_of_a_long_queue_are_read_in_pages(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crowd(room, FANS)
    monkeypatch.setattr(counts, "BLOCKS_COUNT", 100)
    call = counts.blocks_lua(cursor="0", count=100)
    page = await room.valkey.run(call, list(room.keys().values()))
    assert 50 <= len(page.found) // 2 <= 200
    snapshot = await room.snapshot()
    assert len(snapshot.blocks) > 500
    assert {str(block): count for block, count in snapshot.blocks.items()} == truly_counted(room)


# --- The tick -----------------------------------------------------------------------------------


async def test_one_call_of_a_tick_looks_at_no_more_fans_than_its_step(room: Room) -> None:
    """Passes, absences and places end while fans are admitted: no kind of work stops another."""
    await in_every_part(room)
    keys = room.keys()
    long_ago = await room.now_ms() - 1
    for part in ("active", "gone"):
        users = room.store.zrange(keys[part], 0, -1)
        room.store.zadd(keys[part], dict.fromkeys(users, long_ago))
    absent = room.store.zrange(keys["line"], 300, -1)
    room.store.zadd(keys["seen"], dict.fromkeys(absent, long_ago))
    done = await tick(room)
    kinds = (done.passes_expired, done.places_ended, done.stepped_over, done.admitted)
    assert sum(kinds) <= STEP
    assert all(kinds)
    assert done.has_more


async def test_no_fan_passes_one_of_a_lane_that_is_no_more_while_its_fans_move(room: Room) -> None:
    """Also when the lane has far more fans than one call moves."""
    lanes = [random.Random(5).choice([0, 2, 3]) for _ in range(300)]  # noqa: S311 - no secret
    fans = [Joining(f"fan-{n:03}", lane) for n, lane in enumerate(lanes)]
    await room.arrive(*fans, pace=PATIENT)
    came: list[str] = []
    for _ in range(200):
        await room.admit(active_limit=300, admit_per_minute=10**7, step=8)
        came += sorted(await room.inside() - set(came))
    assert came == [fan.user_id for fan in fans]


# --- A snapshot in pages ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
async def test_a_snapshot_shows_no_position_that_was_not_true_while_it_was_read(
    room: Room, other: Room, watched: Watched, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Between its pages fans join, leave and are admitted. A fan who was there all the time is
    shown at least as many ahead as there are at the end, and at most a block more than at the
    beginning."""
    monkeypatch.setattr(counts, "BLOCKS_COUNT", 60)
    chance = random.Random(seed)  # noqa: S311 - a reproducible story
    numbers = await crowd(room, 900)
    other.valkey.clock_offset_ms = room.valkey.clock_offset_ms
    pages = 0

    async def come_and_go(script: str) -> None:
        nonlocal pages
        if script != "blocks":
            return
        pages += 1
        for user in chance.sample(sorted(numbers), 15):
            await other.leave(user, numbers.pop(user))
        await other.join(*(f"new-{pages}-{n}" for n in range(40)), pace=PATIENT)
        await other.admit(active_limit=10_000, admit_per_minute=10**7, step=20)

    before = in_order(room)
    watched.before = come_and_go
    snapshot = await room.snapshot()
    after, ranks = in_order(room), Ranks(snapshot)
    assert pages > 5
    assert len(snapshot.blocks) > 400
    stayed = before.keys() & after.keys()
    assert len(stayed) > 300
    for user in stayed:
        ahead = ranks.most_ahead(0, numbers[user])
        assert after[user] <= ahead <= before[user] + queue_numbers.BLOCK


def in_order(room: Room) -> dict[str, int]:
    """User → fans ahead, from the line itself."""
    return {user: n for n, user in enumerate(room.store.zrange(room.keys()["line"], 0, -1))}


async def test_while_the_counts_are_lost_no_position_is_shown_from_a_part_of_them(
    room: Room,
) -> None:
    """Such a snapshot has no counts at all, so that polls ask Valkey."""
    await crowd(room, 600)
    room.store.delete(room.keys()["blocks"])
    assert (await room.snapshot()).blocks == {}
    while await losses.recover(room.valkey, room.concert_id, RULES, step=50) is None:
        assert (await room.snapshot()).blocks == {}
    assert sum((await room.snapshot()).blocks.values()) == 600
