"""The rows of the opening: the highest rate that holds, and the calls at half of it."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from bench.open_loop import Heard, good
from bench.opening_walk import CALLS
from bench.results import Row, percentile

# Of this number of fans who join, one is admitted.
ADMITTED = 4
P99_MAX_MS = 100.0
LATE_MAX_MS = 20.0
MINUTE_S = 60.0
WHAT = {
    "join": "a place in line",
    "poll": "the own place, at the given interval",
    "queue": "the public numbers, every ten seconds",
    "dates": "the dates with what is left",
    "plan": "the plan of a hall",
    "stream": "the seat map's stream, to its first event",
    "availability": "which seats are taken",
    "hold": "holds of two seats",
    "wallet": "the balance",
    "top_up": "top-ups",
    "pay": "payments",
}


class Opened(NamedTuple):
    """One run at a rate of joins, and the processor time of the servers and stores for it."""

    rate: float
    warm_up_s: float
    heard: Heard
    server_s: float
    postgres_s: float
    valkey_s: float

    @property
    def holds(self) -> bool:
        """Whether every call was fast enough."""
        return not self.heard.is_overrun and self.heard.worst_ms(0.99) <= P99_MAX_MS

    @property
    def is_late(self) -> bool:
        """Whether the client is the limit."""
        return self.heard.late_ms(0.99) > LATE_MAX_MS


def count(processes: int) -> str:
    """The server processes in words."""
    return "1 process" if processes == 1 else f"{processes} processes"


def top_row(processes: int, opened: Opened) -> Row:
    """The highest rate; the latencies are those of its slowest call."""
    heard = opened.heard
    limit = "; the client is the limit" if opened.is_late else ""
    return Row(
        name=f"opening_{processes}",
        what=f"fans who join per second, {count(processes)}: {MINUTE_S * opened.rate:,.0f} in the "
        f"first minute, {opened.rate / ADMITTED:,.0f}/s admitted, "
        f"{heard.answers / heard.seconds:,.0f} requests/s{limit}",
        rate=opened.rate,
        ok=heard.ok,
        answers=heard.answers,
        p50_ms=round(heard.worst_ms(0.50), 3),
        p99_ms=round(heard.worst_ms(0.99), 3),
    )


def no_row(processes: int) -> Row:
    """When no rate holds that was tried."""
    return Row(name=f"opening_{processes}", what=f"{count(processes)}: no rate holds", rate=0.0)


def late_row(processes: int, opened: Opened) -> Row:
    """How late the client was in a run."""
    return Row(
        name=f"late_{processes}",
        what="how late the client itself sent, p99",
        value=round(opened.heard.late_ms(0.99), 3),
        unit="ms",
        aim=LATE_MAX_MS,
        aim_is_most=True,
    )


def call_rows(name: str, opened: Opened) -> list[Row]:
    """All calls of a run together, and each."""
    heard = opened.heard
    what = f"all calls, {opened.rate:g} fans/s join, {opened.rate / ADMITTED:g}/s are admitted"
    everything = list(itertools.chain.from_iterable(heard.latencies.values()))
    # The warm-up has its share of the processor time, but not of the answers.
    share = heard.seconds / (heard.seconds + opened.warm_up_s)
    each_us = 1e6 * share / max(1, heard.answers)
    whole = msgspec.structs.replace(
        _row(name, what, everything, heard.seconds),
        server_us=round(opened.server_s * each_us, 1),
        postgres_us=round(opened.postgres_s * each_us, 1),
        valkey_us=round(opened.valkey_s * each_us, 1),
    )
    named = [(call, heard.latencies[call]) for call in CALLS if call in heard.latencies]
    return [
        whole,
        *(_row(f"{name}_{call}", WHAT[call], found, heard.seconds) for call, found in named),
    ]


def _row(name: str, what: str, latencies: Sequence[float], seconds: float) -> Row:
    found = sorted(latencies)
    return Row(
        name=name,
        what=what,
        rate=round(good(found) / seconds, 1),
        ok=good(found),
        answers=len(found),
        p50_ms=round(percentile(found, 0.50) * 1000, 3),
        p99_ms=round(percentile(found, 0.99) * 1000, 3),
    )


def compared(rows: Sequence[Row]) -> list[Row]:
    """The highest rates beside the first of them, which has the fewest processes."""
    first = next((row for row in rows if row.name.startswith("opening_")), None)
    return [
        msgspec.structs.replace(
            row, beside=first.name, yardstick=first.rate, ratio=round(row.rate / first.rate, 3)
        )
        if first is not None
        and row is not first
        and row.name.startswith("opening_")
        and row.rate
        and first.rate
        else row
        for row in rows
    ]
