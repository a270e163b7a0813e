"""The limits that a rehearsal would set, from what it measured. Pure.

The rate follows from what the server answered while it was fast: the best ten seconds in which 99 %
of the answers took at most FAST_MS, with a reserve. The active limit follows from the rate and from
how long fans stay inside (Little's law), and is bounded so that few fans are inside when the last
seat is gone. A rehearsal that never loaded the server measures a lower bound.
"""

from collections.abc import Sequence
from math import ceil

import msgspec

from yemae.rehearsal.run import Moment
from yemae.rehearsal.tally import Tally

FAST_MS = 1_000.0
WINDOW_S = 10.0
# The share of what was measured that a sale should use.
RESERVE = 0.7
# The share of the orders that may find nothing left when the last seat is gone.
IN_VAIN_SHARE = 0.05
INSIDE_CALLS = ("dates", "seats", "hold", "top_up", "pay")


class Advice(msgspec.Struct, frozen=True):
    """Limits that the measurements suggest."""

    admit_per_minute: int
    active_limit: int
    # What they follow from.
    requests_per_s: float
    requests_of_a_fan: float
    inside_p90_s: float
    # Whether the server stayed fast all the time, so that it may do more than was measured.
    is_lower_bound: bool


def advise(tally: Tally, series: Sequence[Moment], seats: int) -> Advice | None:
    """The limits for a sale of `seats` seats (0: not known); None when too little was measured."""
    admitted = tally.in_queue.total
    inside = sum(tally.calls[call].total for call in INSIDE_CALLS if call in tally.calls)
    fast = _fast_requests_per_s(series)
    if not admitted or not inside or not tally.inside.total or not fast:
        return None
    share = inside / max(1, tally.requests)
    of_a_fan = inside / admitted
    per_minute = max(1, int(RESERVE * fast * share / of_a_fan * 60))
    stays_s = tally.inside.percentile_s(0.9)
    active = ceil(per_minute / 60 * stays_s)
    if seats and tally.sales:
        orders = seats * len(tally.sales) / max(1, tally.seats_sold)
        active = min(active, ceil(IN_VAIN_SHARE * orders))
    return Advice(
        admit_per_minute=per_minute,
        active_limit=max(1, active),
        requests_per_s=round(fast, 1),
        requests_of_a_fan=round(of_a_fan, 1),
        inside_p90_s=round(stays_s, 1),
        is_lower_bound=all(moment.p99_ms <= FAST_MS for moment in series),
    )


def _fast_requests_per_s(series: Sequence[Moment]) -> float:
    """The highest mean of requests per second over a window in which every second was fast; of a
    shorter rehearsal, over all of it."""
    best, begin = 0.0, 0
    for end, moment in enumerate(series):
        if moment.p99_ms > FAST_MS:
            begin = end + 1
            continue
        while moment.at_s - series[begin].at_s > WINDOW_S:
            begin += 1
        spans = moment.at_s - series[begin].at_s >= WINDOW_S * 0.8
        if spans or series[-1].at_s < WINDOW_S:
            window = series[begin : end + 1]
            best = max(best, sum(each.requests_per_s for each in window) / len(window))
    return best
