"""A percentile of counts lies in the bucket of the percentile itself, and counts add up."""

from collections import Counter
from itertools import pairwise
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from yemae.values.durations import BOUNDS_S, added, bucket_of, percentile_s

DURATIONS = st.floats(min_value=0, max_value=200)
PARTS = st.floats(min_value=0, max_value=1, exclude_min=True)
COUNTS = st.dictionaries(st.integers(0, len(BOUNDS_S)), st.integers(0, 1_000))


def test_the_bounds_grow_by_a_quarter_from_a_tenth_of_a_millisecond_to_a_hundred_seconds() -> None:
    assert (BOUNDS_S[0], BOUNDS_S[-1], len(BOUNDS_S)) == (0.0001, 100.0, 61)
    for lower, upper in pairwise(BOUNDS_S):
        assert 1.24 < upper / lower < 1.29
    for lower, upper in zip(BOUNDS_S, BOUNDS_S[10:], strict=False):
        assert abs(upper / lower - 10) < 1e-9


def test_a_duration_is_counted_in_the_bucket_that_ends_with_it_or_after_it() -> None:
    durations = (0, 0.0001, 0.00011, 100.0, 101.0)
    assert [bucket_of(seconds) for seconds in durations] == [0, 0, 1, 60, 61]


@given(st.lists(DURATIONS, min_size=1, max_size=200), PARTS)
def test_a_percentile_lies_in_the_bucket_of_the_one_that_was_measured(
    durations: list[float], part: float
) -> None:
    measured = sorted(durations)[ceil(part * len(durations)) - 1]
    found = percentile_s(Counter(map(bucket_of, durations)), part)
    bucket = bucket_of(measured)
    begins = BOUNDS_S[bucket - 1] if bucket else 0.0
    ends = BOUNDS_S[bucket] if bucket < len(BOUNDS_S) else begins
    assert found is not None
    assert begins <= found <= ends


@given(COUNTS, PARTS, PARTS)
def test_a_higher_percentile_is_no_shorter(counts: dict[int, int], one: float, two: float) -> None:
    found = percentile_s(counts, min(one, two)), percentile_s(counts, max(one, two))
    if not any(counts.values()):
        assert found == (None, None)
    else:
        assert found[0] is not None
        assert found[1] is not None
        assert found[0] <= found[1]


def test_within_a_bucket_durations_are_evenly_spread() -> None:
    # From 10 to 12.5 ms.
    bucket = bucket_of(0.012)
    assert percentile_s({bucket: 10}, 0.5) == 0.01125
    assert percentile_s({bucket: 10}, 1.0) == 0.0125
    assert percentile_s({bucket: 1, len(BOUNDS_S): 1}, 1.0) == 100.0


@given(COUNTS, COUNTS)
def test_the_difference_of_two_counts_is_what_came_between(
    earlier: dict[int, int], more: dict[int, int]
) -> None:
    later = {bucket: earlier.get(bucket, 0) + more.get(bucket, 0) for bucket in {*earlier, *more}}
    assert added(later, earlier) == {bucket: number for bucket, number in more.items() if number}


@given(COUNTS, st.integers(0, len(BOUNDS_S)))
def test_a_count_that_has_fallen_was_lost(earlier: dict[int, int], bucket: int) -> None:
    before = {**earlier, bucket: earlier.get(bucket, 0) + 1}
    assert added(earlier, before) is None
    assert added({}, before) is None
