"""The report of a simulation in the terminal."""

from collections.abc import Iterator

from yemae.cli.screen import write_line, write_table
from yemae.simulation.forecast import Forecast, Point

# About the lines of the table over time.
LINES = 12


def show(found: Forecast) -> None:
    """Write the report."""
    queue, scenario = found.queue, found.scenario
    over = "" if scenario.arrival == "burst" else f" over {duration(scenario.arrival_s)}"
    early = f", from {duration(found.early_s)} before the opening" if found.early_s else ""
    write_line(
        f"{found.concert_id}: {scenario.fans:,} fans ({scenario.arrival}{over}{early}) for "
        f"{found.seats:,} seats; {queue.queueing_method}, at most {queue.active_limit:,} inside, "
        f"{queue.admit_per_minute:,} admissions a minute\n"
    )
    write_table(
        ["Time", "Joins/s", "Polls/s", "Holds/s", "Payments/s", "Waiting", "Inside"],
        [_row(point) for point in _thinned(found.series)],
        numbers=["Time", "Joins/s", "Polls/s", "Holds/s", "Payments/s", "Waiting", "Inside"],
    )
    write_line("")
    write_table(
        ["", "Fans"],
        [(name.replace("_", " "), count) for name, count in found.outcomes.items() if count],
        numbers=["Fans"],
    )
    write_line("")
    for line in (*_course(found), *_needs(found)):
        write_line(line)


def duration(seconds: float) -> str:
    """A time span as people read it: `45 s`, `12:30`, `1:02:05`."""
    sign, whole = ("-" if seconds < 0 else ""), round(abs(seconds))
    if whole < 60:
        return f"{sign}{whole} s"
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02}:{left:02}" if hours else f"{sign}{minutes}:{left:02}"


def _thinned(series: list[Point]) -> list[Point]:
    step = -(-len(series) // LINES) or 1
    return series[::step]


def _row(point: Point) -> tuple[object, ...]:
    rates = (point.joins_per_s, point.polls_per_s, point.holds_per_s, point.payments_per_s)
    return (
        duration(point.at_s), *(f"{rate:,.1f}" for rate in rates), point.waiting, point.inside,
    )  # fmt: skip


def _course(found: Forecast) -> Iterator[str]:
    waits, peaks = found.waits, found.peaks
    yield (
        f"wait of the {waits.count:,} fans who come in: p50 {duration(waits.p50_s)}, "
        f"p90 {duration(waits.p90_s)}, p99 {duration(waits.p99_s)}, "
        f"longest {duration(waits.max_s)}"
    )
    sold = f"{found.seats_sold:,} of {found.seats:,} seats sold"
    if found.sold_out_at_s is not None:
        sold = f"sold out {duration(found.sold_out_at_s)} after the opening"
    last = "no fan comes in"
    if found.last_admitted_at_s is not None:
        last = f"the last fan comes in after {duration(found.last_admitted_at_s)}"
    yield f"{sold}; {last}"
    yield (
        f"busiest 5 seconds: {peaks.joins_per_s:,.0f} joins/s, {peaks.polls_per_s:,.0f} polls/s, "
        f"{peaks.holds_per_s:,.0f} holds/s, {peaks.payments_per_s:,.0f} payments/s; "
        f"at most {peaks.waiting:,} wait and {peaks.inside:,} are inside"
    )


def _needs(found: Forecast) -> Iterator[str]:
    needs = found.needs
    yield (
        f"server: {needs.server_cores:,} cores, {needs.nodes:,} nodes of {needs.cores_per_node} "
        f"with {needs.node_memory_mb:,} MB each"
    )
    yield (
        f"stores: PostgreSQL {needs.postgres_cores:,} cores; Valkey {needs.valkey_share:.0%} of "
        f"its one core, {needs.valkey_memory_mb:,} MB"
    )
    if needs.valkey_share > 1:
        yield "✗ this is more than Valkey does with one core: joins and polls would wait"
    if needs.cost is not None:
        yield (
            f"cost: {needs.core_hours:,} core-hours ({needs.hours} h) at "
            f"{needs.price_per_core_hour:g}: {needs.cost:,.2f}"
        )
