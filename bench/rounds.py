"""Rows measured in rounds: in each round every row has one short run, in the same order.

So a row and its yardstick are never more than a round apart, and a machine that is slow for a
while is slow for both. A row's figures are medians over the rounds, and so is its ratio, which is
taken round by round.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import NamedTuple

import msgspec
from rich.console import Console

from bench.results import Row, middle
from bench.timed import Shot, row_of

console = Console(stderr=True)


class Probe(NamedTuple):
    """One row: how to measure it once, beside what, and what it should reach."""

    name: str
    what: str
    # Prepares what it needs, then measures.
    measure: Callable[[], Awaitable[Shot]]
    # The row that is its yardstick; empty: it has none, and the aim is a rate.
    beside: str = ""
    aim: float | None = None


def chosen(probes: Sequence[Probe], names: Collection[str], *, alone: bool = False) -> list[Probe]:
    """The named rows with their yardsticks, or without them if `alone`; all when none is named.

    Raises ValueError.
    """
    wanted = set(names)
    unknown = wanted - {probe.name for probe in probes}
    if unknown:
        raise ValueError(f"no such row: {', '.join(sorted(unknown))}")
    for probe in reversed(probes):
        if probe.name in wanted and probe.beside and not alone:
            wanted.add(probe.beside)
    return [probe for probe in probes if not names or probe.name in wanted]


async def measure(probes: Sequence[Probe], rounds: int) -> list[Row]:
    """Measure every row in each round. A yardstick comes before the rows that it belongs to."""
    shots: dict[str, list[Shot]] = {probe.name: [] for probe in probes}
    for number in range(1, rounds + 1):
        for probe in probes:
            shot = await probe.measure()
            shots[probe.name].append(shot)
            console.print(f"{number}/{rounds} {probe.name}: {_words(shot)}", soft_wrap=True)
    return [_row(probe, shots) for probe in probes]


def _row(probe: Probe, shots: dict[str, list[Shot]]) -> Row:
    row = row_of(probe.name, probe.what, shots[probe.name])
    if probe.beside not in shots:
        return msgspec.structs.replace(row, aim=probe.aim)
    beside = [shot.rate for shot in shots[probe.beside]]
    own = [shot.rate for shot in shots[probe.name]]
    return msgspec.structs.replace(
        row,
        beside=probe.beside,
        yardstick=round(middle(beside), 1),
        ratio=round(middle([rate / other for rate, other in zip(own, beside, strict=True)]), 3),
        aim=probe.aim,
    )


def _words(shot: Shot) -> str:
    each_us = 1e6 / max(1, shot.answers)
    used = "".join(
        f", {name} {seconds * each_us:.0f} µs"
        for name, seconds in (
            ("server", shot.server_s),
            ("postgres", shot.postgres_s),
            ("valkey", shot.valkey_s),
        )
        if seconds
    )
    return (
        f"{shot.rate:,.0f}/s, p50 {shot.p50_ms:.2f} ms, p99 {shot.p99_ms:.2f} ms, "
        f"ok {shot.ok:,} of {shot.answers:,} {shot.statuses or ''}{used}"
    )
