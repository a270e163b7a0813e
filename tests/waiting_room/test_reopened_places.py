"""A place that was over, and that an operator has given back."""

from collections.abc import Awaitable, Callable

import pytest

from waiting_room.room import Room
from yemae.waiting_room import counts, places

HOUR_S = 3_600


async def reopen(room: Room, user: str, number: int) -> bool:
    return await places.reopen(room.valkey, room.concert_id, user, number, HOUR_S)


async def by_leaving(room: Room, ann: int) -> None:
    await room.leave("ann", ann)


async def by_absence(room: Room, ann: int) -> None:
    """Which no script has noticed yet."""
    room.travel(46)
    await room.admit(door="shut", place_ttl_s=60)
    assert room.is_in("absent", "ann"), ann
    room.travel(61)


async def by_revocation(room: Room, ann: int) -> None:
    assert (await room.admit()).admitted == 1, ann
    assert await room.revoke("ann")


@pytest.mark.parametrize("end", [by_leaving, by_absence, by_revocation])
async def test_the_fan_is_at_the_same_number_when_they_are_back(
    room: Room, end: Callable[[Room, int], Awaitable[None]]
) -> None:
    ann = (await room.begin("ann"))["ann"]
    await end(room, ann)
    await room.join("ben")
    seen = await places.standing(room.valkey, room.concert_id, "ann")
    assert (seen.word, seen.number) == ("over", str(ann))
    assert await reopen(room, "ann", ann)
    # Not there, so no admission is lost on them.
    assert not room.is_in("line", "ann")
    seen = await places.standing(room.valkey, room.concert_id, "ann")
    assert (seen.word, seen.number) == ("absent", str(ann))
    back = await room.place("ann", ann)
    assert (back.word, back.number, back.ahead) == ("waiting", ann, 0)


@pytest.mark.parametrize("is_back", [False, True])
async def test_an_entry_token_of_before_does_not_pass_the_line(room: Room, is_back: bool) -> None:
    """Neither while the fan is away nor in the line, and its fan comes in by the line."""
    ann = (await room.begin("ann"))["ann"]
    await by_revocation(room, ann)
    assert await reopen(room, "ann", ann)
    if is_back:
        assert (await room.place("ann", ann)).word == "waiting"
    later_s = await room.now_ms() // 1000 + 300
    assert await room.check("ann", ann) == "ended"
    assert await room.restore_pass("ann", ann, later_s) == "ended"
    assert await room.restore_held("ann", ann, later_s * 1000) == 0
    assert (await room.place("ann", ann)).word == "waiting"
    assert (await room.admit()).admitted == 1
    assert await room.check("ann", ann) == "open"


async def test_the_pass_of_a_place_that_was_given_back_comes_back_after_a_loss(room: Room) -> None:
    ann = (await room.begin("ann"))["ann"]
    await by_revocation(room, ann)
    assert await reopen(room, "ann", ann)
    await room.place("ann", ann)
    assert (await room.admit()).admitted == 1
    room.lose("passes", "active")
    later_s = await room.now_ms() // 1000 + 300
    assert await room.check("ann", ann) == "lost"
    assert await room.restore_pass("ann", ann, later_s) == "open"
    assert await room.check("ann", ann) == "open"


async def test_the_number_before_the_one_of_a_reopened_place_is_another_fan_s(room: Room) -> None:
    numbers = await room.begin("ben", "ann")
    ann = numbers["ann"]
    await room.leave("ann", ann)
    assert await reopen(room, "ann", ann)

    async def found() -> set[tuple[str, int]]:
        return {place async for place in counts.every_place(room.valkey, room.concert_id)}

    assert await found() == set(numbers.items())
    for user, number in numbers.items():
        await room.place(user, number)
    assert (await room.admit()).admitted == 2
    assert await found() == set(numbers.items())


async def test_a_place_that_was_given_back_and_lost_comes_back_with_its_token(room: Room) -> None:
    ann = (await room.begin("ann"))["ann"]
    await room.leave("ann", ann)
    assert await reopen(room, "ann", ann)
    room.lose("absent", "gone")
    seen = await places.standing(room.valkey, room.concert_id, "ann")
    assert (seen.word, seen.number) == ("none", "0")
    assert await room.check("ann", ann) == "ended"
    # The token still is the place.
    assert (await room.place("ann", ann)).word == "lost"
    await room.restore("ann", ann)
    assert (await room.place("ann", ann)).word == "waiting"


async def test_it_ends_like_any_absent_fan_s(room: Room) -> None:
    numbers = await room.begin("ann")
    await room.leave("ann", numbers["ann"])
    assert await reopen(room, "ann", numbers["ann"])
    room.travel(HOUR_S + 1)
    assert (await room.place("ann", numbers["ann"])).word == "ended"


async def test_a_fan_who_has_a_place_gets_no_other(room: Room) -> None:
    numbers = await room.begin("ann")
    await room.leave("ann", numbers["ann"])
    assert await reopen(room, "ann", numbers["ann"])
    assert not await reopen(room, "ann", numbers["ann"])
    await room.place("ann", numbers["ann"])
    assert not await reopen(room, "ann", numbers["ann"])
    assert (await room.admit()).admitted == 1
    assert not await reopen(room, "ann", numbers["ann"])


async def test_only_the_last_place_comes_back(room: Room) -> None:
    first = (await room.begin("ann"))["ann"]
    await room.leave("ann", first)
    second = (await room.line_up("ann"))["ann"]
    await room.leave("ann", second)
    assert not await reopen(room, "ann", first)
    assert await reopen(room, "ann", second)
    assert (await room.place("ann", first)).word == "ended"
    assert (await room.place("ann", second)).word == "waiting"


async def test_a_fan_who_never_had_a_place_gets_none(room: Room) -> None:
    await room.begin("ann")
    assert not await reopen(room, "ben", 1)
    seen = await places.standing(room.valkey, room.concert_id, "ben")
    assert (seen.word, seen.number) == ("none", "0")


async def test_a_place_whose_number_is_not_known_is_not_put_in_front_of_all(room: Room) -> None:
    await room.begin("ben")
    # As of a pass that ended while the store had lost its number.
    room.store.hset(room.keys()["ended"], "ann", "0")
    seen = await places.standing(room.valkey, room.concert_id, "ann")
    assert (seen.word, seen.number) == ("over", "0")
    assert not await reopen(room, "ann", 0)
    assert not room.is_in("absent", "ann")
