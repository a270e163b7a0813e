"""A run of the load client, with the processor time that the server and its stores used in it."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
import psutil

from bench.load import WARM_UP_S, Check, drive
from bench.results import Row, middle, spread
from bench.serving import Bench


class Effort(NamedTuple):
    """How hard and for how long a run drives; the answers of the warm-up do not count."""

    seconds: float
    connections: int = 64
    warm_up_s: float = WARM_UP_S


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a row."""

    # Per second; of good answers unless the row says otherwise.
    rate: float
    ok: int
    answers: int
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int] = {}
    # Seconds of processor time in the window.
    server_s: float = 0.0
    postgres_s: float = 0.0
    valkey_s: float = 0.0


class Used:
    """Processor time that the server's processes, PostgreSQL and Valkey have used."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._last = self._now()

    def _now(self) -> tuple[float, float, float]:
        postgres = self._bench.postgres
        # Sessions that end meanwhile are lost from the sum; those of the server's pool stay.
        return (
            sum(map(_seconds, self._bench.workers)),
            _seconds(postgres) + sum(map(_seconds, postgres.children())),
            _seconds(self._bench.valkey),
        )

    def since(self) -> tuple[float, float, float]:
        """Seconds of (server, PostgreSQL, Valkey) since the last look."""
        now = self._now()
        server, postgres, valkey = (
            max(0.0, new - old) for new, old in zip(now, self._last, strict=True)
        )
        self._last = now
        return server, postgres, valkey


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


async def timed(
    bench: Bench,
    requests: Iterable[bytes | None],
    check: Check,
    effort: Effort,
) -> Shot:
    """Drive the requests and measure. Raises LoadError."""
    used = Used(bench)
    run = await drive(
        bench.port,
        requests,
        check=check,
        **effort._asdict(),
    )
    # The warm-up has its share of the processor time, but not of the answers.
    share = run.seconds / (run.seconds + effort.warm_up_s)
    server_s, postgres_s, valkey_s = (used_s * share for used_s in used.since())
    return Shot(
        rate=run.rate,
        ok=run.good,
        answers=run.answers,
        p50_ms=run.percentile_ms(0.50),
        p99_ms=run.percentile_ms(0.99),
        statuses=run.statuses,
        server_s=server_s,
        postgres_s=postgres_s,
        valkey_s=valkey_s,
    )


def row_of(name: str, what: str, shots: list[Shot]) -> Row:
    """The row of these runs: medians, and their processor time for each answer."""
    rates = [shot.rate for shot in shots]
    answers = sum(shot.answers for shot in shots)

    def each_us(seconds: float) -> float:
        return round(seconds / max(1, answers) * 1e6, 1)

    return Row(
        name=name,
        what=what,
        rate=round(middle(rates), 1),
        ok=sum(shot.ok for shot in shots),
        answers=answers,
        p50_ms=round(middle([shot.p50_ms for shot in shots]), 3),
        p99_ms=round(middle([shot.p99_ms for shot in shots]), 3),
        server_us=each_us(sum(shot.server_s for shot in shots)),
        postgres_us=each_us(sum(shot.postgres_s for shot in shots)),
        valkey_us=each_us(sum(shot.valkey_s for shot in shots)),
        spread=spread(rates),
    )
