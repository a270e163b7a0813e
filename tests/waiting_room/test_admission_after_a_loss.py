"""Admission after a loss: it waits for lost places, and keeps room for lost passes."""

from collections.abc import Awaitable, Callable

import pytest

from waiting_room.room import CONCERT, WAIT_S, Room
from yemae.waiting_room import admission, passes
from yemae.waiting_room.admission import Admission, Doors

Act = Callable[[Room], Awaitable[object]]


async def back(room: Room) -> None:
    ends_at_s = await room.now_ms() // 1000 + 300
    assert await room.restore_pass("ann", 5, ends_at_s) == "open"


async def back_by_a_hold(room: Room) -> None:
    assert await room.restore_held("ann", 5, await room.now_ms() + 300_000) == 1


async def left(room: Room) -> None:
    await room.leave("ann", 5)


async def paid(room: Room) -> None:
    assert await passes.end_passes(room.valkey, room.concert_id, [room.key("ann", 5)]) == 0


async def admitted_of(room: Room, inside_before: int, limit: int, *acts: Act) -> int:
    """All is lost while fans were admitted, some of them act, and one fan waits: whether the fan is
    admitted."""
    assert await room.recover(inside=inside_before) == ("all",)
    for act in acts:
        await act(room)
    room.travel(WAIT_S + 1)
    await room.join("newcomer")
    return (await room.admit(active_limit=limit)).admitted


@pytest.mark.parametrize(("act", "inside"), [(back, 1), (back_by_a_hold, 1), (left, 0), (paid, 0)])
async def test_no_room_is_reserved_for_a_fan_who_is_back_or_gone(
    room: Room, act: Act, inside: int
) -> None:
    assert await admitted_of(room, 1, inside + 1, act) == 1


@pytest.mark.parametrize("act", [left, paid])
async def test_a_fan_who_is_gone_gives_room_back_once(room: Room, act: Act) -> None:
    assert await admitted_of(room, 2, 1, act, act) == 0


async def test_a_fan_who_left_the_line_gives_no_room_back(room: Room) -> None:
    async def left_the_line(room: Room) -> None:
        numbers = await room.line_up("ben")
        await room.leave("ben", numbers["ben"])

    assert await admitted_of(room, 1, 1, left_the_line) == 0


async def test_a_tick_that_finds_a_loss_does_nothing_else(room: Room) -> None:
    await room.enter("ann", entry_ttl_s=1)
    await room.join("ben")
    room.travel(2)
    room.lose("meta")
    doors = Doors(100, 60_000, 600, 3_600, "open", 0)
    tick = await admission.admit(room.valkey, CONCERT, doors, step=500)
    assert tick == Admission(lost=("meta",))
    assert await room.inside() == {"ann"}


@pytest.mark.parametrize("lost", ["line", "all"])
async def test_no_fan_is_admitted_until_lost_places_may_be_back(room: Room, lost: str) -> None:
    numbers = await room.begin("ann")
    if lost == "all":
        room.store.flushall()
    else:
        room.lose("line")
    await room.recover()
    await room.restore("ann", numbers["ann"])
    assert (await room.admit()).admitted == 0
    room.travel(WAIT_S + 1)
    assert (await room.admit()).admitted == 1


@pytest.mark.parametrize("part", ["seen", "meta"])
async def test_admission_goes_on_when_no_place_is_lost(room: Room, part: str) -> None:
    await room.begin("ann")
    room.lose(part)
    await room.recover()
    assert (await room.admit()).admitted == 1


async def test_room_is_reserved_until_the_lost_passes_must_have_ended(room: Room) -> None:
    await room.recover(inside=2)
    room.travel(599)
    await room.join("ann", "ben", "cho")
    assert (await room.admit(active_limit=3)).admitted == 1
    room.travel(2)
    assert (await room.admit(active_limit=3)).admitted == 2


async def test_no_room_is_reserved_for_passes_that_are_not_lost(room: Room) -> None:
    """Passes of held orders are back before the repair; a queue that begins has no passes."""
    await room.enter("ann")
    await room.join("ben")
    room.lose("ended", "blocks", "meta")
    await room.recover(inside=1)
    room.travel(WAIT_S + 1)
    assert (await room.admit(active_limit=2)).admitted == 1


async def test_no_room_is_reserved_when_a_part_is_lost(room: Room) -> None:
    await room.enter("ann")
    await room.join("ben")
    room.lose("meta")
    await room.recover(inside=5)
    assert (await room.admit(active_limit=2)).admitted == 1


async def test_no_room_is_reserved_in_a_queue_that_begins(room: Room) -> None:
    await room.recover(has_begun=False, inside=5)
    await room.join("ann")
    assert (await room.admit(active_limit=1)).admitted == 1
