"""When to ask again, and how long it may take: pure arithmetic on a position."""

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

ABSENT_INTERVALS = 3
# Estimates are rounded outwards to steps that grow with them, so that they don't jump about.
STEPS_S = ((60, 5), (300, 15), (900, 60), (3_600, 300))
LONGEST_STEP_S = 600
# While a poll cannot be answered, fans are told to wait for up to so many of their intervals.
RETRY_STRETCH_MAX = 2.0


class Pace(NamedTuple):
    """How often fans are told to poll, in milliseconds: soon near the front, seldom far back."""

    absent_after_ms: int
    at_front_ms: float
    per_place_ms: float
    longest_ms: int
    # A fan who has not polled for this many intervals is absent.
    absent_intervals: int = ABSENT_INTERVALS

    def interval_ms(self, ahead: int) -> float:
        """The longest interval that a fan with so many people ahead is given."""
        return min(self.longest_ms, self.at_front_ms + ahead * self.per_place_ms)

    def patience_ms(self, ahead: int) -> int:
        """For how long such a fan counts as present without asking."""
        return round(max(self.absent_after_ms, self.absent_intervals * self.interval_ms(ahead)))


class Wait(msgspec.Struct, frozen=True):
    """How long it may take, in seconds, at the fastest and at the slowest of the recent rates."""

    min: int
    max: int


def poll_after_ms(pace: Pace, ahead: int, admitted_per_s: float | None) -> int:
    """When to ask again: never later than half the time that the way to the front takes at the
    present rate, and spread by a fifth so that fans who came in the same second do not ask in the
    same second."""
    interval_ms = pace.interval_ms(ahead)
    if admitted_per_s:
        interval_ms = min(interval_ms, ahead / admitted_per_s * 500)
    return round(max(pace.at_front_ms, interval_ms * _spread()))


def poll_before_opening_ms(pace: Pace, opens_in_s: float, waiting: int, polls_per_s: int) -> int:
    """When to ask again before the sale opens: seldom, and then soon after the opening, spread so
    that the crowd does not come back in one second. It says nothing of the fan's draw."""
    longest_ms = pace.longest_ms * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
    crowd_ms = min(pace.longest_ms, 1000 * waiting / polls_per_s)
    after_opening_ms = max(0.0, opens_in_s) * 1000 + random.uniform(0.0, crowd_ms)  # noqa: S311
    return round(max(pace.at_front_ms, min(longest_ms, after_opening_ms)))


def retry_after_s(pace: Pace, interval_ms: float) -> int:
    """When a fan whose poll cannot be answered is told to ask again: later than they would have
    asked, so that the polls never become more than they are while all is well; spread, so that
    those who were refused together do not come back together; never past the longest interval."""
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


def _spread() -> float:
    return random.uniform(0.8, 1.0)  # noqa: S311 - no secret


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
