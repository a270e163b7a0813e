"""Card payments while everything fails: `make faults-payments`.

Fans pay by card at a bank that loses requests and answers, answers late, twice, in another order
and never, while `kill -9` ends server processes, PostgreSQL, Valkey and the whole server every few
seconds. When the last fan has gone, nothing is killed any more and the bank answers again; then no
checkout may stay open, and:

- `yemae reconcile` finds no violation;
- each charge at the bank has what our books say of it, and all money there is money here;
- everything that was answered with success is in the books.

What happens follows from `--seed`, as far as the timing of processes lets it. It ends by itself:
fans stop coming after `--minutes`, the rest has `--settle-s` to settle, and what is still open then
is settled past its cap. A line every half minute says how far it is. The exit code is 1 when
anything is wrong, and when fans were left out because the time was over.
"""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop
from rich.console import Console

from bench.faults_books import WrongBooksError, compare, settle_the_rest
from bench.faults_fans import Fans
from bench.faults_stage import Faults, Stage, on_stage
from yemae.reconcile.stores import reconcile
from yemae.settings import default_workers

ORDERS = 100_000
UNDER_WAY = 128
REPORT_S = 30.0

console = Console(stderr=True, soft_wrap=True)


async def run(stage: Stage, options: argparse.Namespace) -> None:
    """Everything. Raises WrongBooksError."""
    fans = Fans(stage, options.under_way)
    began = time.monotonic()
    killing = asyncio.create_task(stage.kill_again_and_again())
    telling = asyncio.create_task(_tell(fans))
    coming = asyncio.create_task(fans.come(options.minutes * 60))
    try:
        await asyncio.wait({coming, killing}, return_when=asyncio.FIRST_COMPLETED)
        if killing.done():
            killing.result()
        await coming
    finally:
        for task in (coming, killing, telling):
            task.cancel()
        await asyncio.gather(coming, killing, telling, return_exceptions=True)
        await fans.close()
    took = time.monotonic() - began
    console.print(
        f"{fans.done:,} fans in {took:.0f} s, {fans.done / took:.1f}/s: {_counts(fans.ends)}"
    )
    console.print(f"killed {stage.killed.total()} times: {_counts(stage.killed)}")
    if fans.faults:
        raise WrongBooksError(f"{len(fans.faults)} answers with a fault: {fans.faults[:5]}")
    settled = await settle_the_rest(stage, options.settle_s)
    console.print(f"{settled.by_itself} open at the end, settled in {settled.seconds:.0f} s")
    if settled.past_cap:
        console.print(f"{settled.past_cap} more once the clock was moved past the cap")
    found = await compare(stage, fans.said)
    console.print(f"checkouts: {_counts(found.states)}")
    console.print(f"money at the bank {found.at_bank:,} = in our books {found.in_books:,}")
    await _reconcile(stage)
    if fans.done < options.orders:
        raise WrongBooksError(f"{options.orders - fans.done:,} fans did not come in time")


async def _reconcile(stage: Stage) -> None:
    found = await reconcile(stage.settings)
    for check in found.checks:
        if check.violations:
            raise WrongBooksError(f"{check.says} {check.violations}: {'; '.join(check.examples)}")
    console.print(f"reconciled: {len(found.checks)} checks hold")


async def _tell(fans: Fans) -> None:
    orders, began = fans.stage.faults.orders, time.monotonic()
    while True:
        await asyncio.sleep(REPORT_S)
        rate = fans.done / (time.monotonic() - began)
        left = f"{(orders - fans.done) / rate / 60:.0f} minutes left" if rate else "none yet"
        console.print(
            f"{fans.done:,} of {orders:,} fans, {rate:.1f}/s, {left}, "
            f"killed {fans.stage.killed.total()} times, {_counts(fans.ends)}"
        )


def _counts(counted: "dict[str, int]") -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counted.items()))


def read_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="bench.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--under-way", type=int, default=UNDER_WAY, help="fans at once")
    parser.add_argument("--minutes", type=float, default=300.0, help="no fan comes after that")
    parser.add_argument("--kill-every-s", type=float, default=5.0)
    parser.add_argument("--unreliable", type=float, default=0.05, help="share of the bank's calls")
    parser.add_argument("--hangs", type=float, default=0.5, help="weight of calls without an end")
    parser.add_argument("--hold-ttl-s", type=int, default=60)
    parser.add_argument("--settle-s", type=float, default=330.0, help="at the end")
    parser.add_argument("--logs", type=Path, help="a folder for the logs of a run that fails")
    parser.add_argument("--workers", type=int, default=default_workers())
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and run."""
    options = read_options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    faults = Faults(**{name: getattr(options, name) for name in Faults._fields})
    try:
        with on_stage(faults) as stage:
            try:
                uvloop.run(run(stage, options))
            except BaseException:
                if options.logs is not None:
                    stage.keep_logs(options.logs)
                raise
    except WrongBooksError as error:
        console.print(f"[red]wrong[/red]: {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
