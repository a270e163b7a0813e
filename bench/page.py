"""Writes docs/benchmarks.md from the files in bench/results; `make bench-page` runs it, and with it
bench/capacity.py.

Every figure of the page comes from a results file, with its machine and commit. A test fails when
the page is older than the files.
"""

from collections.abc import Sequence
from pathlib import Path

from bench import capacity
from bench.results import COLUMNS, RESULTS, ROOT, Results, Row, cells, read

PAGE = ROOT / "docs" / "benchmarks.md"
BAR_MAX = 40
FULL_MAX = 2.0

INTRODUCTION = """\
# Benchmarks

<!-- Written by `make bench-page` (bench/page.py) from the files in bench/results. -->

Each bench starts a server of its own with private, durable stores and throw-away data, drives it
over loopback, and measures a yardstick in the same run, because a figure without one says more
about the machine than about the program. Server and client share the machine. A rate counts only
correct answers. Figures are medians of three repeats where the bench does not say otherwise;
`spread` is the difference between the repeats; `server` is the processor time of the server's
processes for one answer.
"""

EMPTY = (
    "\nNothing has been measured from a clean tree yet: run `make bench` or `make bench-queue`.\n"
)

ABOUT = {
    "hot-path": """\
What a fan does in the minute the sale opens, from the first poll to the payment. Every row is
measured in rounds and beside its yardstick of the same round. The server runs as an operator would
run it: one worker for each core, nothing pinned, 96 connections, the client a process of its own
on the same cores. Every request of a hold, a payment or a top-up comes from another fan. The
yardstick of the hold is `pgbench`, which sends the same hold as one transaction for each request to
the same PostgreSQL; what it leaves out is said in [bench/pgbench.py](../bench/pgbench.py).
`pgbench_hold_call` is the hold of an expert, one call of a PL/pgSQL function with the same
guarantees ([bench/hold_call.sql](../bench/hold_call.sql)), and `hold_over_call` is the rate of the
server's holds over that. What each row does is said in [bench/sale.py](../bench/sale.py),
[bench/reads.py](../bench/reads.py), [bench/journeys.py](../bench/journeys.py) and
[bench/scripts.py](../bench/scripts.py). The rows `_1k` and `_1m` stand on two servers that take
turns, with as many orders in their databases before. `pay_announced` and the rows beside it have a
server that announces each payment, to the fan by mail and to a system of the operator by webhook;
one of the two receivers is slow in each of the rows `_slow_`, and afterwards everything arrives
once ([bench/announced.py](../bench/announced.py)). Where both are good, writing letters takes its
part of the processor meanwhile. A rate of `hold_hot` is that of answers, since 20 of them can win.
The run ends with the reconcile of all stores. The column `ratio` is over the row that `beside`
names.
""",
    "pretix": """\
The same hold and the same purchase on [pretix](https://pretix.eu), the ticket shop in Python that
many know, and on Yemae, in turns on one machine. Our rows are compared with those of pretix, and
`ratio` says how many times as fast they are. `make bench-pretix` repeats it; it installs pretix in
an environment of its own.

What is the same: two worker processes, the client on the same cores, and a PostgreSQL and a Valkey
from the same wheels with the same durable settings. A hold takes one numbered seat of one's own, by
a buyer who comes once. pretix runs under gunicorn with four threads for each worker, Valkey has its
sessions, caches and task queue, and its quota has no limit, so that a buyer locks no more than the
own seat; `pretix_standing` shows the cost of a quota with a limit, which each hold locks. After the
run its database has exactly the carts and orders that it answered, and no seat twice. The client
has 8 connections to pretix, one for each of its threads, because more would only wait, and 32 to
ours; for the rows `idle` it has one.

What is not the same. A hold of pretix is a position of a cart, made through its REST API with an
organizer's token, while ours checks the fan's own tokens, the pass of the waiting room and the
limit of seats for one fan. A purchase of pretix is a paid order that is made from the cart in one
call, with the payment booked by hand; ours pays a held order from the fan's wallet. pretix does
much more for each order: taxes, rounding, invoices, fees, questions, ticket secrets, a log of each
step, webhooks and plugins. None of its plugins is on, it sends no e-mail, and what it puts off to
background workers is queued and not done, all of which favours it. Its web shop, which renders
pages around the same services, is not measured. Such figures say what a general ticket shop costs
at the minute of an on-sale; they do not say that one program could stand in for the other.
""",
    "opening": """\
How many fans may come to a sale that opens. Fans join at random moments of the first minute,
whatever the server does; each polls at the given interval, one in four is admitted during the
minute, and those inside ask what the page asks: dates, plan, the seat map's stream, availability, a
hold of two seats, the wallet, a top-up and the payment
([bench/opening_walk.py](../bench/opening_walk.py)). They come straight to the server: no CDN
answers a plan or the queue's public numbers for it. `opening_1`, `_2` and `_4` are the highest
rates of joins, for that number of server processes, at which the 99th percentile of every call
stays under 100 ms for the whole minute; their latencies are those of the slowest call. They are
compared with `opening_1`. The rows `half_…` are each call at half of that rate. Each row is one run
of a minute. A latency runs from the moment at which a request was due, and a refusal counts as
infinitely slow ([bench/open_loop.py](../bench/open_loop.py)). `late_…` is how late the client
itself sent its requests; above its aim, the client is the limit and not the server. Client, servers
and stores share the cores, so more processes than cores add little. Each run has a new server, and
ends with the reconcile of its stores.
""",
    "streams": """\
The event streams of one server process on a core of its own: what one listener costs it while the
seats of the map, or the numbers of the queue, change all the time. An event is made once and sent
to all; the seat map sends at most four a second, the queue one. So the delay of most changes is the
time until the next event, up to 250 and 1 000 ms, and what is above that is the sending to all. How
it is measured is said in [bench/streams.py](../bench/streams.py).
""",
    "queue": """\
The waiting room, one server process on a core of its own. The yardstick of joins and polls is
`/livez` of the same server, measured before, between and after the repeats of each row; that of
the admissions is the rate that was set. What each row does is said in
[bench/queue.py](../bench/queue.py) and [bench/admissions.py](../bench/admissions.py), and what
keeps the client cheap in [bench/load.py](../bench/load.py).
""",
}


def page(all_results: Sequence[Results]) -> str:
    """The whole page."""
    if not all_results:
        return INTRODUCTION + EMPTY
    return "\n".join([INTRODUCTION, versions(all_results), *map(section, all_results)])


def versions(all_results: Sequence[Results]) -> str:
    """Whether the benches may be compared with each other."""
    found = sorted({results.commit for results in all_results})
    if len(found) == 1:
        return f"All benches measured commit `{found[0]}`.\n"
    return (
        "The benches measured different commits: compare figures within a section, not with those "
        "of another.\n"
    )


def section(results: Results) -> str:
    """One bench: its machine, its table, its chart."""
    about = ABOUT.get(results.bench, "")
    machine = results.machine
    where = (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['system']}, Python {machine['python']}"
    )
    facts = [
        f"- Command: `{results.command}`",
        f"- Machine: {where}; {results.others_share:.0%} of it went to other programs",
        f"- Commit: `{results.commit}`, {results.measured_at:%Y-%m-%d}",
    ]
    head = f"## {results.bench.capitalize()}\n\n{about}\n" + "\n".join(facts)
    missed = [f"`{row.name}`" for row in results.rows if row.reached is False]
    aims = f"\n\nAims that are not reached: {', '.join(missed)}." if missed else ""
    return f"{head}\n\n{table(results.rows)}{aims}\n\n{chart(results.rows)}"


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    lines = [
        f"| row | what | {' | '.join(COLUMNS)} |",
        f"|---|---|{'--:|' * len(COLUMNS)}",
    ]
    lines += [f"| `{row.name}` | {row.what} | {' | '.join(cells(row))} |" for row in rows]
    return "\n".join(lines)


def chart(rows: Sequence[Row]) -> str:
    """The rates beside their yardsticks, as bars of text."""
    compared = [row for row in rows if row.ratio is not None]
    if not compared:
        return ""
    width = max(len(row.name) for row in compared)
    # Where the yardstick is not a limit but another server, the longest bar fills the line.
    longest = max(row.ratio or 0.0 for row in compared)
    full = longest if longest > FULL_MAX else 1.0
    bars = [_bar(row, width, full) for row in compared]
    return "\n".join(["Rate over yardstick:", "", "```text", *bars, "```", ""])


def _bar(row: Row, width: int, full: float) -> str:
    ratio = row.ratio or 0.0
    length = min(BAR_MAX, round(ratio / full * BAR_MAX))
    # The aim is a mark on the empty part of the bar, or inside the full one.
    cells_ = ["█"] * length + ["·"] * (BAR_MAX - length)
    if row.aim is not None and row.aim < full:
        cells_[round(row.aim / full * BAR_MAX)] = "|"
    return f"{row.name:<{width}}  {''.join(cells_)}  {ratio:.0%}"


def results_files(folder: Path = RESULTS) -> list[Results]:
    """Every results file, by name."""
    return [read(path) for path in sorted(folder.glob("*.json"))]


if __name__ == "__main__":
    capacity.write()
    PAGE.write_text(page(results_files()), encoding="utf-8")
