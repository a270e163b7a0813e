"""When to ask again, and how long it may take."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.waiting_room.pace import (
    Pace,
    Wait,
    estimated_wait_s,
    poll_after_ms,
    poll_before_opening_ms,
    retry_after_s,
)

USUAL = Pace(absent_after_ms=45_000, at_front_ms=1_000, per_place_ms=10, longest_ms=60_000)

places = st.integers(0, 10_000_000)
rates = st.floats(0.001, 10_000)
paces = st.builds(
    lambda front, more, per_place: Pace(45_000, front, per_place, front + more),
    st.integers(100, 60_000),
    st.integers(0, 60_000),
    st.floats(0, 100),
)


@given(places, paces, st.none() | rates)
def test_the_interval_stays_within_its_limits(ahead: int, pace: Pace, rate: float | None) -> None:
    assert pace.at_front_ms <= poll_after_ms(pace, ahead, rate) <= pace.longest_ms


@given(places, paces, st.none() | rates)
def test_a_fan_who_keeps_to_the_interval_stays_present_even_if_two_polls_get_lost(
    ahead: int, pace: Pace, rate: float | None
) -> None:
    assert pace.patience_ms(ahead) >= 3 * poll_after_ms(pace, ahead, rate) - 2
    assert pace.patience_ms(ahead) >= pace.absent_after_ms


@given(places, places, paces)
def test_further_back_never_means_sooner_apart_from_the_spread(
    one: int, other: int, pace: Pace
) -> None:
    near, far = sorted((one, other))
    assert pace.interval_ms(near) <= pace.interval_ms(far)
    assert poll_after_ms(pace, far, None) >= pace.interval_ms(near) * 0.8 - 1


def test_the_front_asks_soon_and_the_back_seldom() -> None:
    assert max(poll_after_ms(USUAL, 1, None) for _ in range(50)) <= 1_010
    assert min(poll_after_ms(USUAL, 100_000, None) for _ in range(50)) >= 48_000


@given(st.integers(200, 1_000_000), st.floats(10, 10_000))
def test_no_poll_interval_is_longer_than_half_the_way_to_the_front(ahead: int, rate: float) -> None:
    way_ms = ahead / rate * 1_000
    assert poll_after_ms(USUAL, ahead, rate) <= max(USUAL.at_front_ms, way_ms / 2 + 1)


def test_fans_who_came_together_do_not_ask_together() -> None:
    intervals = {poll_after_ms(USUAL, 1_000, None) for _ in range(200)}
    assert len(intervals) > 100
    assert max(intervals) - min(intervals) > 1_500


def test_a_poll_comes_after_four_to_five_fifths_of_its_interval() -> None:
    for ahead, admitted_per_s, longest_ms in (
        (2_000, None, 21_000),
        (2_000, 0.0, 21_000),
        (2_000, 1.0, 21_000),
        # Half of the ten seconds that the way to the front takes.
        (2_000, 200.0, 5_000),
        (100_000, None, 60_000),
    ):
        intervals = [poll_after_ms(USUAL, ahead, admitted_per_s) for _ in range(300)]
        assert longest_ms * 0.8 <= min(intervals) < longest_ms * 0.83
        assert longest_ms * 0.97 < max(intervals) <= longest_ms


def test_a_poll_that_is_not_answered_is_repeated_after_one_to_two_intervals() -> None:
    for interval_ms, soonest_s, latest_s in ((10_000, 11, 20), (60_001, 54, 60), (1_500, 2, 3)):
        intervals = {retry_after_s(USUAL, interval_ms) for _ in range(500)}
        assert soonest_s <= min(intervals) <= soonest_s + 1
        assert latest_s - 1 <= max(intervals) <= latest_s
    assert {retry_after_s(USUAL, 40_000) for _ in range(500)} <= set(range(40, 61))
    assert {retry_after_s(USUAL, 10) for _ in range(50)} == {1}


# --- Before the opening ---


@given(st.floats(0, 86_400), places, st.integers(1, 100_000))
def test_before_the_opening_the_poll_interval_has_both_bounds(
    opens_in_s: float, waiting: int, polls_per_s: int
) -> None:
    intervals = poll_before_opening_ms(USUAL, opens_in_s, waiting, polls_per_s)
    assert USUAL.at_front_ms <= intervals <= USUAL.longest_ms


def test_a_crowd_comes_back_spread_over_the_time_that_it_takes_to_serve_it() -> None:
    intervals = sorted(poll_before_opening_ms(USUAL, 5.0, 20_000, 1_000) for _ in range(500))
    assert intervals[0] >= 5_000
    assert intervals[-1] <= 25_000
    assert intervals[-1] - intervals[0] > 15_000


def test_long_before_the_opening_fans_poll_after_a_half_to_the_whole_of_the_longest_interval() -> (
    None
):
    intervals = [poll_before_opening_ms(USUAL, 3_600.0, 20_000, 1_000) for _ in range(300)]
    assert 30_000 <= min(intervals) < 31_500
    assert 58_500 < max(intervals) <= 60_000


def test_the_polls_after_the_opening_are_spread_over_the_longest_interval_at_most() -> None:
    intervals = [poll_before_opening_ms(USUAL, -5.0, 1_000_000, 1_000) for _ in range(300)]
    assert max(intervals) <= 60_000
    few = [poll_before_opening_ms(USUAL, 2.0, 4_000, 1_000) for _ in range(300)]
    assert 2_000 <= min(few) < 2_200
    assert 5_800 < max(few) <= 6_000
    assert max(poll_before_opening_ms(USUAL, -5.0, 3_000, 1_000) for _ in range(300)) <= 3_000


# --- Estimates ---


@pytest.mark.parametrize(
    ("ahead", "shortest_s", "longest_s"),
    [(0, 0, 5), (48, 40, 55), (66, 55, 75), (100, 90, 120), (300, 270, 360), (400, 360, 480),
     (1_100, 900, 1_500), (5_000, 4_200, 6_000)],
)  # fmt: skip
def test_the_estimate_is_a_tenth_less_to_a_tenth_more_in_steps_that_grow(
    ahead: int, shortest_s: int, longest_s: int
) -> None:
    assert estimated_wait_s(ahead, [1.0]) == Wait(shortest_s, longest_s)


def test_the_fastest_rate_gives_the_shortest_wait_and_the_slowest_the_longest() -> None:
    assert estimated_wait_s(100, [1.0, 2.0]) == Wait(45, 120)


@given(places)
def test_the_wait_is_unknown_while_no_fan_is_admitted(ahead: int) -> None:
    assert estimated_wait_s(ahead, []) is None


@given(places, st.lists(rates, min_size=1, max_size=2))
def test_the_estimate_is_a_range_around_what_the_rates_say(ahead: int, recent: list[float]) -> None:
    wait = estimated_wait_s(ahead, recent)
    assert wait is not None
    assert 0 <= wait.min <= ahead / max(recent)
    assert wait.max >= ahead / min(recent)
    assert wait.max >= 1


@given(places, places, rates)
def test_the_estimate_grows_with_the_position(one: int, other: int, rate: float) -> None:
    near, far = (estimated_wait_s(ahead, [rate]) for ahead in sorted((one, other)))
    assert near is not None
    assert far is not None
    assert near.min <= far.min
    assert near.max <= far.max


@given(st.integers(500, 100_000), st.lists(st.floats(0.95, 1.05), min_size=30, max_size=30))
def test_the_estimate_does_not_jump_about(ahead: int, noise: list[float]) -> None:
    """While a fan moves up at a rate that wavers by a twentieth, the estimate falls in steps and
    never rises by more than one."""
    rate, waits = 10.0, []
    for factor in noise:
        wait = estimated_wait_s(ahead, [rate * factor, rate])
        assert wait is not None
        waits.append(wait)
        ahead = max(0, ahead - 200)
    for before, after in itertools.pairwise(waits):
        assert after.max - before.max <= max(600, before.max // 5)
        assert after.min <= before.min * 1.15 + 600
