"""A rehearsal in the terminal: live progress, then the tables of the report."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from yemae.cli import reconcile
from yemae.cli.rehearse_figures import show_advice, show_sold
from yemae.cli.screen import cell, write_line, write_table
from yemae.reconcile.report import Reconciled
from yemae.rehearsal.report import Report
from yemae.rehearsal.run import Moment, Progress
from yemae.rehearsal.tally import Tally
from yemae.values.money import amount

LINE_EVERY_S = 5.0


@contextmanager
def progress() -> Iterator[Progress]:
    """Show the progress: a live table in a terminal, else a line every few seconds. On stderr,
    because scripts read the report from stdout."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:

        def draw(seconds: float, tally: Tally, moment: Moment) -> None:
            live.update(_table(_numbers(seconds, tally, moment)), refresh=True)

        yield draw


def _lines() -> Progress:
    last_at = 0.0

    def write(seconds: float, tally: Tally, moment: Moment) -> None:
        nonlocal last_at
        now = time.monotonic()
        if now - last_at < LINE_EVERY_S:
            return
        last_at = now
        numbers = _numbers(seconds, tally, moment)
        words = (f"{name.replace(' ', '_')}={value}" for name, value in numbers.items())
        sys.stderr.write(" ".join(words) + "\n")
        sys.stderr.flush()

    return write


def _numbers(seconds: float, tally: Tally, moment: Moment) -> dict[str, str]:
    return {
        "time": f"{seconds:.0f}s",
        "to come": cell(tally.people.get("to_come", 0)),
        "waiting": cell(moment.waiting),
        "inside": cell(moment.inside),
        "holding": cell(moment.holding),
        "gone": cell(tally.people.get("gone", 0)),
        "seats sold": cell(tally.seats_sold),
        "refusals": cell(sum(tally.refusals.values())),
        "faults": cell(tally.faults),
        "requests/s": f"{moment.requests_per_s:,.0f}",
        "p50": f"{moment.p50_ms:.1f}ms",
        "p99": f"{moment.p99_ms:.1f}ms",
    }


def _table(numbers: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold cyan")
    table.add_column("Rehearsal")
    table.add_column("", justify="right")
    for name, value in numbers.items():
        style = "bold red" if name == "faults" and value != "0" else ""
        table.add_row(Text(name), Text(value, style=style))
    return table


def show(found: Report) -> None:
    """Write the report."""
    write_table(
        ["Call", "Count", "Per s", "p50 ms", "p90 ms", "p99 ms", "Max ms"],
        [
            (c.call, c.count, *map(_tenth, (c.per_s, c.p50_ms, c.p90_ms, c.p99_ms, c.max_ms)))
            for c in found.calls
        ],
        numbers=["Count", "Per s", "p50 ms", "p90 ms", "p99 ms", "Max ms"],
    )
    write_line("")
    queue, fair = found.time_in_queue, found.fairness
    write_table(
        ["", "Fans"],
        [(name.replace("_", " "), count) for name, count in found.outcomes.items() if count],
        numbers=["Fans"],
    )
    if found.refusals:
        write_line("")
        write_table(["Refusal", "Count"], found.refusals.items(), numbers=["Count"])
    show_sold(found)
    write_line("")
    reconcile.show(Reconciled(tuple(found.checks)))
    write_line(
        f"\n{found.fans_done:,} journeys in {found.seconds:,.1f} s: {found.journeys_per_s:,.1f}/s; "
        f"{found.seats_sold:,} seats sold for {amount(found.money, found.currency)}; "
        f"{found.requests:,} requests, "
        f"{found.requests_per_s:,.1f}/s"
    )
    write_line(
        f"time in queue: p50 {queue.p50_s:,.1f} s, p90 {queue.p90_s:,.1f} s, "
        f"p99 {queue.p99_s:,.1f} s, longest {queue.max_s:,.1f} s"
    )
    write_line(
        f"fairness: {fair.inversions:,} of {fair.pairs:,} pairs of fans were admitted out of order"
    )
    write_line(
        f"client: {found.client_cpu_share:.0%} of a processor for each of its processes; "
        f"99% of the requests waited at most {found.client_wait_p99_ms:,.1f} ms for a connection"
    )
    show_advice(found)
    if found.reconcile_note:
        write_line(f"only the HTTP answers were checked, not the stores: {found.reconcile_note}")
    for problem in found.problems:
        write_line(f"✗ {problem}")
    if found.says_little:
        write_line("– nothing was sold, so the checks prove little")
    elif found.holds:
        write_line("✓ every check passed")


def _tenth(value: float) -> str:
    return f"{value:,.1f}"
