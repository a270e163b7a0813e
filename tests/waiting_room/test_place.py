"""Asking where one stands, and giving a place up."""

import pytest

from waiting_room.room import Room
from yemae.waiting_room import places
from yemae.waiting_room.admission import Admission


async def test_the_position_counts_those_ahead(room: Room) -> None:
    numbers = await room.line_up("ann", "ben", "cho")
    standings = await room.places(numbers)
    assert [(s.word, s.number, s.ahead, s.waiting) for s in standings] == [
        ("waiting", number, ahead, 3) for ahead, number in enumerate(numbers.values())
    ]
    await room.admit(active_limit=1)
    assert (await room.place("cho", numbers["cho"])).ahead == 1
    assert not any(standing.new for standing in standings), "no fan joined"


async def test_an_admitted_fan_sees_when_the_pass_ends(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    standing = await room.place("ann", number)
    assert (standing.word, standing.number) == ("admitted", number)
    assert 50_000 < standing.pass_ends_at_ms - await room.now_ms() <= 60_000


async def test_a_place_is_over_from_the_instant_its_pass_runs_out(room: Room) -> None:
    """No sweep is needed first."""
    number = await room.enter("ann", entry_ttl_s=60)
    room.travel(60)
    assert (await room.place("ann", number)).word == "ended"


async def test_of_a_place_that_was_never_known_nothing_is_known(room: Room) -> None:
    await room.join("ann")
    assert (await room.place("ben", 1)).word == "lost"


async def test_an_older_token_of_a_fan_who_has_rejoined_leads_nowhere(room: Room) -> None:
    old = (await room.line_up("ann"))["ann"]
    await places.leave(room.valkey, room.concert_id, "ann", old)
    new = (await room.line_up("ann"))["ann"]
    assert (await room.place("ann", old)).word == "ended"
    assert (await room.place("ann", new)).number == new


async def test_an_older_token_that_has_not_ended_is_of_a_lost_place(room: Room) -> None:
    """After a loss a fan may have joined again before the older token came back."""
    numbers = await room.line_up("ann")
    assert (await room.place("ann", numbers["ann"] - 1)).word == "lost"
    assert (await room.place("ann", numbers["ann"] + 1)).word == "waiting"


# --- Leaving ---


async def test_a_fan_who_leaves_is_out_and_those_behind_move_up(room: Room) -> None:
    numbers = await room.line_up("ann", "ben")
    await places.leave(room.valkey, room.concert_id, "ann", numbers["ann"])
    assert (await room.place("ann", numbers["ann"])).word == "ended"
    ben = await room.place("ben", numbers["ben"])
    assert (ben.ahead, ben.waiting) == (0, 1)
    assert (await room.admit()).admitted == 1
    assert await room.inside() == {"ben"}


async def test_leaving_from_inside_makes_room(room: Room) -> None:
    number = await room.enter("ann")
    await room.join("ben")
    assert (await room.admit(active_limit=1)).admitted == 0
    await places.leave(room.valkey, room.concert_id, "ann", number)
    assert await room.check("ann", number) == "ended"
    assert (await room.admit(active_limit=1)).admitted == 1


async def test_leaving_while_absent_is_for_good(room: Room) -> None:
    numbers = await room.line_up("ann")
    room.travel(46)
    assert (await room.admit()).stepped_over == 1
    await places.leave(room.valkey, room.concert_id, "ann", numbers["ann"])
    assert (await room.snapshot()).absent == 0
    assert (await room.place("ann", numbers["ann"])).word == "ended"


@pytest.mark.parametrize("is_inside", [False, True])
async def test_leaving_again_does_not_take_a_newer_place_away(room: Room, is_inside: bool) -> None:
    old = (await room.line_up("ann"))["ann"]
    await places.leave(room.valkey, room.concert_id, "ann", old)
    new = (await room.line_up("ann"))["ann"]
    if is_inside:
        await room.admit()
    await places.leave(room.valkey, room.concert_id, "ann", old)
    standing = await room.place("ann", new)
    assert (standing.word, standing.number) == ("admitted" if is_inside else "waiting", new)


async def test_leaving_with_one_of_two_places_that_a_loss_left_ends_both(room: Room) -> None:
    """The older one let its fan in again; the newer one is given up."""
    assert await room.restore_pass("ann", 5, await room.now_ms() // 1000 + 60) == "open"
    await places.leave(room.valkey, room.concert_id, "ann", 9)
    assert await room.check("ann", 5) == "ended"
    assert (await room.place("ann", 9)).word == "ended"


# --- Absence ---


async def test_an_absent_fan_is_stepped_over_and_returns_to_the_front(room: Room) -> None:
    numbers = await room.line_up("ann", "ben", "cho")
    room.travel(46)
    for user in ("ben", "cho"):
        await room.place(user, numbers[user])
    tick = await room.admit(active_limit=1)
    assert (tick.admitted, tick.stepped_over) == (1, 1)
    assert await room.inside() == {"ben"}
    assert (await room.place("cho", numbers["cho"])).ahead == 0
    back = await room.place("ann", numbers["ann"])
    assert (back.word, back.number, back.ahead) == ("waiting", numbers["ann"], 0)
    assert (await room.place("cho", numbers["cho"])).ahead == 1
    await room.admit(active_limit=2)
    assert await room.inside() == {"ann", "ben"}


async def test_a_poll_is_a_sign_of_life(room: Room) -> None:
    numbers = await room.line_up("ann")
    for _ in range(3):
        room.travel(40)
        await room.place("ann", numbers["ann"])
        assert (await room.admit(door="shut")).stepped_over == 0
    assert (await room.admit()).admitted == 1


async def test_a_look_at_a_pass_is_no_sign_of_life_in_the_line(room: Room) -> None:
    numbers = await room.line_up("ann")
    room.travel(46)
    await room.check("ann", numbers["ann"])
    assert (await room.admit()).stepped_over == 1


async def test_no_absent_fan_is_admitted_even_below_the_limit(room: Room) -> None:
    await room.join(*(f"fan-{number}" for number in range(20)))
    room.travel(46)
    assert await room.admit() == Admission(stepped_over=20)
    assert await room.admit() == Admission()
    assert await room.inside() == set()


async def test_a_step_bounds_how_many_are_stepped_over_and_absent_fans_still_wait(
    room: Room,
) -> None:
    """The front is read again when it is reached, so no fan slips in."""
    await room.join(*(f"fan-{number}" for number in range(10)))
    room.travel(46)
    await room.join("late")
    stepped_over = 0
    for _ in range(10):
        tick = await room.admit(step=3)
        assert tick.stepped_over <= 6
        stepped_over += tick.stepped_over
        assert await room.inside() <= {"late"}
    assert stepped_over == 10
    assert await room.inside() == {"late"}
