"""The hot path's bench: everything that a fan does in the minute the sale opens.

`make bench` runs all of it; while working on a part:

    .venv/bin/python -m bench.hot_path --only hold_distinct --only pay --dirty

Each row is measured ROUNDS times (`bench/rounds.py`), each time with fans, seats and orders that
were made before the clock starts.
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from functools import partial

import uvloop
from rich.console import Console

from bench import pgbench
from bench.reads import Reads
from bench.results import Others, Results, Row, is_clean, make_results, show, write
from bench.rounds import Probe, chosen, measure
from bench.sale import Sale
from bench.serving import Bench, on_all_cores, serving
from bench.stage import ARENA, CONCERTS, HALL, VARIABLES
from bench.timed import Shot

ROUNDS = 3
SECONDS = 1.5
PGBENCH_S = 2.0
CONNECTIONS = 64
FILE_COLUMNS = 130

console = Console(stderr=True)


class HotPath:
    """The rows, on one server."""

    def __init__(self, bench: Bench, *, seconds: float, connections: int) -> None:
        self.bench = bench
        self.reads = Reads(bench, seconds=seconds, connections=connections)
        self.sale = Sale(bench, seconds=seconds, connections=connections)
        self._clients = 0

    async def pgbench_hold(self) -> Shot:
        """One run of pgbench, with the better number of clients."""
        url = self.bench.settings.database_url
        with on_all_cores(self.bench):
            self._clients = self._clients or await pgbench.best_clients(url, PGBENCH_S)
            return await pgbench.hold_run(url, self._clients, PGBENCH_S)

    def probes(self) -> list[Probe]:
        """Every row, yardsticks before the rows that are beside them."""
        reads, sale = self.reads, self.sale
        return [
            Probe("livez", "GET /livez", reads.livez),
            Probe("poll", "polls, 20 000 in line", reads.poll, "livez", 0.8),
            Probe("join", "joins", reads.join, "livez"),
            Probe("seats_50", "seats of a hall", partial(reads.seats, HALL), "livez", 0.7),
            Probe("seats_15000", "seats of an arena", partial(reads.seats, ARENA), aim=200),
            Probe("pgbench_hold", "the hold as one transaction, by pgbench", self.pgbench_hold),
            Probe(
                "hold_distinct", "holds, each its own seat", sale.hold_distinct, "pgbench_hold", 1.0
            ),
            Probe("hold_hot", "answers, all want 20 seats", sale.hold_hot, "hold_distinct", 0.8),
            Probe("pay", "payments", sale.pay, "hold_distinct", 0.6),
            Probe("top_up", "first top-ups", sale.top_up, "hold_distinct", 0.8),
            Probe("top_up_again", "second top-ups", sale.top_up_again, "hold_distinct"),
            Probe("hold_idle", "holds, one at a time", sale.hold_idle),
        ]


async def run(options: argparse.Namespace) -> Results:
    """The wanted rows, on a server of their own."""
    others = Others()
    with serving(
        CONCERTS, VARIABLES, workers=options.workers, pinned=not options.unpinned
    ) as bench:
        path = HotPath(bench, seconds=options.seconds, connections=options.connections)
        rows: list[Row] = await measure(chosen(path.probes(), options.only), options.rounds)
    return make_results("hot-path", "make bench", rows, {}, others)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, run, print and write."""
    parser = argparse.ArgumentParser(prog="bench.hot_path", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", action="append", default=[], help="only this row; repeat for more"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each run")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument(
        "--unpinned", action="store_true", help="leave all processes where they are"
    )
    parser.add_argument("--dirty", action="store_true", help="write results of a changed tree too")
    options = parser.parse_args(arguments)
    options.only = [name for names in options.only for name in names.split(",")]
    clean = is_clean()
    # Whoever ends this process ends it as Ctrl-C would, and with it the server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    results = uvloop.run(run(options))
    show(results, Console() if sys.stdout.isatty() else Console(width=FILE_COLUMNS))
    # Before and after: the tree that was measured is the one that the commit names.
    if not options.only and (options.dirty or (clean and is_clean())):
        console.print(f"written: {write(results)}")
    else:
        console.print("not written: only a whole run of a clean tree is (or --dirty)")


if __name__ == "__main__":
    main()
