"""The bench of the event streams: `make bench-streams`.

    .venv/bin/python -m bench.streams --listeners 1000 --dirty

A server process has LISTENERS streams of one seat map, another one as many of one queue, while
CHANGES_S changes a second come over HTTP: holds of one seat each, joins of one fan each. The delay
of a change runs from the answer to its request, which follows its commit, to the first event that
shows it, at every listener. The same changes are made before without any listener; what the server
process uses more with them is the listeners' part. Memory is that of the server process. The client
only keeps the time of each event until all is over. Listeners have addresses as a trusted proxy
gives them, because one address may have only 500 streams.
"""

import argparse
import asyncio
import signal
import sys
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, cast

import msgspec
import uvloop
from rich.console import Console

from bench.crowd import Crowd, Fan, crowd_of
from bench.line_store import new_fans
from bench.load import HOST, ask, get, post
from bench.results import Others, Results, Row, is_clean, make_results, percentile, report
from bench.serving import Bench, Concert, serving
from bench.stage import FANS_MAX, PER_MINUTE_MAX
from yemae.base.open_files import RESERVED_FILES, files_max

LISTENERS = 5_000
CHANGES_S = 50
SECONDS = 10
# Before the window, and after it for the last events.
SETTLE_S = 3.0
OPENING_AT_ONCE = 100
OPEN_WAIT_S = 60.0
STREAMS_PER_FAN = 10
STREAMS_PER_ADDRESS = 250
HALL = Concert("bench-streams", active_limit=FANS_MAX, admit_per_minute=PER_MINUTE_MAX, seats=2_000)
LINE = Concert("bench-line")
FIRST, SECOND = b"\ndata: ", b"\n\n"

console = Console(stderr=True)
# Events by their bytes: when each listener got them.
Arrivals = dict[bytes, "array[float]"]


class Listener(asyncio.Protocol):
    """One stream: keeps the time at which each event came."""

    def __init__(self, request: bytes, arrivals: Arrivals, begun: Callable[[], None]) -> None:
        self._request, self._arrivals, self._begun = request, arrivals, begun
        self._rest = b""
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note the events that are whole."""
        now = time.monotonic()
        *events, self._rest = (self._rest + data).split(SECOND)
        for event in events:
            if not self.is_open:
                assert b" 200 " in event[:20] or not event.startswith(b"HTTP"), event[:300]
                self.is_open = True
                self._begun()
            at = event.find(FIRST)
            if at >= 0:
                self._arrivals.setdefault(event[at + len(FIRST) :], array("d")).append(now)


class Window(NamedTuple):
    """One run of changes."""

    # Of the server process, in seconds.
    cpu_s: float
    took_s: float
    # When each change was answered, in order.
    answered_at: list[float]


class Streams:
    """Measures one kind of stream after the other."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        (self._worker,) = bench.workers

    async def row(
        self,
        kind: str,
        what: str,
        requests: Sequence[bytes],
        changes: Iterator[bytes],
        shown: Callable[[Any, Any], Iterator[int]],
    ) -> list[Row]:
        """The rows of a kind. `shown` takes two events in turn, and says which changes, from 0,
        the second one shows and the first does not."""
        alone = await self._change(changes)
        arrivals: Arrivals = {}
        rss = self._worker.memory_info().rss
        opened = await self._open(requests, arrivals)
        kib = (self._worker.memory_info().rss - rss) / 1024 / len(opened)
        await asyncio.sleep(SETTLE_S)
        # The first event of each listener says what was before.
        before = [msgspec.json.decode(event) for event in arrivals]
        arrivals.clear()
        busy = await self._change(changes)
        await asyncio.sleep(SETTLE_S)
        for listener in opened:
            assert not listener.transport.is_closing(), "a stream has ended"
            listener.transport.close()
        await asyncio.sleep(1.0)
        cpu_us = (busy.cpu_s / busy.took_s - alone.cpu_s / alone.took_s) * 1e6 / len(opened)
        delays = self._delays(arrivals, before[-1], busy, shown)
        events = sum(map(len, arrivals.values())) / len(opened) / busy.took_s
        each = f"{len(opened):,} listeners to {what}, {CHANGES_S} changes/s"
        return [
            Row(name=f"{kind}_cpu", what=f"{each}: processor time of a listener and second, "
                f"{events:.1f} events", value=round(cpu_us, 1), unit="µs"),
            Row(name=f"{kind}_memory", what=f"{each}: memory of a listener",
                value=round(kib, 1), unit="KiB"),
            Row(name=f"{kind}_delivery", what=f"{each}: p99 from commit to delivery",
                value=round(percentile(delays, 0.99) * 1000, 1), unit="ms", ok=len(delays),
                p50_ms=round(percentile(delays, 0.5) * 1000, 2),
                p99_ms=round(percentile(delays, 0.99) * 1000, 2)),
        ]  # fmt: skip

    async def _change(self, changes: Iterator[bytes]) -> Window:
        """Send CHANGES_S changes a second for SECONDS, each at its time."""
        times = self._worker.cpu_times()
        began = time.monotonic()
        answered_at: list[float] = []
        for n in range(CHANGES_S * SECONDS):
            await asyncio.sleep(max(0.0, began + n / CHANGES_S - time.monotonic()))
            await ask(self._bench.port, next(changes))
            answered_at.append(time.monotonic())
        after = self._worker.cpu_times()
        used = after.user + after.system - times.user - times.system
        return Window(used, time.monotonic() - began, answered_at)

    async def _open(self, requests: Sequence[bytes], arrivals: Arrivals) -> list[Listener]:
        """Open every stream, a few at a time, and wait until each has begun."""
        loop = asyncio.get_running_loop()
        opened: list[Listener] = []
        for first in range(0, len(requests), OPENING_AT_ONCE):
            some = requests[first : first + OPENING_AT_ONCE]
            left, all_begun = len(some), loop.create_future()

            def begun() -> None:
                nonlocal left
                left -= 1
                if not left:
                    all_begun.set_result(None)  # noqa: B023 - awaited before the next round

            for request in some:
                listener = Listener(request, arrivals, begun)
                await loop.create_connection(lambda: listener, HOST, self._bench.port)  # noqa: B023
                opened.append(listener)
            await asyncio.wait_for(all_begun, OPEN_WAIT_S)
        return opened

    def _delays(
        self,
        arrivals: Arrivals,
        before: Any,
        window: Window,
        shown: Callable[[Any, Any], Iterator[int]],
    ) -> "array[float]":
        """The delays of all changes at all listeners, sorted."""
        delays = array("d")
        for event, came_at in sorted(arrivals.items(), key=lambda item: item[1][0]):
            found = msgspec.json.decode(event)
            for change in shown(before, found):
                answered_at = window.answered_at[change]
                delays.extend(max(0.0, at - answered_at) for at in came_at)
            before = found
        assert delays, "no change was shown"
        return array("d", sorted(delays))


def addressed(n: int) -> str:
    """The address of a listener, as a proxy would write it."""
    block = n // STREAMS_PER_ADDRESS
    return f"10.0.{block // 250}.{1 + block % 250}"


async def seats(bench: Bench, crowd: Crowd, listeners: int) -> list[Row]:
    """The rows of the seat map. The changes of both windows are holds of the seats in order."""
    performance_id = HALL.performance_ids[0]
    watching = await crowd.inside(HALL.concert_id, 1 + listeners // STREAMS_PER_FAN)
    buying = await crowd.inside(HALL.concert_id, 2 * CHANGES_S * SECONDS)
    path = f"/v1/performances/{performance_id}/availability/stream"

    def follow(n: int) -> bytes:
        fan = watching[n // STREAMS_PER_FAN]
        return get(path, authorization=fan.authorization, entry_token=fan.entry_token,
                   x_forwarded_for=addressed(n))  # fmt: skip

    def hold(fan: Fan, number: int) -> bytes:
        wanted = {"performance_id": performance_id, "seats": [str(number)]}
        return post("/v1/orders", msgspec.json.encode(wanted), authorization=fan.authorization,
                    entry_token=fan.entry_token)  # fmt: skip

    def shown(_before: Any, event: Any) -> Iterator[int]:
        yield from (seat - CHANGES_S * SECONDS for seat in event["taken"])

    holds = (hold(fan, number) for number, fan in enumerate(buying, start=1))
    requests = [follow(n) for n in range(listeners)]
    return await Streams(bench).row("seats", "a seat map", requests, holds, shown)


async def queue(bench: Bench, crowd: Crowd, listeners: int) -> list[Row]:
    """The rows of the queue. The changes are joins; one fan is admitted and not among them."""
    path = f"/v1/concerts/{LINE.concert_id}/queue"
    joins = (
        post(f"{path}-tokens", authorization=crowd.authorization(fan))
        for fan in new_fans(2 * CHANGES_S * SECONDS)
    )

    def shown(before: Any, event: Any) -> Iterator[int]:
        base = CHANGES_S * SECONDS - event["admitted"]
        yield from range(before["waiting"] - base, event["waiting"] - base)

    requests = [get(f"{path}/stream", x_forwarded_for=addressed(n)) for n in range(listeners)]
    return await Streams(bench).row("queue", "a queue", requests, joins, shown)


async def run(listeners: int) -> Results:
    """Both kinds, each on a server of its own, because memory is not given back to the system."""
    others = Others()
    variables = {"YEMAE_CONNECTIONS_MAX": str(2 * LISTENERS), "YEMAE_HOLD_TTL_S": "3600"}
    rows: list[Row] = []
    for kind in (seats, queue):
        with serving([HALL, LINE], variables) as bench:
            async with crowd_of(bench) as crowd:
                rows += await kind(bench, crowd, listeners)
    return make_results("streams", "make bench-streams", rows, {}, others)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, run, print and write."""
    parser = argparse.ArgumentParser(prog="bench.streams", description=__doc__.splitlines()[0])
    parser.add_argument("--listeners", type=int, default=LISTENERS, help="of each kind")
    parser.add_argument("--dirty", action="store_true", help="write results of a changed tree too")
    options = parser.parse_args(arguments)
    most = min(LISTENERS, files_max() - RESERVED_FILES)
    if not 0 < options.listeners <= most:
        sys.exit(
            f"--listeners is from 1 to {most}: the limit of open files (ulimit -n) allows no more"
        )
    clean = is_clean()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    results = uvloop.run(run(options.listeners))
    is_whole = options.listeners == LISTENERS
    report(results, is_whole=is_whole, was_clean=clean, dirty=options.dirty)


if __name__ == "__main__":
    main()
