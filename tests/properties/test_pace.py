"""When to ask again, and how long it may take."""

from hypothesis import given
from hypothesis import strategies as st

from yemae.waiting_room.line import Snapshot
from yemae.waiting_room.pace import estimated_wait_s, poll_after_ms

SHORTEST_MS, LONGEST_MS = 1_000, 20_000

positions = st.integers(1, 10_000_000)
rates = st.floats(0.001, 10_000)
counts = st.integers(0, 1_000_000)


@given(positions, st.integers(100, 60_000), st.integers(0, 60_000))
def test_the_interval_stays_within_its_limits(position: int, shortest: int, more: int) -> None:
    assert shortest <= poll_after_ms(position, shortest, shortest + more) <= shortest + more


@given(st.integers(100, 60_000), st.integers(0, 1_800))
def test_further_back_never_means_sooner_apart_from_the_spread(shortest: int, ahead: int) -> None:
    """Four fifths of a later position's plan is the least that it can be told."""
    at_front = shortest + ahead * 10
    assert poll_after_ms(ahead, shortest, 10**9) <= max(shortest, at_front)
    assert poll_after_ms(ahead * 2 + shortest, shortest, 10**9) >= at_front * 4 // 5


def test_the_front_asks_soon_and_the_back_seldom() -> None:
    assert max(poll_after_ms(1, SHORTEST_MS, LONGEST_MS) for _ in range(50)) <= 1_010
    assert min(poll_after_ms(100_000, SHORTEST_MS, LONGEST_MS) for _ in range(50)) >= 16_000


def test_fans_who_came_together_do_not_ask_together() -> None:
    told = {poll_after_ms(1_000, SHORTEST_MS, LONGEST_MS) for _ in range(200)}
    assert len(told) > 100
    assert max(told) - min(told) > 1_500


@given(positions)
def test_the_wait_is_unknown_while_nobody_comes_in(position: int) -> None:
    assert estimated_wait_s(position, None) is None
    assert estimated_wait_s(position, 0.0) is None


@given(positions, positions, rates)
def test_the_estimate_grows_with_the_position_and_is_never_zero(
    one: int, other: int, rate: float
) -> None:
    near, far = sorted((one, other))
    nearer, further = estimated_wait_s(near, rate), estimated_wait_s(far, rate)
    assert nearer is not None
    assert further is not None
    assert 1 <= nearer <= further
    assert abs(further - far / rate) <= 1


@given(counts, counts, st.integers(0, 59))
def test_the_rate_is_between_that_of_both_minutes(last: int, this: int, seconds: int) -> None:
    rate = Snapshot(0, 0, 0, last + this, last, this, seconds).admitted_per_s()
    if last + this == 0:
        assert rate is None
        return
    assert rate is not None
    assert rate > 0
    this_rate = this / max(seconds, 1)
    low, high = sorted((last / 60 if last else this_rate, this_rate if seconds else rate))
    assert low - 1e-9 <= rate <= high + 1e-9 or seconds == 0
