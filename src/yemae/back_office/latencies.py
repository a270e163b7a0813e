"""How long the server takes to answer fans, call by call: percentiles of seconds, of minutes and of
the last minute, from the counts of all nodes."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from yemae.base.tallies import LATENCIES
from yemae.history import history
from yemae.history.history import HistoryPoint, HistoryText, Resolution
from yemae.runtime import Stores
from yemae.sale import figures
from yemae.sale.figures import TIMED_CALLS
from yemae.values.durations import added, percentile_s

LOOKS_BACK = timedelta(minutes=1)


class CallTimes(NamedTuple):
    """How often a call was answered, and within which time the half of them and 99 %."""

    number: int
    p50_s: float
    p99_s: float


class LatencyPoint(NamedTuple):
    """The calls that were answered in the second or minute up to a moment; without those of which
    nothing is known."""

    at: datetime
    calls: dict[str, CallTimes]


async def history_of(
    stores: Stores, resolution: Resolution, *, since: datetime, limit: int
) -> list[LatencyPoint]:
    """The latencies from a moment on, by time: a point for each row of the history."""
    async with stores.postgres.transaction() as tx:
        first = await history.before(tx, LATENCIES, resolution, since)
        rows = await history.read_texts(tx, LATENCIES, resolution, since=since, limit=limit)
    # An hour of seconds takes long enough to keep fans waiting.
    return await asyncio.to_thread(_points, first, rows)


async def of_last_minute(stores: Stores) -> dict[str, CallTimes]:
    """The latencies of the last minute; empty while no history goes back that far. Raises
    StoreUnavailable."""
    since = stores.now() - LOOKS_BACK
    async with stores.postgres.transaction() as tx:
        earlier = await history.before(tx, LATENCIES, "1s", since)
        if earlier is None:
            # Of what has not changed for an hour only a minute has a row.
            earlier = await history.before(tx, LATENCIES, "1m", since)
    now = await figures.latencies(stores)
    return {} if earlier is None else times_between(now, earlier.figures)


def _points(first: HistoryPoint | None, rows: Sequence[HistoryText]) -> list[LatencyPoint]:
    points = [row.point() for row in rows]
    # Of the first row of all it is not known since when it counts.
    before = [first] if first is not None else points[:1]
    return [
        LatencyPoint(later.at, times_between(later.figures, earlier.figures))
        for earlier, later in pairwise([*before, *points])
    ]


def times_between(later: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, CallTimes]:
    """Of each call that was answered between two counts; of none where Valkey has lost the counts
    meanwhile."""
    found: dict[str, CallTimes] = {}
    for call in TIMED_CALLS:
        counted = added(_counts(later.get(call, {})), _counts(earlier.get(call, {})))
        if counted is None:
            return {}
        p50_s, p99_s = percentile_s(counted, 0.5), percentile_s(counted, 0.99)
        if p50_s is not None and p99_s is not None:
            found[call] = CallTimes(sum(counted.values()), p50_s, p99_s)
    return found


def _counts(kept: Mapping[str, int]) -> dict[int, int]:
    """Counts by bucket; JSON has only texts as keys."""
    return {int(bucket): number for bucket, number in kept.items()}
