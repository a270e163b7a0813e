"""Taking a place in line."""

from waiting_room.room import PACE, Room
from yemae.waiting_room import places, queue_numbers
from yemae.waiting_room.places import Joining


async def test_places_are_given_out_in_arrival_order(room: Room) -> None:
    standings = await room.join("ann", "ben", "cho")
    first = standings[0].number
    assert [s.number for s in standings] == [first, first + 1, first + 2]  # In one instant.
    assert [s.ahead for s in standings] == [0, 1, 2]
    assert {s.word for s in standings} == {"waiting"}
    assert all(s.new and s.waiting == 3 for s in standings)
    (late,) = await room.join("dae")
    assert late.number > first + 2
    assert (late.ahead, late.waiting) == (3, 4)


async def test_a_number_tells_the_time_at_which_it_was_given_out(room: Room) -> None:
    """In microseconds, so that numbers from before a loss are lower than those from after it."""
    for user in ("ann", "ben"):
        before = await room.now_ms()
        (standing,) = await room.join(user)
        given_out_ms = queue_numbers.EPOCH_S * 1000 + standing.number // 1000
        assert before - 2 <= given_out_ms <= await room.now_ms()
        room.travel(3_600)


async def test_joining_again_gives_the_same_place(room: Room) -> None:
    ann, _ = await room.join("ann", "ben")
    again, other = await room.join("ann", "cho")
    assert again == ann._replace(new=False, waiting=3)
    assert other.new
    twice = await room.join("dae", "dae")
    assert [s.new for s in twice] == [True, False]
    assert twice[0].number == twice[1].number


async def test_each_concert_has_a_line_of_its_own(room: Room) -> None:
    await room.join("ann", "ben")
    (elsewhere,) = await places.join(room.valkey, "another", [Joining("ben")], PACE)
    assert (elsewhere.new, elsewhere.ahead, elsewhere.waiting) == (True, 0, 1)


async def test_a_fan_who_is_inside_is_told_so(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=600)
    (standing,) = await room.join("ann")
    assert (standing.word, standing.number, standing.new) == ("admitted", number, False)
    left_ms = standing.pass_ends_at_ms - await room.now_ms()
    assert 590_000 < left_ms <= 600_000
    assert (await room.snapshot()).waiting == 0


async def test_a_fan_whose_pass_ran_out_gets_a_new_place_at_the_back(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    await room.join("ben")
    room.travel(60)
    (standing,) = await room.join("ann")
    assert standing.new
    assert standing.number > number
    assert standing.ahead == 1
    assert (await room.place("ann", number)).word == "ended"


async def test_a_fan_who_gave_up_gets_a_new_place(room: Room) -> None:
    numbers = await room.line_up("ann", "ben")
    await places.leave(room.valkey, room.concert_id, "ann", numbers["ann"])
    (standing,) = await room.join("ann")
    assert standing.new
    assert standing.number > numbers["ben"]


async def test_joining_is_a_sign_of_life_and_brings_an_absent_fan_back(room: Room) -> None:
    numbers = await room.line_up("ann")
    room.travel(46)
    await room.admit()
    await room.join("ben")
    assert (await room.snapshot()).absent == 1
    (back,) = await room.join("ann")
    assert (back.number, back.ahead, back.new) == (numbers["ann"], 0, False)
    assert (await room.snapshot()).absent == 0
