"""When to ask again, and how long it may take: pure arithmetic on a position."""

import random


def poll_after_ms(position: int, shortest_ms: int, longest_ms: int) -> int:
    """Soon near the front, seldom far back, and spread by a fifth so that fans who came in the
    same second do not ask in the same second.

    From the shortest interval at the front it grows by one second for each hundred people ahead.
    """
    planned_ms = min(shortest_ms + position * 10, longest_ms)
    return max(shortest_ms, round(planned_ms * random.uniform(0.8, 1.0)))  # noqa: S311 - no secret


def estimated_wait_s(position: int, admitted_per_s: float | None) -> int | None:
    """Seconds until this position is let in at the present rate; None while it is unknown."""
    return None if not admitted_per_s else max(1, round(position / admitted_per_s))
