"""Bounded steps: how much one script call does, whatever the length of the queue, and what holds
while other calls come in between."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

import pytest

from waiting_room.room import PACE, WAIT_S, Room
from yemae.settings import Settings
from yemae.store.scripts import ScriptCall
from yemae.store.valkey import Valkey
from yemae.waiting_room import admission, counts, losses, passes, places, queue_numbers
from yemae.waiting_room.admission import Admission, Doors
from yemae.waiting_room.losses import Recovery
from yemae.waiting_room.places import Joining
from yemae.waiting_room.snapshot import Ranks

FANS = 2_100
STEP = 25
# A join, which writes the most, takes about 16 commands for each of its 64 fans.
COMMANDS_MAX = 1_200
PATIENT = PACE._replace(absent_after_ms=600_000)
RULES = Recovery("generation", True, WAIT_S * 1000, 600, 3_600, 0, 60_000)
DOORS = Doors(10_000, 10**7, 600, 3_600, "open", 0)
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


@pytest.fixture
async def other(room: Room) -> AsyncIterator[Room]:
    """The same room, from another process."""
    opened = Room(room.store_url)
    yield opened
    await opened.close()


async def crowd(room: Room, count: int = FANS) -> dict[str, int]:
    """So many in line, of whom a third have drawn numbers. User → number."""
    await room.recover(has_begun=False)
    chance = random.Random(count)  # noqa: S311 - a reproducible story
    drawn = [chance.randrange(queue_numbers.DRAWN) if n % 3 else None for n in range(count)]
    fans = [Joining(f"fan-{n}", drawn_number=number) for n, number in enumerate(drawn)]
    opens_at_ms = await room.now_ms() + 30_000
    standings = await room.arrive(*fans, pace=PATIENT, opens_at_ms=opens_at_ms)
    room.travel(31)
    return {fan.user_id: at.number for fan, at in zip(fans, standings, strict=True)}


async def tick(room: Room) -> Admission:
    """One call, which repairs nothing."""
    return await admission.admit(room.valkey, room.concert_id, DOORS, step=STEP)


async def let_in(room: Room, count: int) -> None:
    for _ in range(count // 20):
        await room.admit(active_limit=count, admit_per_minute=10**7, step=STEP)


# --- How much a call does -----------------------------------------------------------------------


async def test_no_call_sends_more_commands_in_a_long_queue(room: Room, watched: Watched) -> None:
    numbers = await crowd(room)
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
    numbers = await crowd(room)
    await let_in(room, FANS // 3)
    users = list(room.store.zrange(room.keys()["line"], 0, -1))
    long_ago = dict.fromkeys(users[: FANS // 3], await room.now_ms() - 1)
    room.store.zadd(room.keys()["seen"], long_ago)
    while (await room.admit(door="shut", step=STEP)).has_more:
        pass
    assert len(numbers) == FANS
    assert room.store.zcard(room.keys()["absent"]) == FANS // 3


def counted(room: Room) -> dict[str, int]:
    """Block → fans, as Valkey keeps it."""
    found = room.store.hgetall(room.keys()["blocks"])
    return {block: int(count) for block, count in found.items() if not block.startswith("\0")}


def truly_counted(room: Room) -> dict[str, int]:
    """The same, from the line itself."""
    found: dict[str, int] = {}
    for _, score in room.store.zrange(room.keys()["line"], 0, -1, withscores=True):
        lane, number = divmod(int(score), queue_numbers.LANE)
        block = str(queue_numbers.block_of(lane, number))
        found[block] = found.get(block, 0) + 1
    return found


async def test_the_counts_of_a_long_queue_are_read_in_pages(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crowd(room)
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


# --- A repair in steps --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("part", ["line", "seen", "active", "passes", "blocks"])
async def test_a_repair_is_right_when_fans_come_and_go_between_its_steps(
    room: Room, part: str, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a reproducible story
    numbers = await crowd(room, 1_200)
    await let_in(room, 700 if part in ("active", "passes") else 100)
    keys = room.keys()
    room.store.delete(keys[part])
    steps = 0
    while await losses.recover(room.valkey, room.concert_id, RULES, step=20) is None:
        steps += 1
        assert (await tick(room)).lost, "no fan is admitted meanwhile"
        for user in chance.sample(sorted(numbers), 8):
            await room.leave(user, numbers.pop(user))
        some = dict(chance.sample(sorted(numbers.items()), 8))
        lost = [
            room.token(user, number)
            for (user, number), at in zip(some.items(), await room.places(some), strict=True)
            if at.word == "lost"
        ]
        await places.restore(room.valkey, room.concert_id, lost, PATIENT)
        new = f"new-{steps}"
        numbers |= {new: (await room.join(new, pace=PATIENT))[0].number}
    assert steps > 5
    assert room.store.zcard(keys["line"]) == room.store.zcard(keys["seen"])
    assert room.store.zcard(keys["active"]) == room.store.hlen(keys["passes"])
    assert counted(room) == truly_counted(room)


async def test_the_steps_of_two_processes_add_up_and_one_of_them_says_what_was_lost(
    room: Room, other: Room
) -> None:
    await crowd(room, 600)
    room.store.delete(room.keys()["seen"])
    said = []
    while (await tick(room)).lost:
        said += [
            await losses.recover(each.valkey, each.concert_id, RULES, step=50)
            for each in (room, other)
        ]
    assert [words for words in said if words] == [("seen",)]
    alone = 0
    room.store.delete(room.keys()["seen"])
    while await losses.recover(room.valkey, room.concert_id, RULES, step=50) is None:
        alone += 1
    assert abs(len(said) - alone) <= 3


async def test_a_repair_goes_on_to_its_end_when_the_fans_bring_everything_back(room: Room) -> None:
    """Or else its next beginning would be in the middle."""
    numbers = await crowd(room, 300)
    room.store.delete(room.keys()["line"])
    assert await losses.recover(room.valkey, room.concert_id, RULES, step=10) is None
    tokens = [room.token(*place) for place in numbers.items()]
    await places.restore(room.valkey, room.concert_id, tokens, PATIENT)
    assert room.store.zcard(room.keys()["line"]) == room.store.zcard(room.keys()["seen"]) == 300
    room.store.hset(room.keys()["blocks"], "\0generation", "generation")
    found = await tick(room)
    assert (found.lost, found.admitted, found.is_repairing) == (("line",), 0, True)
    assert await room.recover() == ("line",)
    assert not (await tick(room)).lost
    assert counted(room) == truly_counted(room)


async def test_a_line_that_is_lost_while_a_repair_goes_on_stops_admission_for_its_fans(
    room: Room,
) -> None:
    """Newcomers must not pass fans whose places are not back yet."""
    await crowd(room, 300)
    room.store.delete(room.keys()["seen"])
    assert await losses.recover(room.valkey, room.concert_id, RULES, step=100) is None
    room.store.delete(room.keys()["line"])
    assert await room.recover() == ("seen", "line")
    await room.join("newcomer")
    assert (await room.admit()).admitted == 0
    room.travel(WAIT_S)
    assert (await room.admit()).admitted == 1
