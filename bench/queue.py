"""The waiting room's bench.

`make bench-queue` runs all of it; while working on a part:

    .venv/bin/python -m bench.queue --fans-max 100000 --part rates --dirty

Each figure is the median of REPEATS short runs. The yardstick of a rate is `/livez` of the same
server, measured before, between and after the repeats of that row, so that other load on the
machine slows both. A poll is good only if it is 200 and still waiting, a join only if it is 201.
Polls come from many fans, each of them a few times a minute at most, because the server throttles
a fan who polls more often:

- `poll_1k`: LINES_OF_1K lines of 1 000 fans, one line after the other, so that while a poll is
  answered about 1 000 wait in its line;
- `poll_100k`, `poll_1m`: a random sample of SAMPLE fans of one line of that length;
- `poll_1m_first`: as `poll_1m`, but each token is seen by the server for the first time.

The lines are filled through `places.join`, in batches; the fans of the `join` rows come over HTTP.
Ids of fans are UUIDs of 36 characters, as sign-up gives.
"""

import argparse
import itertools
import random
import signal
import sys
from collections.abc import Sequence

import uvloop
from rich.console import Console

from bench import admissions, line_store
from bench.line_store import LineStore
from bench.load import drive, get, post
from bench.results import Others, Results, Row, is_clean, make_results, report
from bench.serving import Bench, Concert, serving
from bench.slowest import slowest_row
from bench.yardstick import Yardstick
from yemae.accounts.access import Issuer
from yemae.waiting_room.tokens import QueueToken, TokenKeys

LINES_OF_1K = 20
SAMPLE = 30_000
SEEN_WITHIN_S = 20.0
FIRST_SEEN = 60_000
JOINS = 75_000
JOINS_LATER = 30_000
REPEATS = 3
SECONDS = 1.2

# The table in a file or a pipe.

SMALL = [f"bench-1k-{number:02}" for number in range(1, LINES_OF_1K + 1)]
MIDDLE, LARGE = "bench-100k", "bench-1m"

console = Console(stderr=True)


def poll_is_good(_number: int, status: int, body: bytes) -> bool:
    """200, and still in line."""
    return status == 200 and b'"state":"waiting"' in body


def join_is_good(_number: int, status: int, _body: bytes) -> bool:
    """A new place."""
    return status == 201


class Rates:
    """The rows that are rates: joins and polls."""

    def __init__(self, bench: Bench, store: LineStore, fans_max: int) -> None:
        self.bench = bench
        self.store = store
        self.fans_max = fans_max
        self.yardstick = Yardstick(bench, REPEATS)
        self.tokens = TokenKeys(
            bench.settings.stores.secret_key, bench.settings.queue.queue_token_ttl_s
        )
        self.issuer = Issuer(
            bench.settings.stores.secret_key, bench.settings.accounts.access_token_ttl_s
        )
        self.rows: list[Row] = []
        self.commandstats: dict[str, dict[str, float]] = {}

    async def run(self) -> None:
        """Every row, from the shortest line to the longest."""
        polls = [self.polls(await self.store.fill(name, 1_000, 1_000)) for name in SMALL]
        await self.poll("poll_1k", "polls, 1 000 in line", list(itertools.chain(*polls)))
        sample = await self.store.fill(MIDDLE, min(100_000, self.fans_max), SAMPLE)
        await self.poll("poll_100k", "polls, 100 000 in line", self.polls(sample))
        await self.largest()
        self.rows.insert(0, self.yardstick.row())

    async def largest(self) -> None:
        """The row of joins, then what a line of a million costs."""
        before = await self.store.used_bytes()
        joined = await self.join("join", "joins over HTTP into an empty line", JOINS, aim=0.65)
        rest = self.fans_max - joined
        sample = await self.store.fill(LARGE, rest, SAMPLE + FIRST_SEEN)
        waiting = joined + rest
        bytes_per_fan = (await self.store.used_bytes() - before) / waiting
        self.value(
            "bytes_per_fan", f"Valkey's memory, {waiting:,} in line", bytes_per_fan, "B", aim=250
        )
        await self.store.reset_counts()
        random.shuffle(sample)
        await self.poll("poll_1m", f"polls, {waiting:,} in line", self.polls(sample[:SAMPLE]))
        first = self.polls(sample[SAMPLE:])
        await self.poll(
            "poll_1m_first", "the same, by fans not seen before", first, first_seen=True
        )
        await self.join("join_1m", f"joins over HTTP, {waiting:,} in line", JOINS_LATER, aim=0.65)
        slowest = await self.store.slowest()
        what = f"slowest script at {waiting:,} in line: {slowest.name}"
        console.print(what)
        self.value("slowest_call_ms", what, slowest.ms, "ms", aim=5)
        self.commandstats = await self.store.commandstats()
        self.flatness()
        now_waiting = await self.store.waiting(LARGE)
        self.rows.append(await slowest_row(self.store, LARGE, sample, now_waiting))

    def flatness(self) -> None:
        """How much the length of the line shows in a poll's p99."""
        p99 = {row.name: row.p99_ms or 0.0 for row in self.rows}
        ratio = p99["poll_1m"] / p99["poll_1k"]
        self.value("p99_1m_over_1k", "p99 of polls, 1 M over 1 k in line", ratio, "×", aim=1.3)

    def value(self, name: str, what: str, value: float, unit: str, *, aim: float) -> None:
        """A row of one value that should be no larger than its aim."""
        row = Row(name=name, what=what, value=round(value, 3), unit=unit, aim=aim, aim_is_most=True)
        self.rows.append(row)
        console.print(f"{name} {value:.2f} {unit}")

    def polls(self, places: Sequence[QueueToken]) -> list[bytes]:
        """The poll of each fan, in random order."""
        sign = self.tokens.sign_place
        polls = [get("/v1/queue-tokens/me", queue_token=sign(place)) for place in places]
        random.shuffle(polls)
        return polls

    async def poll(
        self, name: str, what: str, polls: list[bytes], *, first_seen: bool = False
    ) -> None:
        """A row of polls. Unless the tokens are to be new to it, the server sees each once before,
        as it has in an on-sale that has run for a minute."""
        if not first_seen:
            await drive(self.bench.port, iter(polls), seconds=SEEN_WITHIN_S)
        self.rows.append(
            await self.yardstick.compare(
                name, what, itertools.cycle(polls), poll_is_good, seconds=SECONDS, aim=0.8
            )
        )

    async def join(self, name: str, what: str, count: int, *, aim: float) -> int:
        """A row of joins by new fans. Returns how many have joined."""
        path = f"/v1/concerts/{LARGE}/queue-tokens"
        joins = [
            post(path, authorization=f"Bearer {self.issuer.issue(fan).text}")
            for fan in line_store.new_fans(count)
        ]
        before = await self.store.waiting(LARGE)
        row = await self.yardstick.compare(
            name, what, iter(joins), join_is_good, seconds=SECONDS, aim=aim
        )
        self.rows.append(row)
        return await self.store.waiting(LARGE) - before


async def rates(fans_max: int) -> tuple[list[Row], dict[str, dict[str, float]]]:
    """The rows that are rates, on a server of their own."""
    with serving(map(Concert, [*SMALL, MIDDLE, LARGE])) as bench:
        store = LineStore(bench.settings)
        try:
            run = Rates(bench, store, fans_max)
            await run.run()
            return run.rows, run.commandstats
        finally:
            await store.close()


async def admitting() -> list[Row]:
    """The rows about admission, on a server of their own."""
    lines = [
        Concert(concert_id, absent_after_s=admissions.ABSENT_AFTER_S)
        for concert_id in (admissions.PRESENT, admissions.VANISHING)
    ]
    with serving(lines, admissions.VARIABLES) as bench:
        store = LineStore(bench.settings)
        try:
            return await admissions.admission_rows(bench, store)
        finally:
            await store.close()


async def drawing(fans_max: int) -> list[Row]:
    """The row of the draw, on a server of its own."""
    with serving([Concert(admissions.DRAWN)]) as bench:
        store = LineStore(bench.settings)
        try:
            return [await admissions.draw_row(bench, store, fans_max)]
        finally:
            await store.close()


async def run(parts: Sequence[str], fans_max: int) -> Results:
    """The wanted parts, one after the other."""
    others = Others()
    rows: list[Row] = []
    commandstats: dict[str, dict[str, float]] = {}
    if "rates" in parts:
        rows, commandstats = await rates(fans_max)
    if "admissions" in parts:
        rows += await admitting()
    if "draw" in parts:
        rows += await drawing(fans_max)
    return make_results("queue", "make bench-queue", rows, commandstats, others)


PARTS = ("rates", "admissions", "draw")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, run, print and write."""
    parser = argparse.ArgumentParser(prog="bench.queue", description=__doc__.splitlines()[0])
    parser.add_argument("--fans-max", type=int, default=1_000_000, help="the longest line")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be repeated")
    parser.add_argument("--dirty", action="store_true", help="write results of a changed tree too")
    options = parser.parse_args(arguments)
    clean = is_clean()
    # SIGTERM ends this process as Ctrl-C does, and the server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    results = uvloop.run(run(options.part or PARTS, options.fans_max))
    is_whole = not options.part
    report(results, is_whole=is_whole, was_clean=clean, dirty=options.dirty)


if __name__ == "__main__":
    main()
