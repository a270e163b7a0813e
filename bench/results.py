"""What a bench found: rows, the machine, the commit; as a table and as a file in `results/`.

A file is written only from a clean tree, so that its commit says what was measured; `--dirty`
writes it all the same, and then the commit says so.
"""

import os
import platform
import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
# How wide a table is that goes into a file.
FILE_COLUMNS = 140
# What a bench writes itself does not make a tree dirty.
OWN = (
    ":!bench/results",
    ":!docs/benchmarks.md",
    ":!docs/capacity.md",
    ":!docs/capacity.ko.md",
    ":!src/yemae/simulation/figures.json",
)


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the table. A row is either a rate with its latencies, or one value."""

    name: str
    what: str
    # Good answers per second, their number, and how many came back in all.
    rate: float | None = None
    ok: int | None = None
    answers: int | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    # The yardstick's name, its rate beside this row's repeats, and rate over yardstick.
    beside: str = ""
    yardstick: float | None = None
    ratio: float | None = None
    # Processor time for one answer: of the server's processes, of PostgreSQL and of Valkey.
    server_us: float | None = None
    postgres_us: float | None = None
    valkey_us: float | None = None
    value: float | None = None
    unit: str = ""
    # The largest repeat over the smallest, less one.
    spread: float | None = None
    # What the row should reach: `ratio` if it has one, else `value`, else `rate`; at least or at
    # most.
    aim: float | None = None
    aim_is_most: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the aim is reached; None without one."""
        found = (value for value in (self.ratio, self.value, self.rate) if value is not None)
        measured = next(found, None)
        if self.aim is None or measured is None:
            return None
        return measured <= self.aim if self.aim_is_most else measured >= self.aim


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a bench."""

    bench: str
    command: str
    measured_at: datetime
    machine: dict[str, str | int]
    commit: str
    # Of all processor time while the bench ran, what went to programs that have no part in it.
    others_share: float
    rows: list[Row]
    # Valkey's own count of commands in the largest line: calls and time of each.
    commandstats: dict[str, dict[str, float]] = {}


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def percentile(in_order: Sequence[float], share: float) -> float:
    """The value that this share of the sorted values stays under; 0 when there is none."""
    if not in_order:
        return 0.0
    return in_order[min(len(in_order) - 1, int(len(in_order) * share))]


def spread(values: Sequence[float]) -> float:
    """How far the repeats lie apart: 0.1 means that the largest is a tenth above the smallest."""
    return round(max(values) / min(values) - 1, 3) if min(values) > 0 else 0.0


class Others:
    """How much of the machine other programs use: what is busy, less our own."""

    def __init__(self) -> None:
        self._began = self._now()

    def _now(self) -> tuple[float, float, float]:
        times = psutil.cpu_times()
        whole = sum(times[:8])
        own = sum(psutil.Process().cpu_times()[:4])
        return whole, whole - times.idle - times.iowait, own

    def share(self) -> float:
        """Their share since the beginning. Children count when they have ended."""
        whole, busy, own = (new - old for new, old in zip(self._now(), self._began, strict=True))
        return round(max(0.0, busy - own) / max(whole, 1e-9), 3)


def machine() -> dict[str, str | int]:
    """The machine as far as its figures depend on it."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"model name\s*:\s*(.+)", text)
    return {
        "cpu": model[1].strip() if model else platform.machine(),
        "cores": os.cpu_count() or 1,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def is_clean() -> bool:
    """Whether the commit says what is measured."""
    return _git("status", "--porcelain", "--", ".", *OWN) == ""


def commit() -> str:
    """The commit of the tree, marked when the tree differs from it."""
    return _git("rev-parse", "HEAD") + ("" if is_clean() else " (dirty)")


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def make_results(
    bench: str,
    command: str,
    rows: list[Row],
    commandstats: dict[str, dict[str, float]],
    others: "Others",
) -> Results:
    """The results of this tree on this machine, now."""
    now = datetime.now(UTC).replace(microsecond=0)
    return Results(
        bench=bench,
        command=command,
        measured_at=now,
        machine=machine(),
        commit=commit(),
        others_share=others.share(),
        rows=rows,
        commandstats=commandstats,
    )


def write(results: Results) -> Path:
    """Write `results/<bench>.json`."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{results.bench}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")
    return path


def report(results: Results, *, is_whole: bool, was_clean: bool, dirty: bool) -> None:
    """Print the table. Write the file of a whole run whose tree was clean before it and is so now,
    so that its commit names what was measured; `dirty`: whatever the tree."""
    console = Console(stderr=True)
    show(results, Console() if sys.stdout.isatty() else Console(width=FILE_COLUMNS))
    if is_whole and (dirty or (was_clean and is_clean())):
        console.print(f"written: {write(results)}")
    else:
        console.print("not written: only a whole run of a clean tree is (or --dirty)")


def read(path: Path) -> Results:
    """Read a results file."""
    return msgspec.json.decode(path.read_bytes(), type=Results)


def show(results: Results, console: Console) -> None:
    """Print the table."""
    others = f"{results.others_share:.0%} of the machine went to others"
    title = f"{results.bench} · {results.commit[:12]} · {results.machine['cpu']} · {others}"
    table = Table(title=title)
    table.add_column("row", no_wrap=True)
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for row in results.rows:
        colour = {True: "green", False: "red", None: None}[row.reached]
        table.add_row(row.name, *cells(row), style=colour)
    console.print(table)


COLUMNS = (
    "rate/s",
    "ok",
    "p50 ms",
    "p99 ms",
    "beside",
    "ratio",
    "server µs",
    "postgres µs",
    "value",
    "aim",
    "spread",
)


def cells(row: Row) -> list[str]:
    """A row's cells, in the order of COLUMNS."""
    aim = "" if row.aim is None else f"{'≤' if row.aim_is_most else '≥'} {row.aim:g}"
    return [
        _number(row.rate, 0),
        _number(row.ok, 0),
        _number(row.p50_ms, 2),
        _number(row.p99_ms, 2),
        row.beside,
        _number(row.ratio, 2),
        _number(row.server_us or None, 1),
        _number(row.postgres_us or None, 1),
        f"{_number(row.value, 2)} {row.unit}".strip(),
        aim,
        "" if row.spread is None else f"{row.spread:.0%}",
    ]


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}".replace(",", " ")
