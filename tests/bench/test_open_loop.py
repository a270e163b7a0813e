"""The open-loop client sends what is due whatever the server does, and counts from when it was."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest

from bench import open_loop
from bench.exchange import Ask, Walk
from bench.load import get
from bench.open_loop import Heard, run_open

Reply = Callable[[int, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
LATER = b"HTTP/1.1 503 Overloaded\r\ncontent-length: 2\r\nRetry-After: 0\r\n\r\n{}"
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


@asynccontextmanager
async def server(reply: Reply) -> AsyncIterator[int]:
    """A server that answers the n-th request, from 1, with `reply`. Gives its port."""
    count = 0
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        writers.append(writer)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                count += 1
                await reply(count, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        for writer in writers:
            writer.close()


def walk(*asks: Ask) -> Walk:
    for ask in asks:  # noqa: UP028 - a tuple takes no bodies
        yield ask


async def opened(reply: Reply, *walks: Walk, apart_s: float = 0.0, seconds: float = 60.0) -> Heard:
    """A run whose fans come so far apart."""
    fans = [(number * apart_s, each) for number, each in enumerate(walks)]
    async with server(reply) as port:
        return await run_open(port, fans, seconds=seconds, warm_up_s=0.0)


LOOK = Ask("look", get("/look"))


async def test_a_server_that_stalls_is_asked_all_the_same_and_its_stall_is_in_every_latency() -> (
    None
):
    all_came = asyncio.Event()

    async def stall(number: int, writer: asyncio.StreamWriter) -> None:
        if number == 20:
            all_came.set()
        await all_came.wait()
        writer.write(OK)

    heard = await opened(stall, *(walk(LOOK) for _ in range(20)), apart_s=0.01)
    assert (heard.answers, heard.ok, heard.fans, heard.done) == (20, 20, 20, 20)
    # The first was due 0.19 s before the last was sent.
    assert max(heard.latencies["look"]) >= 0.19
    assert len(heard.late) == 20
    assert min(heard.late) >= 0.0


async def test_a_latency_runs_from_when_a_request_was_due_however_late_the_client_sends_it() -> (
    None
):
    async def ok(_number: int, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)

    async with server(ok) as port:
        # Due a second before the client begins.
        heard = await run_open(port, [(-1.0, walk(LOOK))], seconds=60.0, warm_up_s=-1.0)
    assert heard.latencies["look"][0] > heard.late[0] >= 1.0


async def test_a_fan_asks_step_by_step_and_gets_the_body_of_each_answer() -> None:
    bodies: list[bytes] = []

    def two() -> Walk:
        bodies.append((yield LOOK))
        bodies.append((yield Ask("buy", get("/buy"), after_s=0.05)))

    async def number(number: int, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 201 Created\r\ncontent-length: 1\r\n\r\n%d" % number)

    heard = await opened(number, two())
    assert bodies == [b"1", b"2"]
    assert {call: len(found) for call, found in heard.latencies.items()} == {"look": 1, "buy": 1}
    assert heard.statuses == {201: 2}


async def test_a_refusal_is_infinitely_slow_and_is_asked_again_as_it_says() -> None:
    async def at_the_third(number: int, writer: asyncio.StreamWriter) -> None:
        writer.write(OK if number == 3 else LATER)

    heard = await opened(at_the_third, walk(LOOK))
    assert (heard.answers, heard.ok, heard.done) == (3, 1, 1)
    assert heard.worst_ms(0.99) == math.inf


async def test_what_is_not_answered_is_infinitely_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_loop, "DRAIN_S", 0.05)
    monkeypatch.setattr(open_loop, "QUIET_S", 0.05)

    async def never(_number: int, _writer: asyncio.StreamWriter) -> None:
        pass

    heard = await opened(never, walk(LOOK), walk(LOOK), seconds=0.1)
    assert list(heard.latencies["look"]) == [math.inf, math.inf]


async def test_a_run_with_too_much_in_flight_is_cut_short_when_the_server_has_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(open_loop, "IN_FLIGHT_MAX", 5)
    all_came, finished = asyncio.Event(), []

    async def later(number: int, writer: asyncio.StreamWriter) -> None:
        if number == 9:
            asyncio.get_running_loop().call_later(0.2, all_came.set)
        await all_came.wait()
        finished.append(number)
        writer.write(OK)

    heard = await opened(later, *(walk(LOOK) for _ in range(9)))
    assert heard.is_overrun
    assert list(heard.latencies["look"]) == [math.inf] * 9
    assert sorted(finished) == list(range(1, 10))


async def test_an_answer_that_no_fan_should_get_ends_the_run() -> None:
    async def gone(_number: int, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 410 Gone\r\ncontent-length: 4\r\n\r\ngone")

    heard = await opened(gone, walk(LOOK))
    assert heard.failure == "look: 410 b'gone'"


async def test_an_answer_that_a_fan_cannot_read_ends_the_run() -> None:
    def reads() -> Walk:
        msgspec.json.decode((yield LOOK))

    async def no_json(_number: int, writer: asyncio.StreamWriter) -> None:
        writer.write(OK.replace(b"{}", b"no"))

    heard = await opened(no_json, reads())
    assert heard.failure.startswith("not understood")


async def test_a_request_on_a_connection_that_closes_is_sent_once_more() -> None:
    async def hang_up(number: int, writer: asyncio.StreamWriter) -> None:
        writer.close() if number == 1 else writer.write(OK)

    heard = await opened(hang_up, walk(LOOK))
    assert (heard.answers, heard.ok) == (1, 1)

    async def always(_number: int, writer: asyncio.StreamWriter) -> None:
        writer.close()

    heard = await opened(always, walk(LOOK), seconds=0.5)
    assert (heard.answers, heard.ok) == (1, 0)


async def test_a_stream_is_answered_by_its_first_event_and_is_open_until_the_fan_leaves() -> None:
    peers: list[tuple[str, int]] = []
    streams: list[asyncio.StreamWriter] = []

    async def stream_then_look(number: int, writer: asyncio.StreamWriter) -> None:
        peers.append(writer.get_extra_info("peername"))
        if number == 1:
            streams.append(writer)
            writer.write(STREAM + b": still here\n\n")
            return
        if number == 2:
            # From another fan: until then the stream has a comment and no event.
            streams[0].write(b"event: reset\ndata: {}\n\n")
        if number == 4:
            await streams[0].wait_closed()
        writer.write(OK)

    stream = Ask("stream", get("/stream"), is_stream=True)
    first = Ask("first", get("/first"), after_s=0.01)
    left = Ask("left", get("/left"), leaves=True)
    walks = walk(stream, first, left), walk(LOOK)
    heard = await opened(stream_then_look, *walks, apart_s=0.1, seconds=20.0)
    assert (heard.ok, heard.done) == (4, 2)
    # The other fan came a tenth of a second later.
    assert heard.latencies["stream"][0] >= 0.1
    # A connection and an address of its own; the others share one.
    assert peers[0][0] != peers[1][0] == "127.0.0.1"
    assert peers[1] == peers[2] == peers[3]


async def test_what_is_due_after_the_end_is_not_asked() -> None:
    async def ok(_number: int, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)

    heard = await opened(ok, walk(LOOK, Ask("late", get("/"), after_s=60.0)), walk(LOOK))
    assert (heard.done, heard.answers) == (1, 2)
