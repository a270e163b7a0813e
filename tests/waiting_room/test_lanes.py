"""Lanes: each gets its share of the admissions, and what it does not use flows to the others."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from waiting_room.room import PACE, Room
from yemae.waiting_room import queue_numbers
from yemae.waiting_room.places import Joining

PATIENT = PACE._replace(absent_after_ms=600_000)


async def queue_up(room: Room, lane: int, count: int) -> list[str]:
    users = [f"lane-{lane}-{n:03}" for n in range(count)]
    await room.arrive(*(Joining(user, lane) for user in users), pace=PATIENT)
    return users


async def let_in(room: Room, count: int, shares: tuple[int, ...]) -> dict[int, int]:
    """Admit this number of fans. Returns how many of them came from each lane."""
    before = await room.inside()
    room.travel(1)
    tick = await room.admit(active_limit=len(before) + count, shares=shares)
    assert tick.admitted <= count
    new = await room.inside() - before
    return {
        lane: sum(user.startswith(f"lane-{lane}-") for user in new) for lane in range(len(shares))
    }


async def test_lanes_in_which_fans_wait_get_their_shares(room: Room) -> None:
    for lane in range(3):
        await queue_up(room, lane, 100)
    assert await let_in(room, 50, (50, 30, 20)) == {0: 25, 1: 15, 2: 10}
    assert await let_in(room, 50, (50, 30, 20)) == {0: 25, 1: 15, 2: 10}


async def test_shares_hold_over_many_small_ticks(room: Room) -> None:
    for lane in range(2):
        await queue_up(room, lane, 100)
    total = {0: 0, 1: 0}
    for _ in range(40):
        for lane, count in (await let_in(room, 1, (75, 25))).items():
            total[lane] += count
    assert total == {0: 30, 1: 10}


async def test_the_share_of_an_empty_lane_flows_to_the_others(room: Room) -> None:
    await queue_up(room, 0, 60)
    await queue_up(room, 1, 5)
    assert await let_in(room, 40, (50, 50)) == {0: 35, 1: 5}


async def test_a_lane_that_was_empty_saves_nothing_up(room: Room) -> None:
    await queue_up(room, 0, 200)
    assert await let_in(room, 80, (50, 50)) == {0: 80, 1: 0}
    await queue_up(room, 1, 80)
    assert await let_in(room, 40, (50, 50)) == {0: 20, 1: 20}


async def test_a_position_counts_those_of_the_own_lane(room: Room) -> None:
    await queue_up(room, 0, 30)
    (standing,) = await room.arrive(Joining("vip", 2))
    assert (standing.lane, standing.ahead, standing.waiting) == (2, 0, 1)
    snapshot = await room.snapshot(3)
    assert [lane.waiting for lane in snapshot.lanes] == [30, 0, 1]
    assert snapshot.waiting == 31


async def test_a_presale_code_that_comes_later_moves_the_fan_with_their_number(
    room: Room,
) -> None:
    users = await queue_up(room, 0, 10)
    (before,) = await room.join(users[5])
    (moved,) = await room.arrive(Joining(users[5], 1))
    assert (moved.lane, moved.number, moved.ahead, moved.new) == (1, before.number, 0, False)
    assert (await room.join(users[5]))[0].lane == 1, "without the code the lane is kept"
    assert (await room.place(users[5], before.number)).lane == 1, "the old token is good as well"
    assert (await room.place(users[6], (await room.join(users[6]))[0].number)).ahead == 5


async def test_the_highest_admitted_number_is_known_for_each_lane(room: Room) -> None:
    for lane in range(2):
        await queue_up(room, lane, 4)
    await let_in(room, 4, (50, 50))
    numbers = [(await room.arrive(Joining(f"lane-{lane}-002", lane)))[0] for lane in range(2)]
    snapshot = await room.snapshot(2)
    for standing, found in zip(numbers, snapshot.lanes, strict=True):
        assert found.first == standing.number
        assert 0 < found.serving < standing.number < queue_numbers.LANE


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    shares=st.tuples(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30)),
    wanted=st.integers(10, 60),
)
async def test_no_lane_gets_more_than_one_admission_off_its_share(
    room: Room, shares: tuple[int, int, int], wanted: int
) -> None:
    room.store.flushall()
    all_shares = (100 - sum(shares), *shares)
    for lane in range(4):
        await queue_up(room, lane, 70)
    found = await let_in(room, wanted, all_shares)
    assert sum(found.values()) == wanted
    for lane, share in enumerate(all_shares):
        assert abs(found[lane] - wanted * share / 100) <= 1.0 + 1e-9


async def test_fans_of_a_lane_that_is_no_more_go_on_in_the_general_one(room: Room) -> None:
    await queue_up(room, 2, 5)
    await queue_up(room, 0, 5)
    await queue_up(room, 1, 5)
    assert await let_in(room, 3, (100,)) == {0: 0}, "those of lane 2 came first"
    assert {user[:6] for user in await room.inside()} == {"lane-2"}
    assert await let_in(room, 7, (100,)) == {0: 5}
    snapshot = await room.snapshot()
    assert (snapshot.waiting, snapshot.lanes[0].waiting, sum(snapshot.blocks.values())) == (5, 5, 5)
