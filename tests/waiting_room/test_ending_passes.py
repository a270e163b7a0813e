"""Passes that a payment has ended."""

import pytest

from waiting_room.room import Room
from yemae.waiting_room import passes


async def test_a_used_pass_is_over_for_good(room: Room) -> None:
    number = await room.enter("ann")
    assert await room.end("ann", number) == 1
    assert await room.end("ann", number) == 0
    assert await room.check("ann", number) == "ended"
    assert (await room.place("ann", number)).word == "ended"
    later_s = await room.now_ms() // 1000 + 300
    assert await room.restore_pass("ann", number, later_s) == "ended"
    await room.restore("ann", number)
    assert await room.inside() == set()
    assert (await room.snapshot()).waiting == 0


async def test_many_passes_are_ended_in_one_call(room: Room) -> None:
    ann, ben = await room.enter("ann", entry_ttl_s=60), await room.enter("ben")
    numbers = await room.line_up("cho")
    room.travel(60)
    again = await room.enter("ann")
    ended = [room.key(*each) for each in [("ann", again), ("ben", ben), ("ann", ann), ("dan", 9)]]
    assert await passes.end_passes(room.valkey, room.concert_id, ended) == 2
    assert await room.inside() == set()
    assert room.store.hget(room.keys()["ended"], "ann") == str(again)
    assert room.store.hget(room.keys()["meta"], "ended_by_payment") == "2"
    assert (await room.place("cho", numbers["cho"])).word == "waiting"


async def test_two_passes_of_one_fan_in_one_call_count_once(room: Room) -> None:
    number = await room.enter("ann")
    both = [room.key("ann", number + 1), room.key("ann", number)]
    assert await passes.end_passes(room.valkey, room.concert_id, both) == 1
    assert room.store.hget(room.keys()["ended"], "ann") == str(number + 1)


async def test_a_hold_that_ends_before_its_pass_changes_nothing(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=600)
    before = await room.place("ann", number)
    await room.extend("ann", number, await room.now_ms() + 300_000)
    assert await room.place("ann", number) == before
    assert not room.store.exists(room.keys()["own_ends"])


async def test_two_holds_of_one_pass_in_one_call_keep_its_own_end(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    _, own_end = await room.own_end("ann", number)
    key = room.key("ann", number)
    later = [(key, own_end + 300_000), (key, own_end + 200_000)]
    await passes.extend_passes(room.valkey, room.concert_id, later)
    assert await room.own_end("ann", number) == ("open", own_end)
    assert (await room.place("ann", number)).pass_ends_at_ms == own_end + 300_000


async def test_a_call_without_passes_does_nothing(room: Room) -> None:
    assert await passes.check_entry(room.valkey, room.concert_id, []) == []
    await passes.extend_passes(room.valkey, room.concert_id, [])
    assert await passes.end_passes(room.valkey, room.concert_id, []) == 0


async def test_a_pass_leaves_nothing_but_its_number(room: Room) -> None:
    number = await room.enter("ann")
    await room.extend("ann", number, await room.now_ms() + 900_000)
    keys = room.keys()
    assert room.store.hkeys(keys["own_ends"]) == ["ann"]
    await room.end("ann", number)
    for part in ("active", "passes", "unused", "own_ends"):
        assert not room.store.exists(keys[part]), part
    assert room.store.hget(keys["ended"], "ann") == str(number)
    again = await room.enter("ann")
    await room.extend("ann", again, await room.now_ms() + 900_000)
    await room.leave("ann", again)
    for part in ("active", "passes", "unused", "own_ends"):
        assert not room.store.exists(keys[part]), part


async def test_a_pass_whose_end_is_lost_is_open_and_can_be_extended(room: Room) -> None:
    number = await room.enter("ann")
    room.store.delete(room.keys()["active"])
    assert await room.check("ann", number) == "open"
    later_ms = await room.now_ms() + 900_000
    await room.extend("ann", number, later_ms)
    assert (await room.place("ann", number)).pass_ends_at_ms == later_ms


async def test_ending_an_earlier_pass_leaves_the_present_one_open(room: Room) -> None:
    old = await room.enter("ann", entry_ttl_s=60)
    room.travel(60)
    new = await room.enter("ann")
    assert await room.end("ann", old) == 0
    assert await room.check("ann", new) == "open"


async def test_a_pass_that_is_ended_before_it_is_known_never_opens(room: Room) -> None:
    """The sweep tells an emptied Valkey what was paid, before the fan comes back."""
    ends_at_s = await room.now_ms() // 1000 + 300
    assert await room.end("ann", 5) == 0
    assert await room.check("ann", 5) == "ended"
    assert await room.restore_pass("ann", 5, ends_at_s) == "ended"


async def test_a_place_that_was_restored_during_the_payment_goes_with_the_pass(room: Room) -> None:
    numbers = await room.line_up("ann", "ben")
    assert await room.end("ann", numbers["ann"]) == 0
    assert (await room.place("ben", numbers["ben"])).ahead == 0
    assert (await room.place("ann", numbers["ann"])).word == "ended"


async def test_the_place_of_an_absent_fan_goes_with_the_pass(room: Room) -> None:
    numbers = await room.line_up("ann")
    room.travel(46)
    await room.admit(door="shut")
    assert room.is_in("absent", "ann")
    assert await room.end("ann", numbers["ann"]) == 0
    assert not room.is_in("absent", "ann")
    (again,) = await room.join("ann")
    assert again.number > numbers["ann"]


@pytest.mark.parametrize("part", ["line", "absent"])
async def test_a_newer_place_stays_when_an_older_pass_ends(room: Room, part: str) -> None:
    numbers = await room.line_up("ann")
    if part == "absent":
        room.travel(46)
        await room.admit(door="shut")
    await room.end("ann", numbers["ann"] - 1)
    assert room.is_in(part, "ann")
    assert (await room.place("ann", numbers["ann"])).word == "waiting"
