"""The yardstick: what the same server does when it does nothing, measured beside every row."""

from collections import Counter
from collections.abc import Iterator
from itertools import repeat

import msgspec
from rich.console import Console

from bench.load import Check, any_2xx, get
from bench.results import Row, middle
from bench.serving import Bench
from bench.timed import Effort, Shot, row_of, timed

LIVEZ_S = 0.5

console = Console(stderr=True)


class Yardstick:
    """`/livez` of one server, and rows that are measured against it."""

    def __init__(self, bench: Bench, repeats: int) -> None:
        self._bench = bench
        self._repeats = repeats
        self._all: list[Shot] = []

    async def livez(self) -> float:
        """One short run of the yardstick. Returns its rate."""
        shot = await timed(self._bench, repeat(get("/livez")), any_2xx, Effort(LIVEZ_S))
        self._all.append(shot)
        return shot.rate

    async def compare(
        self,
        name: str,
        what: str,
        requests: Iterator[bytes],
        check: Check,
        *,
        seconds: float,
        aim: float,
    ) -> Row:
        """Measure a row: its repeats take turns with the yardstick, which begins and ends."""
        rates = [await self.livez()]
        shots: list[Shot] = []
        for _ in range(self._repeats):
            shots.append(await timed(self._bench, requests, check, Effort(seconds)))
            rates.append(await self.livez())
        row = row_of(name, what, shots)
        yardstick = middle(rates)
        compared = msgspec.structs.replace(
            row,
            yardstick=round(yardstick, 1),
            ratio=round((row.rate or 0.0) / yardstick, 3),
            aim=aim,
        )
        _say(compared, shots)
        return compared

    def row(self) -> Row:
        """The yardstick's own row, over all its runs."""
        return row_of("livez", "GET /livez, the yardstick", self._all)


def _say(row: Row, shots: list[Shot]) -> None:
    """A line while the bench runs; answers that were not good are named by their status."""
    statuses = sum((Counter(shot.statuses) for shot in shots), Counter[int]())
    console.print(
        f"{row.name}: {row.rate:,.0f}/s, {row.ratio:.0%} of /livez, p99 {row.p99_ms} ms, "
        f"server {row.server_us} µs, good {row.ok:,} of {row.answers:,}, statuses {dict(statuses)}",
        soft_wrap=True,
    )
