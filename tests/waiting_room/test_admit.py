"""The admission tick: who comes in, how many, and how fast."""

import asyncio

import pytest

from waiting_room.room import PACE, Room
from yemae.waiting_room.admission import Admission
from yemae.waiting_room.pace import Pace

PATIENT = PACE._replace(absent_after_ms=600_000)


async def fans(room: Room, count: int, pace: Pace = PACE) -> list[str]:
    names = [f"fan-{number:03}" for number in range(count)]
    await room.join(*names, pace=pace)
    return names


async def test_the_first_in_line_come_in_first(room: Room) -> None:
    names = await fans(room, 5)
    assert (await room.admit(active_limit=2)).admitted == 2
    assert await room.inside() == set(names[:2])
    assert (await room.admit(active_limit=3)).admitted == 1
    assert await room.inside() == set(names[:3])


async def test_no_more_are_inside_than_fit(room: Room) -> None:
    await fans(room, 5)
    assert (await room.admit(active_limit=3)).admitted == 3
    assert (await room.admit(active_limit=3)).admitted == 0
    assert (await room.snapshot()).active == 3


async def test_ticks_of_many_nodes_at_once_let_in_no_more_than_fit(room: Room) -> None:
    await fans(room, 40)
    ticks = await asyncio.gather(*(room.admit(active_limit=7) for _ in range(10)))
    assert sum(tick.admitted for tick in ticks) == 7


async def test_a_lower_limit_ends_no_pass_and_admits_no_fan(room: Room) -> None:
    await fans(room, 5)
    await room.admit(active_limit=3)
    assert (await room.admit(active_limit=1)).admitted == 0
    assert len(await room.inside()) == 3


async def test_a_pass_that_ran_out_makes_room_for_the_next(room: Room) -> None:
    names = await fans(room, 2)
    await room.admit(active_limit=1, entry_ttl_s=30)
    room.travel(30)
    tick = await room.admit(active_limit=1)
    assert (tick.admitted, tick.passes_expired) == (1, 1)
    assert await room.inside() == {names[1]}


async def test_before_the_sale_no_fan_is_admitted_and_the_line_stands(room: Room) -> None:
    await fans(room, 3)
    assert (await room.admit(door="shut")).admitted == 0
    assert (await room.snapshot()).waiting == 3
    assert (await room.admit()).admitted == 3


async def test_a_tick_lets_in_no_more_than_its_step(room: Room) -> None:
    await fans(room, 5)
    assert [(await room.admit(step=2)).admitted for _ in range(3)] == [2, 2, 1]


async def test_where_fans_do_not_wait_all_come_in_whatever_the_limits(room: Room) -> None:
    await fans(room, 5)
    tick = await room.admit(door="all", active_limit=1, admit_per_minute=60, step=3)
    assert tick.admitted == 3
    assert (await room.admit(door="all", active_limit=1, admit_per_minute=60)).admitted == 2


# --- The rate ---


async def test_a_burst_is_one_second_of_the_rate(room: Room) -> None:
    await fans(room, 30)
    assert (await room.admit(admit_per_minute=600)).admitted == 10
    assert (await room.admit(admit_per_minute=60)).admitted == 0


async def test_the_rate_is_spread_over_the_minute(room: Room) -> None:
    await fans(room, 30, PATIENT)
    await room.admit(admit_per_minute=6)
    room.travel(5)
    assert (await room.admit(admit_per_minute=6)).admitted == 0
    room.travel(5)
    assert (await room.admit(admit_per_minute=6)).admitted == 1
    room.travel(40)
    assert (await room.admit(admit_per_minute=600)).admitted == 10


async def test_a_rate_of_less_than_one_a_second_lets_in_one_at_a_time(room: Room) -> None:
    await fans(room, 5, PATIENT)
    admitted = []
    for _ in range(9):
        admitted.append((await room.admit(admit_per_minute=3)).admitted)
        room.travel(5)
    assert admitted == [1, 0, 0, 0, 1, 0, 0, 0, 1]


async def test_a_minute_admits_its_share_and_at_most_one_second_more(room: Room) -> None:
    await fans(room, 200, PATIENT)
    began_ms = await room.now_ms()
    total, passed_ms = 0, 0
    while passed_ms < 60_000:
        tick = await room.admit(admit_per_minute=120, active_limit=200)
        total += tick.admitted
        room.travel(0.25)
        passed_ms = await room.now_ms() - began_ms
    share = 120 * passed_ms / 60_000
    assert share - 2 <= total <= share + 2


async def test_an_empty_line_saves_up_no_more_than_a_burst(room: Room) -> None:
    await room.admit(admit_per_minute=60)
    room.travel(600)
    await fans(room, 10)
    assert (await room.admit(admit_per_minute=60)).admitted == 1


async def test_ticks_in_quick_succession_lose_no_fraction_of_the_rate(room: Room) -> None:
    await fans(room, 10)
    began_ms = await room.now_ms()
    admitted = 0
    for _ in range(40):  # Two seconds in steps of a twentieth, and what the test itself takes.
        admitted += (await room.admit(admit_per_minute=60)).admitted
        room.travel(0.05)
    passed_s = (await room.now_ms() - began_ms) / 1000
    assert passed_s - 1 <= admitted <= passed_s + 1


async def test_time_before_the_sale_counts_for_one_burst_only(room: Room) -> None:
    await fans(room, 10)
    for _ in range(5):
        await room.admit(admit_per_minute=60, door="shut")
        room.travel(5)
    assert (await room.admit(admit_per_minute=60)).admitted == 1


async def test_fans_whom_an_operator_admits_do_not_slow_the_rate(room: Room) -> None:
    await fans(room, 30)
    assert (await room.admit(admit_per_minute=60)).admitted == 1
    assert (await room.admit(admit_per_minute=60, at_once=10)).admitted == 10
    room.travel(1)
    assert (await room.admit(admit_per_minute=60)).admitted == 1


async def test_fans_who_did_not_have_to_wait_do_not_slow_the_rate(room: Room) -> None:
    await fans(room, 10)
    assert (await room.admit(admit_per_minute=60, door="all")).admitted == 10
    await room.join("ann")
    assert (await room.admit(admit_per_minute=60)).admitted == 1


# --- The numbers for everybody ---


async def test_the_times_in_queue_of_the_last_thousand_fans_are_kept(room: Room) -> None:
    waits = room.keys()["waits"]
    room.store.rpush(waits, *[5_000_000] * 1_000)
    await room.enter("ann")
    assert room.store.llen(waits) == 1_000
    assert room.store.lindex(waits, 0) != "5000000"


async def test_the_snapshot_counts_who_waits_who_is_absent_and_who_is_inside(room: Room) -> None:
    names = await fans(room, 6)
    await room.admit(active_limit=2, entry_ttl_s=50)
    room.travel(46)
    await room.join(*names[3:])
    await room.admit(active_limit=2)
    seen = await room.snapshot()
    assert (seen.waiting, seen.absent, seen.active, seen.admitted) == (3, 1, 2, 2)
    room.travel(5)
    assert (await room.snapshot()).active == 0


async def test_the_rate_of_admissions_is_that_of_the_last_minutes(room: Room) -> None:
    await fans(room, 90, PATIENT)
    assert (await room.snapshot()).admitted_per_s(1) is None
    await room.travel_to_second(30)
    await room.admit(active_limit=60)
    assert (await room.snapshot()).admitted_per_s(1) is None, "a rate over an instant is a guess"
    room.travel(20)
    rate = (await room.snapshot()).admitted_per_s(1)
    assert rate is not None
    assert rate == pytest.approx(60 / 20, rel=0.1)
    room.travel(40)
    await room.admit(active_limit=90)
    seen = await room.snapshot()
    assert seen.admitted_per_s(1) == pytest.approx((30 + 60 * 0.5) / 60, rel=0.1)
    assert seen.admitted_per_s(5) == pytest.approx(90 / 60, rel=0.1)


async def test_minutes_without_admissions_count_as_such(room: Room) -> None:
    await fans(room, 3, PATIENT)
    await room.admit(active_limit=1)
    room.travel(180)
    quiet = await room.snapshot()
    assert quiet.admitted_per_s(1) == 0
    assert quiet.admitted_per_s(5) == pytest.approx(1 / 180, rel=0.1)
    assert quiet.admitted == 1


async def test_rates_of_long_ago_are_forgotten(room: Room) -> None:
    for _ in range(80):
        await room.join("ann")
        room.travel(60)
        await room.admit()
        await room.join("ben")
        await room.admit(active_limit=1, entry_ttl_s=1)
    assert len((await room.snapshot()).rates) <= 66


async def test_when_the_clock_is_set_back_admission_goes_on(room: Room) -> None:
    await fans(room, 10)
    assert (await room.admit(admit_per_minute=60)).admitted == 1
    room.travel(-600)
    assert (await room.admit(admit_per_minute=60)).admitted == 0
    began_ms = await room.now_ms()
    admitted = 0
    for _ in range(5):
        room.travel(1)
        admitted += (await room.admit(admit_per_minute=60)).admitted
    passed_s = (await room.now_ms() - began_ms) / 1000
    assert 5 <= admitted <= passed_s + 1


def test_the_calls_of_a_tick_add_up_and_the_last_one_says_what_is_left() -> None:
    first = Admission(1, 2, 3, 4, has_more=True, active=50, waiting=60, seats_unsold=70)
    last = Admission(10, 20, 30, 40, has_more=False, active=5, waiting=6, seats_unsold=7)
    assert first + last == Admission(11, 22, 33, 44, False, 5, 6, 7)
    assert last + first == Admission(11, 22, 33, 44, True, 50, 60, 70)
