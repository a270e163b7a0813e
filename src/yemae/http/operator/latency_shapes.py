"""What the latencies of the fans' calls are sent as."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from yemae.back_office.latencies import CallTimes, LatencyPoint
from yemae.history.history import Resolution
from yemae.values.instants import Instant, instant


class CallLatency(msgspec.Struct, frozen=True):
    """How often a call was answered, and the median and the 99th percentile of the time that it
    took, to within about a quarter."""

    count: int
    p50_ms: float
    p99_ms: float


class LatenciesEntry(msgspec.Struct, frozen=True):
    """The calls that were answered in the second or minute up to a moment: `join`, `poll`, `hold`,
    `begin` and `confirm` of a card payment, and `pay` from the wallet. A call that was not answered
    is not there. The time is measured in the server, from the head of a request to its answer;
    `begin` and `confirm` have the payment provider's time in them."""

    at: Instant
    calls: dict[str, CallLatency]


class LatenciesBody(msgspec.Struct, frozen=True):
    """The latencies by time, of all concerts and nodes. A second or minute without a point had no
    call; those after the last point begin at `next_since`."""

    resolution: Resolution
    points: list[LatenciesEntry]
    next_since: Instant | None


EXAMPLE_LATENCIES: dict[str, Any] = {
    "resolution": "1m",
    "points": [
        {
            "at": "2026-11-22T11:04:00.000Z",
            "calls": {
                "poll": {"count": 18200, "p50_ms": 0.31, "p99_ms": 2.2},
                "hold": {"count": 940, "p50_ms": 11.4, "p99_ms": 48.0},
            },
        }
    ],
    "next_since": None,
}


def latencies_entry(at: datetime, calls: Mapping[str, CallTimes]) -> LatenciesEntry:
    """Latencies as they are sent."""
    return LatenciesEntry(
        instant(at),
        {
            call: CallLatency(times.number, _ms(times.p50_s), _ms(times.p99_s))
            for call, times in calls.items()
        },
    )


def latencies_body(resolution: Resolution, found: list[LatencyPoint], most: int) -> LatenciesBody:
    """A page of the history, of which one point more than `most` may have been found."""
    points = [latencies_entry(*point) for point in found]
    following = points[most].at if len(points) > most else None
    return LatenciesBody(resolution, points[:most], following)


def _ms(seconds: float) -> float:
    return round(1_000 * seconds, 2)
