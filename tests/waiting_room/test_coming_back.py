"""What comes back after a loss, script by script: places, passes, and the passes of holds."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from waiting_room.room import Room
from yemae.waiting_room import counts, losses, passes
from yemae.waiting_room.steps import ENDS_MAX

ENTRY_TTL_S = 600
Act = Callable[[Room], Awaitable[object]]


async def lose_numbers(room: Room) -> None:
    """Lose the numbers of all passes, and repair the rest."""
    room.store.delete(room.keys()["passes"])
    assert await room.recover() == ("passes",)


async def in_s(room: Room, seconds: int) -> int:
    """A time in whole seconds from now."""
    return await room.now_ms() // 1000 + seconds


def near(room_ms: int) -> object:
    """The script reads the clock a moment before or after the test."""
    return pytest.approx(room_ms, abs=10_000)


# --- Places ---


async def test_a_restored_place_leaves_the_pass_of_its_fan_as_it_is(room: Room) -> None:
    number = await room.enter("ann")
    await room.restore("ann", number - 1)
    assert await room.check("ann", number) == "open"
    assert not room.is_in("line", "ann")


async def test_the_token_of_a_pass_whose_number_is_lost_restores_no_place(room: Room) -> None:
    number = await room.enter("ann")
    room.store.delete(room.keys()["passes"])
    await room.restore("ann", number)
    assert await room.inside() == {"ann"}
    assert not room.is_in("line", "ann")
    assert await room.check("ann", number) == "open"


async def test_a_fan_whose_older_place_is_restored_is_absent_no_more(room: Room) -> None:
    numbers = await room.line_up("ann")
    room.travel(46)
    await room.admit(door="shut")
    await room.restore("ann", numbers["ann"] - 1)
    assert not room.is_in("absent", "ann")
    assert not room.is_in("gone", "ann")
    assert (await room.place("ann", numbers["ann"] - 1)).word == "waiting"


async def test_a_line_that_is_whole_again_before_the_next_tick_is_recounted(room: Room) -> None:
    numbers = await room.line_up("ann", "ben", "cho")
    await room.admit(door="shut")
    room.store.delete(room.keys()["line"])
    for user, number in numbers.items():
        await room.restore(user, number)
    assert await room.recover() == ("blocks",)
    assert sum((await room.snapshot()).blocks.values()) == 3


# --- Passes ---


async def test_a_pass_does_not_come_back_beside_the_open_one_of_its_fan(room: Room) -> None:
    number = await room.enter("ann")
    assert await room.restore_pass("ann", number + 1, await in_s(room, 300)) == "ended"
    assert await room.check("ann", number) == "open"


async def test_a_pass_that_came_back_was_used(room: Room) -> None:
    """Its fan has shown it."""
    assert await room.restore_pass("ann", 5, await in_s(room, 60)) == "open"
    room.travel(61)
    assert await passes.expire_passes(room.valkey, room.concert_id, 10) == 1
    assert (await room.statistics()).unused_admissions == 0


# --- Passes of holds ---


async def test_the_passes_of_more_holds_than_one_call_takes_come_back_and_are_counted(
    room: Room,
) -> None:
    ends_at_ms = await room.now_ms() + 300_000
    held = [(room.key(f"fan-{n}", n + 1), ends_at_ms) for n in range(2 * ENDS_MAX + 1)]
    for restored in (len(held), 0):
        found = await losses.restore_held(room.valkey, room.concert_id, held, ENTRY_TTL_S)
        assert found == restored
    assert len(await room.inside()) == len(held)


@pytest.mark.parametrize("hold_s", [300, 900])
async def test_the_pass_of_a_hold_is_open_until_the_later_of_both_ends(
    room: Room, hold_s: int
) -> None:
    now = await room.now_ms()
    assert await room.restore_held("ann", 5, now + hold_s * 1000) == 1
    at = await room.place("ann", 5)
    assert (at.word, at.number) == ("admitted", 5)
    assert at.pass_ends_at_ms == near(now + max(hold_s, ENTRY_TTL_S) * 1000)
    assert await room.own_end("ann", 5) == ("open", near(now + ENTRY_TTL_S * 1000))


async def test_a_hold_keeps_a_pass_open_that_the_store_knows(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    own_end = (await room.own_end("ann", number))[1]
    for seconds in (900, 100):
        assert await room.restore_held("ann", number, own_end + seconds * 1000) == 0
    assert (await room.place("ann", number)).pass_ends_at_ms == own_end + 900_000
    assert not room.is_in("line", "ann")


async def test_a_hold_opens_no_pass_beside_the_open_one_of_its_fan(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    before = await room.place("ann", number)
    assert await room.restore_held("ann", number + 1, await room.now_ms() + 300_000) == 0
    assert await room.place("ann", number) == before


async def test_a_hold_opens_no_pass_that_has_ended(room: Room) -> None:
    number = await room.enter("ann")
    await room.leave("ann", number)
    assert await room.restore_held("ann", number, await room.now_ms() + 300_000) == 0
    assert await room.inside() == set()


async def test_a_hold_that_has_ended_opens_no_pass(room: Room) -> None:
    assert await room.restore_held("ann", 5, await room.now_ms() - 1) == 0
    assert await room.inside() == set()


async def test_a_hold_says_the_number_of_a_pass_that_has_lost_it(room: Room) -> None:
    number = await room.enter("ann")
    await lose_numbers(room)
    assert await room.restore_held("ann", number, await room.now_ms() + 900_000) == 0
    assert await room.check("ann", number + 1) == "ended"
    assert await room.check("ann", number) == "open"


async def test_the_pass_of_a_hold_ends_the_fan_s_wait(room: Room) -> None:
    numbers = await room.line_up("ann")
    assert await room.restore_held("ann", numbers["ann"], await room.now_ms() + 300_000) == 1
    assert not room.is_in("line", "ann")
    assert (await room.snapshot()).waiting == 0


# --- Expiry of the keys ---


async def pass_restored(room: Room) -> None:
    assert await room.restore_pass("ann", 5, await in_s(room, 300)) == "open"


async def held_pass_restored(room: Room) -> None:
    assert await room.restore_held("ann", 5, await room.now_ms() + 300_000) == 1


async def place_restored(room: Room) -> None:
    await room.restore("ann", 5)


async def joined(room: Room) -> None:
    await room.join("ann")


async def seats_kept(room: Room) -> None:
    await counts.keep_seats(room.valkey, room.concert_id, 7, 9)


async def recovered(room: Room) -> None:
    await room.recover()


async def admitted(room: Room) -> None:
    await room.enter("ann")


@pytest.mark.parametrize(
    "act",
    [joined, admitted, place_restored, pass_restored, held_pass_restored, seats_kept, recovered],
)
async def test_what_is_written_into_an_empty_store_expires(room: Room, act: Act) -> None:
    """After 62 days, later than any token of it."""
    await act(room)
    left_s = [await asyncio.to_thread(room.store.ttl, key) for key in room.store.scan_iter()]
    assert left_s
    assert all(61 * 86_400 < each <= 62 * 86_400 for each in left_s)
