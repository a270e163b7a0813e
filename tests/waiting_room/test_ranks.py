"""Positions: what a view and an exact look say, beside the truth, while the line lives."""

import random
from collections.abc import Mapping

import pytest

from waiting_room.room import PACE, Room
from yemae.waiting_room import queue_numbers
from yemae.waiting_room.places import Joining
from yemae.waiting_room.snapshot import LaneNumbers, Ranks, Snapshot

FANS = 250
STEPS = 10
PATIENT = PACE._replace(absent_after_ms=600_000)


async def truth(room: Room) -> dict[str, tuple[int, int, int]]:
    """User → (lane, number, people really ahead in the lane), straight from the sorted set."""
    scores = room.store.zrange(room.keys()["line"], 0, -1, withscores=True)
    seen: dict[int, int] = {}
    found = {}
    for user, score in scores:
        lane, number = divmod(int(score), queue_numbers.LANE)
        found[user] = (lane, number, seen.get(lane, 0))
        seen[lane] = seen.get(lane, 0) + 1
    return found


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("lanes", [1, 3])
async def test_a_shown_position_is_never_too_low_and_falls_only(
    room: Room, seed: int, lanes: int
) -> None:
    """Fans join, leave, come in and go absent; none returns. What the store says exactly, and
    what a view says, stays between the truth and a block more, and never rises."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible story
    shown: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for step in range(STEPS):
        fans = [
            Joining(f"fan-{step}-{n}", lane=chance.randrange(lanes), drawn_number=_drawn(chance))
            for n in range(FANS)
        ]
        is_draw = step < STEPS // 2
        opens_at_ms = await room.now_ms() + 1_000 if is_draw else 0
        for standing, fan in zip(
            await room.arrive(*fans, pace=PATIENT, opens_at_ms=opens_at_ms), fans, strict=True
        ):
            numbers[fan.user_id] = standing.number
        room.travel(chance.choice([0, 1, 6]))
        for user in chance.sample(sorted(numbers), 90):
            await room.leave(user, numbers.pop(user))
        if is_draw:
            shown.clear()  # Before the opening no fan sees a position.
        else:
            await room.admit(
                active_limit=100_000, step=chance.choice([50, 300]), shares=(40, 30, 30)[:lanes]
            )
        await check_positions(room, lanes, shown)


def _drawn(chance: random.Random) -> int:
    return chance.randrange(1, queue_numbers.DRAWN)


async def check_positions(room: Room, lanes: int, shown: dict[str, int]) -> None:
    snapshot = await room.snapshot(lanes)
    ranks, really = Ranks(snapshot), await truth(room)
    assert sum(snapshot.blocks.values()) == snapshot.waiting == len(really)
    counted: dict[int, int] = {}
    for lane, number, _ in really.values():
        block = queue_numbers.block_of(lane, number)
        counted[block] = counted.get(block, 0) + 1
    assert counted == dict(snapshot.blocks)
    asked = list(really)
    standings = await room.places({user: really[user][1] for user in asked}, PATIENT)
    for user, standing in zip(asked, standings, strict=True):
        lane, number, ahead = really[user]
        from_view = ranks.most_ahead(lane, number)
        assert ahead <= standing.ahead <= from_view
        assert from_view <= ahead + queue_numbers.BLOCK
        if ahead > queue_numbers.EXACT_AHEAD:
            assert standing.ahead == from_view, "two answers for one moment"
        else:
            assert standing.ahead == ahead
        assert standing.ahead <= shown.get(user, standing.ahead), "a position rose"
        shown[user] = standing.ahead


async def shown(room: Room, user: str, number: int) -> int:
    """The position that the store says exactly and that a snapshot says."""
    from_view = Ranks(await room.snapshot()).most_ahead(0, number)
    standing = await room.place(user, number, PATIENT)
    assert standing.ahead == from_view
    return from_view


async def join_together(room: Room, count: int, name: str) -> list[tuple[str, int]]:
    """User and number of fans who join in one call, in a block of their own."""
    room.travel(10)
    users = [f"{name}-{n:03}" for n in range(count)]
    standings = await room.join(*users, pace=PATIENT)
    return [(user, standing.number) for user, standing in zip(users, standings, strict=True)]


async def test_drawn_fans_far_back_see_the_whole_block_as_ahead(room: Room) -> None:
    fans = [Joining(f"fan-{n:03}", drawn_number=n) for n in range(1, 301)]
    opens_at_ms = await room.now_ms() + 60_000
    await room.arrive(*fans, pace=PATIENT, opens_at_ms=opens_at_ms)
    assert await shown(room, "fan-150", 150) == 300
    assert (await room.place("fan-050", 50, PATIENT)).ahead == 49


async def test_in_a_full_block_no_more_are_ahead_than_are_left_of_it(room: Room) -> None:
    await join_together(room, 150, "first")
    block = await join_together(room, 20, "second")
    await join_together(room, 1, "third")
    for user, number in block[:10]:
        await room.leave(user, number)
    assert await shown(room, *block[-1]) == 150 + 10


async def test_in_the_open_block_all_numbers_before_count(room: Room) -> None:
    """They are not given out any more, but a smaller count would rise with later joins."""
    await join_together(room, 150, "first")
    block = await join_together(room, 20, "second")
    for user, number in block[:10]:
        await room.leave(user, number)
    assert await shown(room, *block[-1]) == 150 + 19


async def test_in_the_first_block_those_before_its_first_fan_do_not_count(room: Room) -> None:
    block = await join_together(room, 250, "first")
    await room.admit(active_limit=50)
    assert await shown(room, *block[200]) == 150


async def test_a_fan_who_returns_is_counted_again(room: Room) -> None:
    names = [f"fan-{n:03}" for n in range(400)]
    numbers = await room.line_up(*names)
    room.travel(40)
    await room.places({name: numbers[name] for name in names[200:]})
    room.travel(10)
    assert (await room.admit(door="shut")).stepped_over == 200

    async def most_ahead(user: str) -> int:
        return Ranks(await room.snapshot()).most_ahead(0, numbers[user])

    assert await most_ahead("fan-350") == 150
    before = {user: await most_ahead(user) for user in names[200:]}
    await room.places({name: numbers[name] for name in names[:60]})
    for user in names[200:]:
        rise = await most_ahead(user) - before[user]
        assert 0 <= rise <= 60 + queue_numbers.BLOCK
    assert (await room.place("fan-210", numbers["fan-210"])).ahead == 70


async def test_a_view_of_an_empty_queue_has_no_fan_ahead() -> None:
    ranks = Ranks(snapshot_of({}, open_block=-1, first=-1))
    assert ranks.most_ahead(0, queue_numbers.DRAWN * 2) == 0
    assert ranks.most_ahead(0, 5) == 0


def test_the_front_of_a_block_counts_from_the_first_who_is_left() -> None:
    base = queue_numbers.DRAWN * 2 - queue_numbers.DRAWN * 2 % queue_numbers.BLOCK
    block = queue_numbers.block_of(0, base)
    ranks = Ranks(snapshot_of({block: 100}, open_block=block, first=base + 100))
    assert ranks.most_ahead(0, base + 250) == 150
    assert ranks.most_ahead(0, base + 100) == 0


def snapshot_of(blocks: Mapping[int, int], *, open_block: int, first: int) -> Snapshot:
    waiting = sum(blocks.values())
    return Snapshot(
        now_ms=0,
        waiting=waiting,
        absent=0,
        active=0,
        admitted=0,
        joined=waiting,
        first_admitted_at_ms=0,
        seats_left=-1,
        seats_unsold=-1,
        open_block=open_block,
        rates={},
        blocks=blocks,
        lanes=(LaneNumbers(waiting, first, -1),),
    )
