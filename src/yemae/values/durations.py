"""Durations counted in fixed buckets, and the percentiles of what was counted. Pure.

Counts of several processes add up, and the difference of two counts is what came between them. The
bounds grow by about a quarter from one to the next (the series R10 of ISO 3), so a percentile is
known to within about a quarter.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import partial

# From 0.1 ms to 100 s.
R10 = ("1", "1.25", "1.6", "2", "2.5", "3.15", "4", "5", "6.3", "8")
BOUNDS_S = (*(float(f"{step}e{tens}") for tens in range(-4, 2) for step in R10), 100.0)
# Bucket → how many; a bucket ends with its bound, and the last one has none.
Counts = Mapping[int, int]
# The bucket that a duration in seconds is counted in. Every answer asks, so it is no function of
# Python's.
bucket_of: Callable[[float], int] = partial(bisect_left, BOUNDS_S)


def percentile_s(counts: Counts, part: float) -> float | None:
    """How long this part of them took at most, from above 0 to 1; None where there are none. Within
    a bucket they are taken as evenly spread; of the last one only its beginning is known."""
    filled = sorted(bucket for bucket, number in counts.items() if number)
    if not filled:
        return None
    rank, before = part * sum(counts.values()), 0
    for bucket in filled:
        if before + counts[bucket] >= rank or bucket == filled[-1]:
            break
        before += counts[bucket]
    begins_s = BOUNDS_S[bucket - 1] if bucket else 0.0
    if bucket >= len(BOUNDS_S):
        return BOUNDS_S[-1]
    ends_s = BOUNDS_S[bucket]
    return min(ends_s, begins_s + (ends_s - begins_s) * (rank - before) / counts[bucket])


def added(later: Counts, earlier: Counts) -> dict[int, int] | None:
    """What came between two counts; None where a count has fallen, because it was lost."""
    between = {
        bucket: later.get(bucket, 0) - earlier.get(bucket, 0) for bucket in {*later, *earlier}
    }
    if min(between.values(), default=0) < 0:
        return None
    return {bucket: number for bucket, number in between.items() if number}
