"""The hot path's bench: everything that a fan does in the minute the sale opens.

`make bench` runs all of it; while working on a part:

    .venv/bin/python -m bench.hot_path --only hold_distinct,pay --dirty

Before and after a change, both commits in turn, in many short runs (`bench/in_turn.py`):

    make bench BENCH="--against HEAD~3 --only poll,pay --rounds 15 --seconds 0.7"

Each row is measured in rounds (`bench/rounds.py`), each time with fans, seats and orders that were
made before the clock starts. The rows of `growth` have two servers of their own, which take turns:
one has FEW orders in its database, the other MANY. At the end the stores of every server are
reconciled, and a violation means that nothing is written and the exit code is 1.

The server runs as an operator would run it, with a worker for each core and nothing pinned. More
connections than 96 raise the rate little and the slowest answers much: holds/s and the 99th
percentile on the 2 cores of the machine that the page names, two rounds each, which lay up to half
apart:

    connections     64               96               128
    1 worker        4 445, 27 ms                      3 881, 57 ms
    2 workers       3 033, 44 ms     5 416, 36 ms     2 934, 108 ms
"""

import argparse
import signal
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial

import uvloop
from rich.console import Console

from bench.announced import ANNOUNCED, announced_payment, receivers_beside
from bench.checkouts import CARDS, bank_beside, card_payment
from bench.consoles import Consoles
from bench.in_turn import BeforeError, in_turn, sides
from bench.journeys import WARM_UP_S as JOURNEYS_WARM_UP_S
from bench.journeys import Journeys
from bench.load import LoadError
from bench.many_orders import fill
from bench.mix import Mix
from bench.pgbench import CALL, Pgbench, PgbenchError
from bench.reads import Reads
from bench.results import Others, Row, is_clean, make_results, report
from bench.rounds import Probe, chosen, measure
from bench.sale import Sale
from bench.scripts import Scripts
from bench.serving import Bench, Concert, serving
from bench.stage import ARENA, CONCERTS, HALL, SALE, STADIUM, THEATRE, VARIABLES
from bench.timed import Effort
from yemae.reconcile.stores import reconcile
from yemae.settings import default_workers

ROUNDS = 3
SECONDS = 1.5
CONNECTIONS = 96
FEW, MANY = 1_000, 1_000_000
GROWTH = ("hold_distinct_1k", "hold_distinct_1m", "pay_1k", "pay_1m")
OVER_CALL = "hold_distinct over pgbench_hold_call"
P99_MAX_MS = 50
IDLE_MAX_MS = 5

console = Console(stderr=True)


class ViolatedError(Exception):
    """The reconcile found a violation."""


def hot_path(bench: Bench, effort: Effort) -> list[Probe]:
    """Every row of one server, yardsticks before the rows that are beside them."""
    reads = Reads(bench, effort)
    sale = Sale(bench, effort)
    longer = effort._replace(seconds=2 * effort.seconds, warm_up_s=JOURNEYS_WARM_UP_S)
    journeys = Journeys(bench, longer)
    scripts = Scripts(bench, seconds=effort.seconds)
    return [
        Probe("livez", "GET /livez, the yardstick", reads.livez),
        Probe("lua_join", "join.lua, pipelined, 64 fans a call", scripts.join),
        Probe("lua_place", "place.lua, pipelined, 64 fans a call", scripts.place),
        Probe("poll", "polls, 20 000 fans in line", reads.poll, "livez", 1.2),
        Probe("join", "joins by new fans", reads.join, "livez"),
        Probe("dates", "the dates of a concert", partial(reads.dates, HALL), "livez", 0.8),
        Probe("seats_50", "the free seats of a hall", partial(reads.seats, HALL), "livez", 0.8),
        Probe("seats_15000", "of an arena", partial(reads.seats, ARENA), aim=200),
        Probe("seats_15000_gzip", "the same, compressed", partial(reads.seats, ARENA, "gzip")),
        Probe("pgbench_hold", "pgbench: the hold as one transaction", Pgbench(bench).hold),
        Probe("hold_distinct", "holds of a seat each", sale.hold_distinct, "pgbench_hold", 1.0),
        Probe(
            "hold_beside_consoles",
            "holds while five consoles watch",
            Consoles(bench, sale).holds_beside,
            "hold_distinct",
            0.98,
        ),
        Probe(
            "pgbench_hold_call",
            "pgbench: the hold as one function call",
            Pgbench(bench, CALL).hold,
            "hold_distinct",
        ),
        Probe("hold_hot", "answers; all want 20 seats", sale.hold_hot, "hold_distinct", 0.8),
        Probe("pay", "payments", sale.pay, "hold_distinct", 0.6),
        Probe("top_up", "first top-ups", sale.top_up, "hold_distinct", 0.8),
        Probe("top_up_again", "second top-ups", sale.top_up_again, "hold_distinct"),
        Probe("hold_idle", "holds, one at a time", sale.hold_idle),
        Probe("mix", "holds, payments, top-ups and releases", Mix(bench, effort).mix),
        Probe("journey", "whole journeys", journeys.journey),
        Probe("seats_2000", "the free seats of a theatre", partial(reads.seats, THEATRE)),
        Probe("seats_50000", "of a stadium", partial(reads.seats, STADIUM)),
    ]


def growth(few: Bench, many: Bench, effort: Effort) -> list[Probe]:
    """Holds and payments on two servers."""
    small, large = Sale(few, effort), Sale(many, effort)
    return [
        Probe("hold_distinct_1k", "holds, 1 000 orders before", small.hold_distinct),
        Probe(
            "hold_distinct_1m",
            "holds, 1 000 000 orders before",
            large.hold_distinct,
            "hold_distinct_1k",
            0.9,
        ),
        Probe("pay_1k", "payments, 1 000 orders before", small.pay),
        Probe("pay_1m", "payments, 1 000 000 orders before", large.pay, "pay_1k", 0.9),
    ]


def latencies(rows: Sequence[Row]) -> list[Row]:
    """The aims that are times, and the hold over one function call, as the rounds have it."""
    named = {row.name: row for row in rows}
    found: list[Row] = []
    if (call := named.get("pgbench_hold_call")) and call.ratio:
        found.append(Row(name="hold_over_call", what=OVER_CALL, value=1 / call.ratio, unit="×"))
    if held := named.get("hold_distinct"):
        found.append(_most("hold_p99_ms", "p99 at that load", held.p99_ms, P99_MAX_MS))
    if idle := named.get("hold_idle"):
        found.append(
            _most("hold_idle_ms", "median of one hold at a time", idle.p50_ms, IDLE_MAX_MS)
        )
    return found


def _most(name: str, what: str, value: float | None, aim: float) -> Row:
    return Row(name=name, what=what, value=value, unit="ms", aim=aim, aim_is_most=True)


async def path_rows(options: argparse.Namespace, only: Sequence[str]) -> list[Row]:
    """The rows of one server."""
    with _server(options) as bench:
        probes = hot_path(bench, Effort(options.seconds, options.connections))
        rows = await measure(chosen(probes, only, alone=options.alone), options.rounds)
        await prove(bench)
    return rows + latencies(rows)


async def card_rows(options: argparse.Namespace, only: Sequence[str]) -> list[Row]:
    """The rows of a server whose card payments go to a bank beside it."""
    async with bank_beside() as bank:
        with _server(options, YEMAE_PAYMENT_KEYS=bank) as bench:
            effort = Effort(2 * options.seconds, options.connections)
            probes = card_payment(bench, effort, bank)
            rows = await measure(chosen(probes, only, alone=options.alone), options.rounds)
            await prove(bench)
    return rows


async def announced_rows(options: argparse.Namespace, only: Sequence[str]) -> list[Row]:
    """The rows of a server that announces each payment to receivers beside it."""
    async with receivers_beside() as receivers:
        with _server(options, [SALE], **receivers.variables) as bench:
            effort = Effort(options.seconds, options.connections)
            probes = announced_payment(bench, effort, receivers.port)
            rows = await measure(chosen(probes, only, alone=options.alone), options.rounds)
            await prove(bench)
    return rows


async def growth_rows(options: argparse.Namespace, only: Sequence[str]) -> list[Row]:
    """The rows of two servers that take turns."""
    with _server(options) as few, _server(options) as many:
        fill(few.settings.stores.database_url, FEW)
        fill(many.settings.stores.database_url, MANY)
        probes = growth(few, many, Effort(options.seconds, options.connections))
        rows = await measure(chosen(probes, only, alone=options.alone), options.rounds)
        await prove(few)
        await prove(many)
    return rows


async def in_turn_rows(options: argparse.Namespace) -> list[Row]:
    """Every row of the present tree beside the same row of another commit."""
    given = {name: getattr(options, name) for name in ("seconds", "connections", "workers")}
    variables = dict(pair.split("=", 1) for pair in options.set)
    both = given | {"pinned": options.pinned, "variables": variables}
    async with sides(options.against, both) as (old, new):
        return await measure(in_turn(old, new, options.only), options.rounds)


def _server(
    options: argparse.Namespace, concerts: Iterable[Concert] = CONCERTS, **more: str
) -> AbstractContextManager[Bench]:
    variables = dict(VARIABLES, **more, **dict(pair.split("=", 1) for pair in options.set))
    return serving(concerts, variables, workers=options.workers, pinned=options.pinned)


async def prove(bench: Bench) -> None:
    """Reconcile the stores. Raises ViolatedError."""
    found = await reconcile(bench.settings)
    for check in found.checks:
        if check.violations:
            raise ViolatedError(f"{check.says} {check.violations}: {'; '.join(check.examples)}")
    looked_at = max(check.looked_at for check in found.checks)
    console.print(f"reconciled: {len(found.checks)} checks hold, of up to {looked_at:,} each")


async def run(options: argparse.Namespace) -> list[Row]:
    """The wanted rows. Raises ViolatedError, LoadError, PgbenchError or BeforeError."""
    if options.against:
        return await in_turn_rows(options)
    rows: list[Row] = []
    parts = {CARDS: card_rows, ANNOUNCED: announced_rows, GROWTH: growth_rows}
    elsewhere = [name for names in parts for name in names]
    of_path = [name for name in options.only if name not in elsewhere]
    if of_path or not options.only:
        rows += await path_rows(options, of_path)
    for names, rows_of in parts.items():
        wanted = [name for name in options.only if name in names]
        if wanted or not options.only:
            rows += await rows_of(options, wanted)
    return rows


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="bench.hot_path", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="these rows, with commas between them")
    parser.add_argument("--alone", action="store_true", help="without the yardsticks of --only")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each run")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--workers", type=int, default=default_workers())
    parser.add_argument("--pinned", action="store_true", help="give the workers the first core")
    parser.add_argument(
        "--set", action="append", default=[], metavar="YEMAE_X=VALUE", help="another setting"
    )
    parser.add_argument(
        "--against", default="", metavar="COMMIT", help="each row beside that commit's, in turn"
    )
    parser.add_argument("--dirty", action="store_true", help="write results of a changed tree too")
    options = parser.parse_args(arguments)
    options.only = [name for name in options.only.split(",") if name]
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, run, print and write."""
    options = read_options(arguments)
    clean, others = is_clean(), Others()
    # SIGTERM ends this process as Ctrl-C does, and the server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        rows = uvloop.run(run(options))
    except (ViolatedError, LoadError, PgbenchError, BeforeError) as error:
        console.print(f"[red]{type(error).__name__}[/red]: {error}", soft_wrap=True)
        sys.exit(1)
    results = make_results("hot-path", "make bench", rows, {}, others)
    is_whole = not (options.only or options.against)
    report(results, is_whole=is_whole, was_clean=clean, dirty=options.dirty)


if __name__ == "__main__":
    main()
