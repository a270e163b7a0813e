"""The repair of a queue that has lost something, part by part."""

from typing import Any

import pytest

from waiting_room.room import CONCERT, Room
from yemae.waiting_room import losses, passes


async def with_an_absent_fan(room: Room) -> int:
    """A queue with one absent fan; their number."""
    numbers = await room.begin("ann")
    room.travel(46)
    assert (await room.admit(door="shut")).stepped_over == 1
    return numbers["ann"]


def blocks(room: Room) -> dict[str, int]:
    """The counts of the blocks, as stored."""
    found: dict[str, Any] = room.store.hgetall(room.keys()["blocks"])
    return {block: int(count) for block, count in found.items() if block != "\0generation"}


# --- What is lost ---


@pytest.mark.parametrize(
    "part", ["line", "seen", "absent", "gone", "active", "passes", "ended", "blocks", "meta"]
)
async def test_a_lost_part_is_named_and_repaired_once(room: Room, part: str) -> None:
    await room.enter("ann")
    await room.line_up("ben")
    room.travel(46)
    await room.admit(door="shut")
    await room.line_up("cho")
    assert (await losses.losses(room.valkey, CONCERT)).now == ()
    room.lose(part)
    assert (await losses.losses(room.valkey, CONCERT)).now == (part,)
    assert await room.recover(has_begun=False) == (part,)
    found = await losses.losses(room.valkey, CONCERT)
    assert (found.now, found.repaired) == ((), (part,))
    assert found.repaired_at_ms == pytest.approx(await room.now_ms(), abs=10_000)
    room.travel(60)
    assert await room.recover() == ()
    assert await losses.losses(room.valkey, CONCERT) == found


@pytest.mark.parametrize("part", ["line", "seen", "absent", "gone", "active", "passes", "blocks"])
async def test_before_the_repair_no_place_is_over(room: Room, part: str) -> None:
    numbers = {"ann": await room.enter("ann")} | await room.line_up("ben")
    room.travel(46)
    await room.admit(door="shut")
    numbers |= await room.line_up("cho")
    room.lose(part)
    words = [(await room.place(user, number)).word for user, number in numbers.items()]
    unknown = {"passes": 0, "absent": 1, "line": 2}
    expected = ["admitted", "waiting", "waiting"]
    if part in unknown:
        expected[unknown[part]] = "lost"
    assert words == expected


async def test_a_loss_is_named_until_it_is_repaired(room: Room) -> None:
    """Also when all fans of the part are back before."""
    number = await with_an_absent_fan(room)
    room.lose("absent")
    await room.restore("ann", number)
    assert (await losses.losses(room.valkey, CONCERT)).now == ("absent",)


@pytest.mark.parametrize("kept", ["ended", "blocks", "meta"])
async def test_a_queue_of_which_one_stamp_is_left_is_not_lost_whole(room: Room, kept: str) -> None:
    await room.leave("ann", await room.enter("ann"))
    parts = [part for part in ("ended", "blocks", "meta") if part != kept]
    room.lose(*parts)
    assert await room.recover() == tuple(parts)


async def test_a_queue_that_begins_has_lost_nothing(room: Room) -> None:
    assert await room.recover(has_begun=False) == ("all",)
    assert (await losses.losses(room.valkey, CONCERT)) == losses.Losses((), (), 0)


async def test_a_queue_that_had_begun_has_lost_all_of_it(room: Room) -> None:
    assert await room.recover() == ("all",)
    assert (await losses.losses(room.valkey, CONCERT)).repaired == ("all",)


@pytest.mark.parametrize("part", ["ended", "blocks", "meta"])
async def test_the_generation_outlives_the_loss_of_a_part(room: Room, part: str) -> None:
    await room.begin("ann")
    key = room.keys()["meta"]
    room.store.hset(key, "generation", "the first")
    for stamped in ("ended", "blocks"):
        room.store.hset(room.keys()[stamped], "\0generation", "the first")
    room.lose(part)
    await room.recover()
    assert room.store.hget(key, "generation") == "the first"


# --- Places ---


async def test_fans_whose_presence_is_lost_count_as_present_for_a_while(room: Room) -> None:
    await room.begin("ann", "ben")
    room.lose("seen")
    await room.recover()
    room.travel(59)
    assert (await room.admit(active_limit=1)).admitted == 1
    room.travel(2)
    assert (await room.admit(door="shut")).stepped_over == 1


async def test_the_presence_of_lost_places_goes_with_them(room: Room) -> None:
    await room.begin("ann", "ben")
    room.lose("line")
    await room.recover()
    assert not room.is_in("seen", "ann")
    assert blocks(room) == {}


async def test_an_absent_fan_whose_end_is_lost_has_the_whole_time_again(room: Room) -> None:
    number = await with_an_absent_fan(room)
    room.lose("gone")
    await room.recover()
    room.travel(3_590)
    assert (await room.admit(door="shut")).places_ended == 0
    room.travel(20)
    assert (await room.admit(door="shut")).places_ended == 1
    assert (await room.place("ann", number)).word == "ended"


async def test_the_end_of_a_lost_absent_place_goes_with_it(room: Room) -> None:
    await with_an_absent_fan(room)
    room.lose("absent")
    await room.recover()
    assert not room.is_in("gone", "ann")


async def test_lost_counts_of_blocks_are_counted_again(room: Room) -> None:
    await room.begin(*(f"fan-{n:04}" for n in range(1_500)))
    before = blocks(room)
    assert sum(before.values()) == 1_500
    room.lose("blocks")
    await room.recover()
    assert blocks(room) == before


async def test_an_absent_fan_who_is_back_with_an_older_token_is_present(room: Room) -> None:
    number = await with_an_absent_fan(room)
    assert (await room.place("ann", number - 1)).word == "lost"
    assert room.is_in("line", "ann")
    assert (await losses.losses(room.valkey, CONCERT)).now == ()


# --- Passes ---


async def test_a_pass_whose_end_is_lost_has_the_whole_time_again(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    room.lose("active")
    await room.recover()
    room.travel(590)
    assert await room.check("ann", number) == "open"
    room.travel(20)
    assert await room.check("ann", number) == "ended"


async def test_a_pass_that_keeps_its_end_does_not_get_another_one(room: Room) -> None:
    ann = await room.enter("ann", entry_ttl_s=60)
    before = await room.place("ann", ann)
    room.lose("meta")
    await room.recover()
    assert await room.place("ann", ann) == before


@pytest.mark.parametrize("part", ["line", "absent"])
async def test_a_fan_whose_pass_is_back_does_not_wait_any_more(room: Room, part: str) -> None:
    number = await room.enter("ann")
    room.lose("passes")
    await room.join("ann")
    await room.recover()
    if part == "absent":
        room.travel(46)
        await room.admit(door="shut")
    assert room.is_in(part, "ann")
    assert await room.check("ann", number) == "open"
    assert not room.is_in(part, "ann")


async def test_a_join_gives_a_pass_whose_number_is_lost_a_new_one(room: Room) -> None:
    await room.enter("ann")
    room.lose("passes")
    await room.recover()
    (standing,) = await room.join("ann")
    assert (standing.word, standing.new) == ("admitted", False)
    assert await room.check("ann", standing.number + 1) == "ended"
    assert await room.check("ann", standing.number) == "open"


async def test_an_expired_pass_whose_number_is_lost_is_not_open(room: Room) -> None:
    number = await room.enter("ann", entry_ttl_s=60)
    room.lose("passes")
    room.travel(61)
    assert await room.check("ann", number) == "lost"
    assert (await room.place("ann", number)).word == "lost"


async def test_a_pass_that_is_opened_again_ends_when_its_token_does(room: Room) -> None:
    """Not when the lost one would have ended without its holds."""
    number = await room.enter("ann", entry_ttl_s=60)
    key, now = room.key("ann", number), await room.now_ms()
    await passes.extend_passes(room.valkey, CONCERT, [(key, now + 300_000)])
    room.lose("passes", "active")
    ends_at_s = now // 1000 + 500
    assert await room.restore_pass("ann", number, ends_at_s) == "open"
    assert await room.own_end("ann", number) == ("open", ends_at_s * 1000)
