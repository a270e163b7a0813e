"""Fans who are not there: stepped over, counted out, first in line when they return, until their
place ends."""

import pytest

from waiting_room.room import PACE, Room
from yemae.waiting_room import places
from yemae.waiting_room.admission import Admission
from yemae.waiting_room.pace import Pace

HOUR_S = 3_600
FAR_BACK = Pace(absent_after_ms=45_000, at_front_ms=1_000, per_place_ms=10, longest_ms=60_000)


@pytest.mark.parametrize("how", ["joined", "polled", "restored"])
async def test_absence_begins_after_three_intervals_however_long_they_are(
    room: Room, how: str
) -> None:
    """A fan whose poll interval is 21 seconds is absent after 63, not after the 45 of
    `absent_after_s`."""
    crowd = [f"fan-{n:04}" for n in range(2_000)]
    standings = await room.join(*crowd, pace=FAR_BACK)
    last, number = crowd[-1], standings[-1].number
    interval_s = FAR_BACK.interval_ms(standings[-1].ahead) / 1_000
    assert 20 < interval_s < 22
    if how != "joined":
        room.travel(2 * interval_s)
        await (room.place if how == "polled" else room.restore)(last, number, FAR_BACK)
    room.travel(3 * interval_s - 10)
    await room.admit(door="shut", step=5_000)
    assert room.is_in("line", last)
    room.travel(20)
    await room.admit(door="shut", step=5_000)
    assert room.is_in("absent", last)


async def test_a_noted_fan_stays_and_a_token_without_its_place_is_looked_up(room: Room) -> None:
    numbers = await room.line_up("ann", "ben")
    room.travel(40)
    ann, other = room.token("ann", numbers["ann"]), room.token("ben", numbers["ben"] + 1)
    missing = await places.note_present(
        room.valkey, room.concert_id, [ann, other], [45_000, 45_000]
    )
    assert missing == [other]
    room.travel(10)
    assert (await room.admit(door="shut")).stepped_over == 1
    assert room.is_in("line", "ann")
    assert room.is_in("absent", "ben")


async def test_a_fan_who_is_away_for_longer_than_the_concert_allows_loses_the_place(
    room: Room,
) -> None:
    numbers = await room.line_up("ann", "ben")
    room.travel(46)
    assert (await room.admit(place_ttl_s=HOUR_S)).stepped_over == 2
    room.travel(HOUR_S - 2)
    assert (await room.admit(place_ttl_s=HOUR_S)) == Admission()
    back = await room.place("ann", numbers["ann"])
    assert (back.word, back.ahead) == ("waiting", 0)
    room.travel(3)
    assert (await room.admit(place_ttl_s=HOUR_S, door="shut")).places_ended == 1
    assert (await room.place("ben", numbers["ben"])).word == "ended"
    assert (await room.snapshot()).absent == 0
    (again,) = await room.join("ben")
    assert again.new
    assert again.number > numbers["ben"]


async def test_a_place_is_over_at_its_end_whether_a_tick_has_seen_it_or_not(room: Room) -> None:
    numbers = await room.line_up("ann", "ben")
    room.travel(46)
    await room.admit(place_ttl_s=60)
    room.travel(61)
    assert (await room.place("ann", numbers["ann"])).word == "ended"
    (ben,) = await room.join("ben")
    assert ben.new


async def test_no_absent_fan_is_admitted_even_behind_many_absent_ones(room: Room) -> None:
    """A call clears a limited number of absent fans away; there may be more of them in front."""
    numbers = await room.line_up(*(f"away-{n}" for n in range(9)), "ann")
    room.travel(40)
    await room.place("ann", numbers["ann"])
    room.travel(6)
    admitted = 0
    while not admitted:
        tick = await room.admit(step=2)
        assert tick.stepped_over or tick.admitted
        admitted += tick.admitted
    assert admitted == 1
    assert (await room.place("ann", numbers["ann"])).word == "admitted"
    assert (await room.snapshot()).absent == 9


async def test_absent_fans_are_not_counted_and_return_to_the_front(room: Room) -> None:
    numbers = await room.line_up(*(f"fan-{n}" for n in range(10)))
    room.travel(40)
    await room.places({f"fan-{n}": numbers[f"fan-{n}"] for n in range(3, 10)})
    room.travel(10)
    await room.admit(door="shut")
    last = await room.place("fan-9", numbers["fan-9"])
    assert (last.ahead, last.waiting) == (6, 7)
    assert (await room.place("fan-1", numbers["fan-1"])).ahead == 0
    assert (await room.place("fan-9", numbers["fan-9"])).ahead == 7


async def test_a_line_whose_first_third_vanished_is_let_in_at_its_full_rate(room: Room) -> None:
    """No fan is stuck behind fans who left."""
    names = [f"fan-{n:04}" for n in range(1_000)]
    numbers = await room.line_up(*names)
    there = {name: numbers[name] for name in names[300:]}
    room.travel(30)
    await room.places(there, PACE)
    room.travel(16)
    admitted = []
    for _ in range(10):
        tick = await room.admit(active_limit=10_000, admit_per_minute=1_200)
        admitted.append(tick.admitted)
        room.travel(1)
    assert admitted == [20] * 10
    assert await room.inside() == set(names[300:500])


async def test_passes_that_were_never_used_are_unused_admissions(room: Room) -> None:
    await room.enter("ann", entry_ttl_s=60)
    ben = await room.enter("ben", entry_ttl_s=60)
    assert await room.check("ben", ben) == "open"
    room.travel(61)
    assert (await room.admit()).passes_expired == 2
    statistics = await room.statistics()
    assert (statistics.unused_admissions, statistics.ended_by_expiry) == (1, 2)


async def test_a_pass_that_was_given_up_or_revoked_is_no_unused_admission(room: Room) -> None:
    await room.leave("ann", await room.enter("ann"))
    await room.enter("ben")
    assert await room.revoke("ben")
    statistics = await room.statistics()
    assert statistics.unused_admissions == 0
    assert (statistics.ended_by_leave, statistics.ended_by_revoke) == (1, 1)


async def test_an_operator_s_revoke_ends_pass_and_place(room: Room) -> None:
    number = await room.enter("ann")
    assert await room.revoke("ann")
    assert await room.check("ann", number) == "ended"
    assert (await room.place("ann", number)).word == "ended"
    assert not await room.revoke("ann")
    assert not await room.revoke("unknown")
    assert (await room.statistics()).ended_by_revoke == 1


async def test_an_operator_admits_a_number_of_fans_beyond_the_rate_but_not_beyond_the_limit(
    room: Room,
) -> None:
    await room.line_up(*(f"fan-{n}" for n in range(30)))
    await room.admit(admit_per_minute=60)
    assert (await room.admit(admit_per_minute=60)).admitted == 0
    assert (await room.admit(admit_per_minute=60, at_once=10)).admitted == 10
    assert (await room.admit(admit_per_minute=60, at_once=10, active_limit=15)).admitted == 4


async def test_time_in_queue_is_that_of_those_let_in(room: Room) -> None:
    for wait_s in (10, 20, 30):
        await room.join("ann")
        room.travel(wait_s)
        await room.admit(entry_ttl_s=1)
        room.travel(2)
    statistics = await room.statistics()
    assert statistics.time_in_queue_p50_s is not None
    assert statistics.time_in_queue_p90_s is not None
    assert abs(statistics.time_in_queue_p50_s - 20) < 1
    assert abs(statistics.time_in_queue_p90_s - 30) < 1
