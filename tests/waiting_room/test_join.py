"""Taking a place in line."""

from typing import Any

from waiting_room.room import PACE, Room
from yemae.waiting_room import places, queue_numbers
from yemae.waiting_room.places import CodeWord, Joining


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


async def test_after_the_last_number_of_a_block_the_next_one_opens(room: Room) -> None:
    await room.join("ann")
    room.store.hset(room.keys()["meta"], "block_used", queue_numbers.BLOCK)
    (ben,) = await room.join("ben")
    assert (await room.snapshot()).open_block == queue_numbers.block_of(0, ben.number)


async def test_where_there_are_many_blocks_each_is_open_for_ten_minutes(room: Room) -> None:
    """A snapshot carries all of them."""

    async def open_block() -> int:
        await room.join(f"fan-{await room.now_ms()}")
        return (await room.snapshot()).open_block

    first = await open_block()
    room.store.hset(room.keys()["blocks"], mapping={str(n): 1 for n in range(6_000)})
    room.travel(500)
    assert await open_block() == first
    room.travel(101)
    assert await open_block() > first


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


async def test_a_fan_who_is_admitted_gets_the_pass_again(room: Room) -> None:
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


async def test_the_keys_of_a_queue_outlive_every_token_of_it(room: Room) -> None:
    await room.join("ann")
    for part in ("line", "seen", "blocks", "meta"):
        days = room.store.ttl(room.keys()[part]) / 86_400
        assert 61 < days <= 62, part


async def test_without_a_queue_a_join_opens_a_pass_once_the_sale_is_open(room: Room) -> None:
    later_ms = await room.now_ms() + 60_000
    how: dict[str, Any] = {"door": "straight in", "entry_ttl_s": 600}
    (early,) = await room.join("ann", **how, opens_at_ms=later_ms)
    assert early.word == "waiting"
    (late,) = await room.join("ben", **how)
    assert (late.word, late.new) == ("admitted", True)
    assert await room.check("ben", late.number) == "open"
    snapshot = await room.snapshot()
    assert (snapshot.joined, snapshot.admitted, snapshot.active) == (2, 1, 1)
    assert snapshot.first_admitted_at_ms > 0
    assert sum(n for field, n in snapshot.rates.items() if field.startswith("a")) == 1
    assert sum(n for field, n in snapshot.rates.items() if field.startswith("j")) == 2


async def test_after_too_many_wrong_codes_of_an_address_no_code_is_accepted(room: Room) -> None:
    await room.travel_to_second(5)

    async def word(user: str, code: CodeWord, address: str = "192.0.2.1") -> str:
        fan = Joining(user, lane=1, address=address, code=code)
        return (await room.arrive(fan, wrong_codes_max=2))[0].word

    assert await word("ann", "right") == "waiting"
    assert [await word("ben", "wrong") for _ in range(3)] == ["wrong_code"] * 2 + ["too_many"]
    assert await word("cho", "right") == "too_many"
    assert await word("cho", "right", "192.0.2.2") == "waiting"
    room.travel(60)
    assert await word("dan", "right") == "waiting"
