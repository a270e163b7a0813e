"""The opening: how many fans may come to a sale that opens, and how long they wait for each answer.

`make bench-opening` searches, for 1, 2 and 4 server processes, for the highest rate of joins at
which the 99th percentile of every call stays under P99_MAX_MS: in short runs, then for a whole
minute, at a lower rate if need be. It then measures a minute at half of that. Shorter:

    .venv/bin/python -m bench.opening --processes 2 --seconds 10 --minute 20
    .venv/bin/python -m bench.opening --processes 2 --fans 3000    # this opening only

Fans come at random moments, independent of the server (`bench/open_loop.py`), and ask what the page
asks (`bench/opening_walk.py`). One in ADMITTED is let in: with a rate of 100 fans/s, 6 000 come in
the first minute, and 25 are admitted each second and buy. Every run has a new server, as an
operator would run it, nothing pinned, and its stores are reconciled afterwards. The first
WARM_UP_S of a run are not measured.

The client runs ahead of the servers where it may, because fans have machines of their own. When it
sends its requests more than LATE_MAX_MS too late, it is the limit, and the row `late_…` says so.
"""

import argparse
import itertools
import random
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import psutil
import uvloop
from rich.console import Console

from bench.exchange import Walk
from bench.hot_path import ViolatedError, prove
from bench.line_store import new_fans
from bench.load import LoadError
from bench.open_loop import run_open
from bench.opening_rows import (
    ADMITTED,
    MINUTE_S,
    Opened,
    call_rows,
    compared,
    count,
    late_row,
    no_row,
    top_row,
)
from bench.opening_walk import CALLS, SEATS_EACH, hall, pairs, visit
from bench.results import Others, Row, is_clean, make_results, report
from bench.serving import serving
from bench.stage import VARIABLES
from bench.timed import Used
from yemae.accounts.access import Issuer
from yemae.base.open_files import files_max

PROCESSES = (1, 2, 4)
SECONDS = 20.0
WARM_UP_S = 5.0
# The search: where it begins, its end, and how near the two last rates are.
FIRST_RATE = 40.0
RATE_MAX = 1_600.0
NEAR = 0.8
STEPS_MAX = 9
# A rate that does not hold for the whole minute is lowered by NEAR this often.
LOWER_MAX = 5
# A rate counts as too high when it is so twice: other programs disturb a run now and then.
TRIES = 2
AHEAD = -10

console = Console(stderr=True)


async def search(holds: Callable[[float], Awaitable[bool]]) -> float:
    """The highest rate that holds, as near as NEAR says and STEPS_MAX allows; 0 when none does."""
    low, high, rate = 0.0, RATE_MAX / NEAR, FIRST_RATE
    for _ in range(STEPS_MAX):
        if await holds(rate):
            low = rate
        else:
            high = rate
        if low >= NEAR * high:
            break
        is_doubling = high > RATE_MAX
        rate = min(RATE_MAX, 2 * low) if is_doubling else (low + high) / 2
    return low


async def open_sale(processes: int, rate: float, seconds: float) -> Opened:
    """A sale that opens on a new server. Raises LoadError or ViolatedError."""
    concert = hall(rate / ADMITTED)
    if rate / ADMITTED * seconds > concert.seats * concert.performances / SEATS_EACH:
        raise LoadError("more fans would be admitted than there are seats")
    with serving([concert], VARIABLES, workers=processes, pinned=False) as bench:
        settings = bench.settings
        issuer = Issuer(settings.stores.secret_key, settings.accounts.access_token_ttl_s)
        # The same fans at the same moments for the same rate.
        lot = random.Random(rate)  # noqa: S311 - no secret
        moments = list(arrivals(rate, seconds, lot))
        users = [f"Bearer {issuer.issue(user_id).text}" for user_id in new_fans(len(moments))]
        seats = itertools.cycle(pairs(concert))
        fans: list[tuple[float, Walk]] = [
            (moment, visit(concert.concert_id, user, next(seats), lot))
            for moment, user in zip(moments, users, strict=True)
        ]
        used = Used(bench)
        with _ahead():
            heard = await run_open(bench.port, fans, seconds=seconds, warm_up_s=WARM_UP_S)
        opened = Opened(rate, WARM_UP_S, heard, *used.since())
        _say(processes, opened)
        if heard.failure:
            raise LoadError(heard.failure)
        await prove(bench)
    return opened


def arrivals(rate: float, seconds: float, lot: random.Random) -> Iterator[float]:
    """Moments at random, independent of each other."""
    moment = lot.expovariate(rate)
    while moment < seconds:
        yield moment
        moment += lot.expovariate(rate)


@contextmanager
def _ahead() -> Iterator[None]:
    """Let this process run before others, if it may."""
    process = psutil.Process()
    before = process.nice()
    with suppress(psutil.AccessDenied):
        process.nice(AHEAD)
    try:
        yield
    finally:
        with suppress(psutil.AccessDenied):
            process.nice(before)


async def highest_rows(processes: int, seconds: float, minute_s: float) -> list[Row]:
    """The highest rate that holds for a whole minute, and the calls at half of it."""

    async def holds(rate: float) -> bool:
        for _ in range(TRIES):
            if (await open_sale(processes, rate, seconds)).holds:
                return True
        return False

    rate = await search(holds)
    for _ in range(LOWER_MAX if rate else 0):
        whole = await open_sale(processes, rate, minute_s)
        if whole.holds:
            half = await open_sale(processes, rate / 2, minute_s)
            return [
                top_row(processes, whole),
                late_row(processes, whole),
                *call_rows(f"half_{processes}", half),
            ]
        rate *= NEAR
    return [no_row(processes)]


def _say(processes: int, opened: Opened) -> None:
    heard = opened.heard
    each = ", ".join(
        f"{call} {heard.percentile_ms(call, 0.99):.0f}" for call in CALLS if call in heard.latencies
    )
    console.print(
        f"{count(processes)}, {opened.rate:g} fans/s: {'holds' if opened.holds else 'too high'}; "
        f"{heard.fans:,} came, {heard.done:,} bought; {heard.answers / heard.seconds:,.0f} "
        f"requests/s, statuses {dict(heard.statuses)}; p99 in ms: {each}; the client was "
        f"{heard.late_ms(0.5):.1f} ms late, p99 {heard.late_ms(0.99):.1f} ms"
        f"{', and is the limit' if opened.is_late else ''}",
        soft_wrap=True,
    )


async def run(options: argparse.Namespace) -> list[Row]:
    """The wanted rows. Raises ViolatedError or LoadError."""
    rows: list[Row] = []
    for processes in options.processes or PROCESSES:
        if options.fans:
            opened = await open_sale(processes, options.fans / MINUTE_S, options.minute)
            rows += [late_row(processes, opened), *call_rows(f"fans_{processes}", opened)]
        else:
            rows += await highest_rows(processes, options.seconds, options.minute)
    return compared(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, run, print and write."""
    parser = argparse.ArgumentParser(prog="bench.opening", description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, action="append", help="may be repeated")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each step of the search")
    parser.add_argument("--minute", type=float, default=MINUTE_S, help="seconds of a whole run")
    parser.add_argument("--fans", type=int, default=0, help="no search: this number in a minute")
    parser.add_argument("--dirty", action="store_true", help="write results of a changed tree too")
    options = parser.parse_args(arguments)
    clean, others = is_clean(), Others()
    files_max()
    # SIGTERM ends this process as Ctrl-C does, and the server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        rows = uvloop.run(run(options))
    except (ViolatedError, LoadError) as error:
        console.print(f"[red]{type(error).__name__}[/red]: {error}", soft_wrap=True)
        sys.exit(1)
    results = make_results("opening", "make bench-opening", rows, {}, others)
    is_whole = not options.processes and not options.fans and options.minute == MINUTE_S
    report(results, is_whole=is_whole, was_clean=clean, dirty=options.dirty)


if __name__ == "__main__":
    main()
