"""When to poll again, and how long the wait may take: arithmetic on a position. Pure but for the
jitter, which comes from `uniform`: a simulation gives its own."""

import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

# A random number between two.
Uniform = Callable[[float, float], float]

ABSENT_INTERVALS = 3
# Estimates are rounded outwards to steps that grow with them, so that they rarely change.
STEPS_S = ((60, 5), (300, 15), (900, 60), (3_600, 300))
LONGEST_STEP_S = 600
# While a poll cannot be answered, fans wait for up to this many of their intervals.
RETRY_STRETCH_MAX = 2.0


class Pace(NamedTuple):
    """The poll intervals, in milliseconds: short near the front, long far back."""

    absent_after_ms: int
    at_front_ms: float
    per_place_ms: float
    longest_ms: int
    # A fan who has not polled for this many intervals is absent.
    absent_intervals: int = ABSENT_INTERVALS

    def interval_ms(self, ahead: int) -> float:
        """The longest interval for a fan with this many people ahead."""
        return min(self.longest_ms, self.at_front_ms + ahead * self.per_place_ms)

    def patience_ms(self, ahead: int) -> int:
        """For how long such a fan counts as present without a poll."""
        return round(max(self.absent_after_ms, self.absent_intervals * self.interval_ms(ahead)))


class Wait(msgspec.Struct, frozen=True):
    """How long it may take, in seconds, at the fastest and at the slowest of the recent rates."""

    min: int
    max: int


def poll_after_ms(
    pace: Pace, ahead: int, admitted_per_s: float | None, uniform: Uniform = random.uniform
) -> int:
    """When to poll again: at the latest after half the time that the way to the front takes at the
    present rate, with a jitter of a fifth, so that fans who joined in one second do not poll in one
    second."""
    interval_ms = pace.interval_ms(ahead)
    if admitted_per_s:
        interval_ms = min(interval_ms, ahead / admitted_per_s * 500)
    return round(max(pace.at_front_ms, interval_ms * uniform(0.8, 1.0)))


def poll_before_opening_ms(
    pace: Pace,
    opens_in_s: float,
    waiting: int,
    polls_per_s: int,
    uniform: Uniform = random.uniform,
) -> int:
    """When to poll again before the sale opens: seldom, and then soon after the opening, with
    jitter, so that the crowd does not poll in one second. It reveals nothing of the draw."""
    longest_ms = pace.longest_ms * uniform(0.5, 1.0)
    crowd_ms = min(pace.longest_ms, 1000 * waiting / polls_per_s)
    after_opening_ms = max(0.0, opens_in_s) * 1000 + uniform(0.0, crowd_ms)
    return round(max(pace.at_front_ms, min(longest_ms, after_opening_ms)))


def retry_after_s(pace: Pace, interval_ms: float) -> int:
    """When to retry a poll that cannot be answered: later than the next poll would have been, so
    that polls never become more frequent than in normal operation; with jitter; at the latest after
    the longest interval."""
    later_ms = interval_ms * random.uniform(1.0, RETRY_STRETCH_MAX)  # noqa: S311 - no secret
    if later_ms > pace.longest_ms:
        later_ms = pace.longest_ms * random.uniform(0.9, 1.0)  # noqa: S311 - no secret
    return max(1, math.ceil(later_ms / 1000))


def estimated_wait_s(ahead: int, rates_per_s: Sequence[float]) -> Wait | None:
    """How long it may take at the given admission rates, all above 0; None without any."""
    if not rates_per_s:
        return None
    return Wait(
        _step_down(0.9 * ahead / max(rates_per_s)),
        _step_up(1.1 * (ahead + 1) / min(rates_per_s)),
    )


def _step_s(seconds: float) -> int:
    for limit, step in STEPS_S:
        if seconds < limit:
            return step
    return LONGEST_STEP_S


def _step_down(seconds: float) -> int:
    step = _step_s(seconds)
    return int(seconds // step) * step


def _step_up(seconds: float) -> int:
    step = _step_s(seconds)
    return -int(-seconds // step) * step
