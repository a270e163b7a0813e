"""The turn to count the seats, and the list of every place."""

import pytest

from waiting_room.crowds import crowd
from waiting_room.room import Room
from yemae.waiting_room import counts

INTERVAL_S = 60
AT_REST_S = counts.SEATS_AT_REST_MS // 1000


async def turn(room: Room) -> bool:
    """Whether the next process that asks counts the seats."""
    return await counts.take_seats_turn(room.valkey, room.concert_id, INTERVAL_S * 1000)


async def test_one_process_counts_the_seats_in_each_interval(room: Room) -> None:
    await room.join("ann")
    assert [await turn(room) for _ in range(3)] == [True, False, False]
    room.travel(INTERVAL_S - 5)
    assert not await turn(room)
    room.travel(5)
    assert [await turn(room) for _ in range(2)] == [True, False]


async def test_the_seats_are_counted_when_the_clock_was_set_back(room: Room) -> None:
    await room.join("ann")
    assert await turn(room)
    room.travel(-600)
    assert [await turn(room) for _ in range(2)] == [True, False]


async def test_an_empty_queue_counts_its_seats_once_more_and_then_at_the_longer_interval(
    room: Room,
) -> None:
    for user in ("ann", "ben"):
        numbers = await room.line_up(user)
        assert await turn(room)
        await room.leave(user, numbers[user])
        room.travel(INTERVAL_S)
        assert await turn(room)
        room.travel(INTERVAL_S)
        assert not await turn(room)
        room.travel(AT_REST_S - INTERVAL_S)
        assert await turn(room)
        # The next fan brings the shorter interval back.
        room.travel(INTERVAL_S)


async def test_a_queue_whose_fans_are_all_admitted_counts_at_the_shorter_interval(
    room: Room,
) -> None:
    await room.enter("ann")
    for _ in range(3):
        assert await turn(room)
        room.travel(INTERVAL_S)


async def test_every_place_is_that_of_each_fan_once_waiting_absent_admitted_or_ended(
    room: Room,
) -> None:
    ann, ben = await room.enter("ann"), await room.enter("ben")
    await room.leave("ben", ben)
    absent = await room.line_up("cho")
    room.travel(46)
    await room.admit(active_limit=1)
    waiting = await room.line_up("dae")
    places = [place async for place in counts.every_place(room.valkey, room.concert_id)]
    assert sorted(places) == [
        ("ann", ann),
        ("ben", ben),
        ("cho", absent["cho"]),
        ("dae", waiting["dae"]),
    ]


async def test_every_place_of_a_long_line_is_found_in_pages(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = await crowd(room, 300)
    monkeypatch.setattr(counts, "SCAN_COUNT", 20)
    call = counts.scan_lua(which="line", cursor="0", count=20)
    page = await room.valkey.run(call, list(room.keys().values()))
    assert page.next_cursor != "0"
    places = {place async for place in counts.every_place(room.valkey, room.concert_id)}
    assert places == set(numbers.items())


async def test_a_pass_whose_number_is_lost_is_in_no_list_of_places(room: Room) -> None:
    await room.enter("ann")
    room.store.delete(room.keys()["passes"])
    await room.recover()
    assert [place async for place in counts.every_place(room.valkey, room.concert_id)] == []
