"""Passes: looked at, extended, ended, run out."""

import pytest

from waiting_room.room import Room
from yemae.waiting_room import passes


async def test_a_pass_is_open_for_its_number_until_its_end(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    assert await room.check("ann", number) == "open"
    assert await room.check("ann", number + 1) == "ended"
    assert await room.check("ann", number - 1) == "ended"
    room.travel(59)
    assert await room.check("ann", number) == "open"
    room.travel(1)
    assert await room.check("ann", number) == "ended"


async def test_the_pass_of_a_fan_who_waits_was_lost(room: Room) -> None:
    """A pass leaves a trace when it ends: a fan who shows one and waits, present or absent, waits
    because a poll after the loss put the place back."""
    numbers = await room.line_up("ann")
    assert await room.check("ann", numbers["ann"]) == "lost"
    room.travel(46)
    await room.admit()
    assert await room.check("ann", numbers["ann"]) == "lost"


async def test_of_a_pass_that_was_never_known_nothing_is_known(room: Room) -> None:
    await room.enter("ann")
    assert await room.check("ben", 1) == "lost"


async def test_many_passes_are_looked_at_in_one_call_each_by_itself(room: Room) -> None:
    ann = await room.enter("ann")
    ben = await room.enter("ben")
    asked = [("ben", ben), ("cho", 1), ("ann", ann), ("ann", ben)]
    found = await passes.check_entry(
        room.valkey, room.concert_id, [room.key(*each) for each in asked]
    )
    assert [each.word for each in found] == ["open", "lost", "open", "ended"]


# --- Extending ---


async def test_an_extended_pass_remembers_its_own_end(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    word, own_end = await room.own_end("ann", number)
    assert word == "open"
    for later_s in (100, 200, 300):
        await room.extend("ann", number, own_end + later_s * 1000)
        assert await room.own_end("ann", number) == ("open", own_end)


@pytest.mark.parametrize("left_s", [None, 30])
async def test_what_a_hold_has_added_is_given_back(room: Room, left_s: int | None) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    _, own_end = await room.own_end("ann", number)
    await room.extend("ann", number, own_end + 300_000)
    left_ms = 0 if left_s is None else own_end + left_s * 1000
    await passes.give_back(room.valkey, room.concert_id, [(room.key("ann", number), left_ms)])
    at = await room.place("ann", number)
    assert at.pass_ends_at_ms == own_end + 1000 * (left_s or 0)
    assert await room.own_end("ann", number) == ("open", own_end)


async def test_a_released_hold_of_an_earlier_pass_shortens_nothing(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    _, own_end = await room.own_end("ann", number)
    await room.extend("ann", number, own_end + 300_000)
    await passes.give_back(room.valkey, room.concert_id, [(room.key("ann", number - 1), 0)])
    assert (await room.place("ann", number)).pass_ends_at_ms == own_end + 300_000


async def test_nothing_is_given_back_of_a_pass_that_was_never_extended(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    before = await room.place("ann", number)
    await passes.give_back(room.valkey, room.concert_id, [(room.key("ann", number), 0)])
    assert await room.place("ann", number) == before


async def test_the_next_pass_of_a_fan_has_an_own_end_of_its_own(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    _, own_end = await room.own_end("ann", number)
    await room.extend("ann", number, own_end + 300_000)
    await room.leave("ann", number)
    room.travel(30)
    again = await room.enter("ann", entry_ttl_s=60)
    assert (await room.own_end("ann", again))[1] >= own_end + 30_000


async def test_a_pass_is_extended_to_a_later_end_and_never_shortened(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    now = await room.now_ms()
    await room.extend("ann", number, now + 300_000)
    await room.extend("ann", number, now + 10_000)
    assert (await room.place("ann", number)).pass_ends_at_ms == now + 300_000
    room.travel(290)
    assert await room.check("ann", number) == "open"
    assert (await room.admit()).passes_expired == 0
    room.travel(10)
    assert await room.check("ann", number) == "ended"


async def test_a_pass_that_is_over_is_not_extended(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    room.travel(60)
    await room.extend("ann", number, await room.now_ms() + 300_000)
    assert await room.check("ann", number) == "ended"
    assert (await room.snapshot()).active == 0


async def test_a_hold_of_an_earlier_pass_does_not_extend_the_present_one(room: Room) -> None:
    old = await room.enter("ann", entry_ttl_s=60)
    room.travel(60)
    new = await room.enter("ann", entry_ttl_s=60)
    await room.extend("ann", old, await room.now_ms() + 300_000)
    room.travel(60)
    assert await room.check("ann", new) == "ended"


async def test_a_fan_who_waits_gets_no_pass_by_an_extension(room: Room) -> None:
    numbers = await room.line_up("ann")
    await room.extend("ann", numbers["ann"], await room.now_ms() + 300_000)
    assert await room.inside() == set()
    assert (await room.place("ann", numbers["ann"])).word == "waiting"


# --- Running out ---


async def test_passes_run_out_in_steps_the_oldest_first(room: Room) -> None:
    for seconds, user in ((30, "ann"), (10, "ben"), (20, "cho"), (100, "dae")):
        await room.enter(user, entry_ttl_s=seconds)
    room.travel(60)
    assert await passes.expire_passes(room.valkey, room.concert_id, 2) == 2
    assert await room.inside() == {"ann", "dae"}
    assert await passes.expire_passes(room.valkey, room.concert_id, 2) == 1
    assert await passes.expire_passes(room.valkey, room.concert_id, 2) == 0
    assert await room.inside() == {"dae"}


async def test_a_pass_that_was_swept_is_ended_and_not_lost(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=30)
    room.travel(30)
    await passes.expire_passes(room.valkey, room.concert_id, 10)
    assert await room.check("ann", number) == "ended"
    assert (await room.place("ann", number)).word == "ended"


# --- Coming back after a loss ---


async def test_a_lost_pass_comes_back_until_its_own_end(room: Room) -> None:
    ends_at_s = await room.now_ms() // 1000 + 60
    assert await room.restore_pass("ann", 5, ends_at_s) == "open"
    assert await room.check("ann", 5) == "open"
    room.travel(61)
    assert await room.check("ann", 5) == "ended"


async def test_a_lost_pass_that_has_run_out_does_not_come_back(room: Room) -> None:
    assert await room.restore_pass("ann", 5, await room.now_ms() // 1000) == "ended"
    assert await room.inside() == set()


async def test_lost_passes_come_back_only_while_there_is_room(room: Room) -> None:
    ends_at_s = await room.now_ms() // 1000 + 60
    words = [await room.restore_pass(user, 5, ends_at_s, limit=2) for user in ("ann", "ben", "cho")]
    assert words == ["open", "open", "ended"]
    assert (await room.snapshot()).active == 2
    assert await room.restore_pass("ann", 5, ends_at_s, limit=2) == "open"
