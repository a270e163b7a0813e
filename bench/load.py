"""The load client: N keep-alive connections, one request in flight on each, as fast as they go.

Requests are bytes that were built before the clock starts, so that the client does little else than
write, read and look at the clock; client and server share the machine. Why not a client library:
64 connections to `/livez` of one server process on a core of its own (AMD EPYC, 2 cores, Python
3.11, client pinned to the other core), processor time of the client for one request:

    this, on uvloop              20 us     21 000 requests/s, the server is the limit
    the same over epoll          20 us     20 000
    pycurl (multi)               34 us     22 000
    this, on asyncio's own loop  36 us     17 000
    aiohttp on uvloop            75 us     12 000, the client is the limit
    httpx                     2 400 us        400

What always holds: `drive` ends (after its seconds, or when the requests run out, or when no answer
comes), counts every answer that arrives in its window by its status, and counts as good only those
that pass the caller's check. Times are from the monotonic clock, in seconds; a latency runs
from the write of a request to the last byte of its answer. Answers need a Content-Length.
"""

import asyncio
import gc
import ipaddress
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

import msgspec

from bench.results import percentile

HOST = "127.0.0.1"
WARM_UP_S = 0.2
ANSWER_WAIT_S = 15.0
AGAIN_S = 0.002
LENGTH = b"content-length: "

# Says whether an answer is good, from its request's number, its status and its body.
Check = Callable[[int, int, bytes], bool]


class LoadError(Exception):
    """The run failed: a connection broke, or no answer came."""


class Measured(NamedTuple):
    """What came back in the window of a run."""

    seconds: float
    good: int
    # How many answers had which status, good or not.
    statuses: dict[int, int]
    # Of every answer, sorted, in seconds.
    latencies: "array[float]"

    @property
    def answers(self) -> int:
        """How many answers came back, good or not."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Good answers per second."""
        return self.good / self.seconds

    def percentile_ms(self, share: float) -> float:
        """The latency that this share of the answers stays under, in milliseconds."""
        return percentile(self.latencies, share) * 1000


def any_2xx(_number: int, status: int, _body: bytes) -> bool:
    """The check that asks for no more than success."""
    return 200 <= status < 300


def get(path: str, **headers: str) -> bytes:
    """A GET request; `queue_token` becomes the header Queue-Token."""
    return _head("GET", path, headers) + b"\r\n"


def post(path: str, body: bytes = b"", **headers: str) -> bytes:
    """A POST request with a JSON body, or with none."""
    kind = b"Content-Type: application/json\r\n" if body else b""
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    return _head("POST", path, headers) + kind + length + body


def delete(path: str, **headers: str) -> bytes:
    """A DELETE request."""
    return _head("DELETE", path, headers) + b"\r\n"


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    fields = "".join(
        f"{name.replace('_', '-').title()}: {value}\r\n" for name, value in headers.items()
    )
    return f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n{fields}".encode()


async def drive(
    port: int,
    requests: Iterable[bytes | None],
    *,
    seconds: float,
    check: Check = any_2xx,
    connections: int = 64,
    warm_up_s: float = WARM_UP_S,
) -> Measured:
    """Send the requests in their order and measure the answers that come after the warm-up. None
    among them says that there is nothing to send yet: a connection comes again a moment later.

    Raises LoadError.
    """
    assert ipaddress.ip_address(HOST).is_loopback, "load goes nowhere else"
    loop = asyncio.get_running_loop()
    run = _Run(iter(requests), check, loop.create_future(), connections)
    opened = [
        await loop.create_connection(lambda: _Connection(run), HOST, port)
        for _ in range(connections)
    ]
    try:
        with no_collector():
            run.start(warm_up_s, seconds)
            for _, connection in opened:
                connection.send_next()
            async with asyncio.timeout(warm_up_s + seconds + ANSWER_WAIT_S):
                await run.ended
    except TimeoutError:
        raise LoadError(f"no answer for {ANSWER_WAIT_S:.0f} s") from None
    finally:
        run.is_over = True
        for transport, _ in opened:
            transport.close()
    return run.measured()


async def ask(port: int, request: bytes) -> Any:
    """Send one request and give its JSON back. Raises LoadError when it is not a success."""
    answers: list[tuple[int, bytes]] = []

    def keep(_number: int, status: int, body: bytes) -> bool:
        answers.append((status, body))
        return True

    await drive(port, [request], seconds=ANSWER_WAIT_S, check=keep, connections=1, warm_up_s=0.0)
    ((status, body),) = answers
    if not 200 <= status < 300:
        raise LoadError(f"{status}: {body[:300]!r}")
    return msgspec.json.decode(body)


class _Run:
    """What the connections of one run share."""

    def __init__(
        self,
        requests: Iterator[bytes | None],
        check: Check,
        ended: "asyncio.Future[None]",
        connections: int,
    ) -> None:
        self.requests = enumerate(requests)
        self.check = check
        self.ended = ended
        self.running = connections
        self.is_over = False
        self.statuses: Counter[int] = Counter()
        self.latencies = array("d")
        self.good = 0
        self.opens_at = self.closes_at = self.last_at = 0.0

    def start(self, warm_up_s: float, seconds: float) -> None:
        self.opens_at = time.perf_counter() + warm_up_s
        self.closes_at = self.opens_at + seconds

    def measured(self) -> Measured:
        # Requests that ran out end the window early: with the last answer, not with the clock.
        seconds = max(1e-9, min(self.last_at, self.closes_at) - self.opens_at)
        latencies = array("d", sorted(self.latencies))
        return Measured(seconds, self.good, dict(self.statuses), latencies)

    def fail(self, reason: str) -> None:
        if not self.ended.done():
            self.ended.set_exception(LoadError(reason))


class _Connection(asyncio.Protocol):
    """One connection: writes the next request when the last one is answered."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._transport: asyncio.Transport | None = None
        self._number = 0
        self._sent_at = 0.0
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods without the class.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._run.is_over:
            self._run.fail(f"the server closed a connection: {exc}")

    def send_next(self) -> None:
        """Write the next request, if the run has one and time for it."""
        run = self._run
        numbered = next(run.requests, None) if time.perf_counter() < run.closes_at else None
        if numbered is None:
            run.running -= 1
            if run.running == 0 and not run.ended.done():
                run.ended.set_result(None)
            return
        self._number, request = numbered
        if request is None:
            run.ended.get_loop().call_later(AGAIN_S, self.send_next)
            return
        self._sent_at = time.perf_counter()
        assert self._transport is not None
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        # The head and the body of an answer often come in two pieces.
        if self._rest:
            data = self._rest + data
        head_ends = data.find(b"\r\n\r\n")
        if head_ends < 0 or len(data) < (whole := head_ends + 4 + body_length(data, head_ends)):
            self._rest = data
            return
        assert len(data) == whole, "an answer without a request"
        self._rest = b""
        self._count(int(data[9:12]), data[head_ends + 4 :])
        self.send_next()

    def _count(self, status: int, body: bytes) -> None:
        run = self._run
        now = time.perf_counter()
        is_good = run.check(self._number, status, body)
        if run.opens_at <= now <= run.closes_at:
            run.last_at = now
            run.statuses[status] += 1
            run.latencies.append(now - self._sent_at)
            run.good += is_good


def body_length(data: bytes, head_ends: int) -> int:
    """The length of an answer's body; without the header it has none, as with 204."""
    # Some servers write it in lower case, others do not.
    begins = data[:head_ends].lower().find(LENGTH)
    if begins < 0:
        return 0
    begins += len(LENGTH)
    return int(data[begins : data.find(b"\r", begins)])


@contextmanager
def no_collector() -> Iterator[None]:
    """A run makes no cycles, and a pause for the collector would be counted as the server's."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
