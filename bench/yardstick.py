"""The yardstick: what the same server does when it does nothing, measured beside every row."""

from collections import Counter
from collections.abc import Iterator
from itertools import repeat
from typing import NamedTuple

import msgspec
from rich.console import Console

from bench.load import WARM_UP_S, Check, Measured, any_2xx, drive, get
from bench.results import Row, middle, spread
from bench.serving import Bench

LIVEZ_S = 0.5

console = Console(stderr=True)


class Beside:
    """Processor time that the server and its Valkey used since the last look."""

    def __init__(self, bench: Bench) -> None:
        self._processes = (bench.worker, bench.valkey)
        self._last = self._now()

    def _now(self) -> list[float]:
        return [sum(process.cpu_times()[:2]) for process in self._processes]

    def since(self) -> tuple[float, float]:
        """Seconds of (server, Valkey)."""
        now = self._now()
        server, valkey = (new - old for new, old in zip(now, self._last, strict=True))
        self._last = now
        return server, valkey


class Yardstick:
    """`/livez` of one server, and rows that are measured against it."""

    def __init__(self, bench: Bench, repeats: int) -> None:
        self._bench = bench
        self._repeats = repeats
        self._used = Beside(bench)
        self._all: list[Timed] = []

    async def livez(self) -> float:
        """One short run of the yardstick. Returns its rate."""
        timed = await self._timed(repeat(get("/livez")), any_2xx, LIVEZ_S)
        self._all.append(timed)
        return timed.run.rate

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
        runs: list[Timed] = []
        for _ in range(self._repeats):
            runs.append(await self._timed(requests, check, seconds))
            rates.append(await self.livez())
        row = _row(name, what, runs)
        yardstick = middle(rates)
        compared = msgspec.structs.replace(
            row,
            yardstick=round(yardstick, 1),
            ratio=round((row.rate or 0.0) / yardstick, 3),
            aim=aim,
        )
        _say(compared, runs)
        return compared

    def row(self) -> Row:
        """The yardstick's own row, over all its runs."""
        return _row("livez", "GET /livez, the yardstick", self._all)

    async def _timed(self, requests: Iterator[bytes], check: Check, seconds: float) -> "Timed":
        self._used.since()
        run = await drive(self._bench.port, requests, seconds=seconds, check=check)
        server_s, valkey_s = self._used.since()
        # The warm-up has its share of the processor time, but not of the answers.
        share = run.seconds / (run.seconds + WARM_UP_S)
        return Timed(run, server_s * share, valkey_s * share)


class Timed(NamedTuple):
    """A run, and the processor time that the server and Valkey used in its window."""

    run: Measured
    server_s: float
    valkey_s: float


def _row(name: str, what: str, timed: list[Timed]) -> Row:
    runs = [one.run for one in timed]
    rates = [run.rate for run in runs]
    answers = sum(run.answers for run in runs)
    return Row(
        name=name,
        what=what,
        rate=round(middle(rates), 1),
        ok=sum(run.good for run in runs),
        answers=answers,
        p50_ms=round(middle([run.percentile_ms(0.50) for run in runs]), 3),
        p99_ms=round(middle([run.percentile_ms(0.99) for run in runs]), 3),
        server_us=round(sum(one.server_s for one in timed) / max(1, answers) * 1e6, 1),
        valkey_us=round(sum(one.valkey_s for one in timed) / max(1, answers) * 1e6, 1),
        spread=spread(rates),
    )


def _say(row: Row, timed: list[Timed]) -> None:
    """A line while the bench runs; answers that were not good are named by their status."""
    statuses = sum((Counter(one.run.statuses) for one in timed), Counter[int]())
    console.print(
        f"{row.name}: {row.rate:,.0f}/s, {row.ratio:.0%} of /livez, p99 {row.p99_ms} ms, "
        f"server {row.server_us} µs, good {row.ok:,} of {row.answers:,}, statuses {dict(statuses)}",
        soft_wrap=True,
    )
