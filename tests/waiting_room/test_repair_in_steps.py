"""The repair of a lost key in steps: other calls come in between, and any process goes on."""

import random

import pytest

from waiting_room.crowds import PATIENT, RULES, counted, crowd, let_in, tick, truly_counted
from waiting_room.room import WAIT_S, Room
from yemae.waiting_room import losses, places


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
