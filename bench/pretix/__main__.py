"""The same hold and the same purchase on pretix and on ours, in turns on one machine.

`make bench-pretix` installs pretix from its package index and runs this; a shorter run:

    make bench-pretix BENCH="--rounds 1 --dirty"

Both have two workers, and a PostgreSQL and a Valkey from the same wheels with the same durable
settings. The client has as many connections as pretix has threads, because more would only wait;
ours get more, because they fill its batches. In each round every row has one short run; those of
pretix are longer, since its answers are fewer. At the end the databases are compared with the
answers; when they differ, nothing is written.
"""

import argparse
import signal
import sys
from collections.abc import Sequence

import uvloop
from rich.console import Console

from bench.hot_path import ViolatedError, prove
from bench.load import LoadError
from bench.pretix.buyers import Buyers, WrongError
from bench.pretix.serving import THREADS, WORKERS, PretixError, pretix
from bench.results import Others, Row, is_clean, make_results, report
from bench.rounds import Probe, measure
from bench.sale import Sale
from bench.serving import serving
from bench.stage import SALE, VARIABLES
from bench.timed import Effort

ROUNDS = 3
SECONDS = 3.0
PRETIX_SECONDS = 5.0
PRETIX_WARM_UP_S = 1.0
CONNECTIONS = 32

console = Console(stderr=True)


def both(buyers: Buyers, sale: Sale) -> list[Probe]:
    """Every row; ours stand beside those of pretix."""
    return [
        Probe("pretix_hold", "pretix: holds of a seat each", buyers.hold),
        Probe("hold", "ours", sale.hold_distinct, "pretix_hold"),
        Probe("pretix_pay", "pretix: purchases of a held seat", buyers.pay),
        Probe("pay", "ours", sale.pay, "pretix_pay"),
        Probe("pretix_idle", "pretix: holds, one at a time", buyers.hold_idle),
        Probe("idle", "ours", sale.hold_idle, "pretix_idle"),
        Probe("pretix_standing", "pretix: holds from one quota", buyers.hold_standing),
    ]


async def run(options: argparse.Namespace) -> list[Row]:
    """All rows. Raises PretixError, WrongError, ViolatedError or LoadError."""
    effort = Effort(options.seconds, options.connections)
    slow = Effort(options.pretix_seconds, WORKERS * options.threads, PRETIX_WARM_UP_S)
    console.print("setting up pretix, which takes some minutes")
    with (
        pretix(options.threads) as shop,
        serving([SALE], VARIABLES, workers=WORKERS, pinned=False) as ours,
    ):
        buyers, sale = Buyers(shop, slow), Sale(ours, effort)
        await buyers.warm_up()
        rows = await measure(both(buyers, sale), options.rounds)
        buyers.prove()
        await prove(ours)
    return rows


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="bench.pretix", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each run of ours")
    parser.add_argument("--pretix-seconds", type=float, default=PRETIX_SECONDS, help="of pretix")
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help="to ours")
    parser.add_argument("--threads", type=int, default=THREADS, help="of each of pretix's workers")
    parser.add_argument("--dirty", action="store_true", help="write results of a changed tree too")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, run, print and write."""
    options = read_options(arguments)
    clean, others = is_clean(), Others()
    # SIGTERM ends this process as Ctrl-C does, and the servers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        rows = uvloop.run(run(options))
    except (PretixError, WrongError, ViolatedError, LoadError) as error:
        console.print(f"[red]{type(error).__name__}[/red]: {error}", soft_wrap=True)
        sys.exit(1)
    results = make_results("pretix", "make bench-pretix", rows, {}, others)
    report(results, is_whole=True, was_clean=clean, dirty=options.dirty)


if __name__ == "__main__":
    main()
