"""The open-loop client: fans come at moments that are set beforehand, whatever the server does.

A latency runs from the moment at which a request was due to the last byte of its answer, so a
server that falls behind cannot make its figures better by being asked less (coordinated omission).
A request that is refused or not answered counts as infinitely slow.

What always holds: a run ends (when all fans are done; with its seconds, and at most DRAIN_S for
answers that are under way; or at once when IN_FLIGHT_MAX are); traffic goes to loopback. Calls
share keep-alive connections, of which there are as many as requests in flight; each stream has its
own, from one of many loopback addresses, because a server bounds the streams of an address. The
client notes how late it sends: `late` is its own part of the latencies.
"""

import asyncio
import heapq
import ipaddress
import itertools
import math
import time
from array import array
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from bench.exchange import Ask, Connection, Exchange, Visit, Walk
from bench.load import HOST, no_collector
from bench.results import percentile

TICK_S = 0.001
DRAIN_S = 3.0
# How long a server may take to finish what it was asked when the run is over.
QUIET_S = 15.0
IN_FLIGHT_MAX = 3_000
RETRY_S = 1.0
TRIES_MAX = 2
# A refusal that means "later"; its Retry-After says when.
NOT_NOW = (429, 503)
RETRY_AFTER = b"retry-after: "
ADDRESSES = 200


@dataclass
class Heard:
    """What came back of the requests that were due in the window."""

    # Of the window; shorter when all fans are done or the run is cut short.
    seconds: float = 0.0
    # Of each call, in seconds, as they came; infinite without a success.
    latencies: dict[str, "array[float]"] = field(default_factory=dict)
    # How late each request was sent.
    late: "array[float]" = field(default_factory=lambda: array("d"))
    statuses: Counter[int] = field(default_factory=Counter)
    fans: int = 0
    done: int = 0
    # More requests were in flight than an opening may have; the run was cut short.
    is_overrun: bool = False
    # An answer that no fan should get.
    failure: str = ""

    def percentile_ms(self, call: str, share: float) -> float:
        """The latency that this share of a call's answers stays under, in milliseconds."""
        return percentile(sorted(self.latencies[call]), share) * 1000

    def worst_ms(self, share: float) -> float:
        """The same of the slowest call."""
        return max((self.percentile_ms(call, share) for call in self.latencies), default=math.inf)

    def late_ms(self, share: float) -> float:
        """How late the client itself was."""
        return percentile(sorted(self.late), share) * 1000

    @property
    def answers(self) -> int:
        """How many requests were due."""
        return sum(map(len, self.latencies.values()))

    @property
    def ok(self) -> int:
        """How many of them succeeded."""
        return sum(map(good, self.latencies.values()))


def good(latencies: Iterable[float]) -> int:
    """How many were answered with a success."""
    return sum(map(math.isfinite, latencies))


async def run_open(
    port: int, fans: Iterable[tuple[float, Walk]], *, seconds: float, warm_up_s: float
) -> Heard:
    """Let each fan come at their moment (seconds from the start, in order). Requests that are due
    between the warm-up and the end are measured."""
    assert ipaddress.ip_address(HOST).is_loopback, "load goes nowhere else"
    with no_collector():
        return await _Run(port, fans, seconds, warm_up_s).run()


class _Run:
    def __init__(
        self, port: int, fans: Iterable[tuple[float, Walk]], seconds: float, warm_up_s: float
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._port = port
        self._fans = iter(fans)
        self._began_at = time.perf_counter()
        self._opens_at = self._began_at + warm_up_s
        self._closes_at = self._began_at + seconds
        self._next_fan = next(self._fans, None)
        self._due: list[tuple[float, int, Exchange]] = []
        self._numbers = itertools.count()
        self._in_flight: set[Exchange] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._connections: set[Connection] = set()
        self._idle: list[Connection] = []
        self._is_quiet = asyncio.Event()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self.is_over = False
        self.heard = Heard()

    async def run(self) -> Heard:
        self._tick()
        try:
            await self._ended
        finally:
            self.is_over = True
            for exchange in self._in_flight:
                self._count(exchange, math.inf)
            await self._finish()
        return self.heard

    async def _finish(self) -> None:
        """Wait for what is under way, so that the stores can be reconciled; then close all."""
        await asyncio.gather(*self._opening, return_exceptions=True)
        if self._in_flight:
            self._is_quiet.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_quiet.wait(), QUIET_S)
        for connection in list(self._connections):
            connection.close()

    def _tick(self) -> None:
        """Send what is due, a thousand times a second."""
        now = time.perf_counter()
        if now >= self._closes_at:
            self._next_fan = None
        while self._next_fan is not None and self._began_at + self._next_fan[0] <= now:
            moment, walk = self._next_fan
            self._next_fan = next(self._fans, None)
            self._begin(walk, self._began_at + moment)
        while self._due and self._due[0][0] <= now:
            self._send(heapq.heappop(self._due)[2])
        self.heard.is_overrun = len(self._in_flight) > IN_FLIGHT_MAX
        is_done = not (self._in_flight or self._due or self._next_fan)
        is_late = now >= self._closes_at + DRAIN_S
        if is_done or is_late or self.heard.is_overrun or self.heard.failure:
            self.heard.seconds = max(1e-9, min(now, self._closes_at) - self._opens_at)
            self._ended.set_result(None)
        else:
            self._loop.call_later(TICK_S, self._tick)

    def _begin(self, walk: Walk, due_at: float) -> None:
        visit = Visit(walk)
        self.heard.fans += 1
        self._plan(visit, next(walk), due_at)

    def _plan(self, visit: Visit, ask: Ask, due_at: float) -> None:
        # What is due after the end is not asked.
        if due_at < self._closes_at:
            exchange = Exchange(visit, ask, due_at)
            heapq.heappush(self._due, (due_at, next(self._numbers), exchange))

    def _send(self, exchange: Exchange) -> None:
        if exchange.due_at >= self._opens_at and not exchange.tries:
            self.heard.late.append(time.perf_counter() - exchange.due_at)
        exchange.tries += 1
        self._in_flight.add(exchange)
        if exchange.ask.leaves:
            exchange.visit.leave_stream()
        if self._idle and not exchange.ask.is_stream:
            self._idle.pop().send(exchange)
        else:
            task = self._loop.create_task(self._open(exchange))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self, exchange: Exchange) -> None:
        is_stream = exchange.ask.is_stream
        own = (f"127.0.0.{2 + next(self._numbers) % ADDRESSES}", 0) if is_stream else None
        try:
            _, connection = await self._loop.create_connection(
                lambda: Connection(self.answered, self.lost), HOST, self._port, local_addr=own
            )
        except OSError as error:
            self._landed(exchange)
            self.heard.failure = self.heard.failure or f"no connection: {error}"
            return
        self._connections.add(connection)
        if is_stream:
            exchange.visit.stream = connection
        connection.send(exchange)

    def lost(self, connection: Connection, exchange: Exchange | None) -> None:
        """The server closed a connection. A request on it is sent once more, as browsers do."""
        self._connections.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        if exchange is None:
            return
        self._landed(exchange)
        if self.is_over:
            return
        if exchange.tries < TRIES_MAX:
            self._send(exchange)
        else:
            self._count(exchange, math.inf)

    def answered(
        self, connection: Connection, exchange: Exchange, status: int, head: bytes, body: bytes
    ) -> None:
        """Count an answer, and let its fan go on."""
        now = time.perf_counter()
        self._landed(exchange)
        if self.is_over:
            return
        visit, ask = exchange.visit, exchange.ask
        is_good = 200 <= status < 300
        if not (ask.is_stream and is_good):
            self._idle.append(connection)
        self._count(exchange, now - exchange.due_at if is_good else math.inf, status)
        if is_good:
            self._go_on(visit, body, now)
        elif status in NOT_NOW:
            self._plan(visit, ask, now + _retry_after_s(head))
        else:
            self.heard.failure = self.heard.failure or f"{ask.call}: {status} {body[:300]!r}"

    def _go_on(self, visit: Visit, body: bytes, now: float) -> None:
        try:
            ask = visit.walk.send(body)
        except msgspec.MsgspecError as error:
            self.heard.failure = self.heard.failure or f"not understood: {error}: {body[:300]!r}"
        except StopIteration:
            visit.leave_stream()
            self.heard.done += 1
        else:
            self._plan(visit, ask, now + ask.after_s)

    def _landed(self, exchange: Exchange) -> None:
        self._in_flight.discard(exchange)
        if not self._in_flight:
            self._is_quiet.set()

    def _count(self, exchange: Exchange, latency: float, status: int = 0) -> None:
        if exchange.due_at >= self._opens_at:
            self.heard.latencies.setdefault(exchange.ask.call, array("d")).append(latency)
            self.heard.statuses[status] += 1


def _retry_after_s(head: bytes) -> float:
    """What the answer says, or RETRY_S."""
    begins = head.lower().find(RETRY_AFTER)
    if begins < 0:
        return RETRY_S
    begins += len(RETRY_AFTER)
    return float(head[begins:].split(b"\r", 1)[0])
