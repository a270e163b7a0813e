"""A place that was over, and that an operator has given back."""

from collections.abc import Awaitable, Callable

import pytest

from waiting_room.room import Room
from yemae.waiting_room import places

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
