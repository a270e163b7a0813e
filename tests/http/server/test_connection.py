"""When a connection ends: every wait has a timer, an answer under way is never written into, and
a process has room for a limited number."""

import asyncio
import contextlib
import socket

import pytest
from starlette.types import Receive, Scope, Send

from helpers.connections import (
    PATIENCE_S,
    all_that_comes,
    connected,
    next_echo,
    on_uvloop,
    serving,
)
from helpers.half_answers import GET, SHORT_S, answered, half
from yemae.http.server import connection, request_head
from yemae.http.server.at_once import IN_A_ROW_MAX
from yemae.http.server.connections import Connections

MAX_BYTES = 2_000
pytestmark = pytest.mark.usefixtures("path")


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (request_head, connection):
        monkeypatch.setattr(module, "HEAD_MAX_BYTES", MAX_BYTES)


@pytest.fixture
def short_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_WAIT_S", SHORT_S)


# --- Heads ---


@on_uvloop
async def test_a_head_that_never_ends_is_431_and_the_connection_ends() -> None:
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * MAX_BYTES)
        answer = await all_that_comes(reader)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b'"limit_bytes":2000' in answer


@on_uvloop
async def test_a_whole_head_that_is_too_long_is_431_too() -> None:
    long = b"X-Long: " + b"a" * MAX_BYTES
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n" + long + b"\r\n\r\n")
        assert (await all_that_comes(reader)).startswith(b"HTTP/1.1 431 ")


@on_uvloop
async def test_many_requests_on_one_connection_are_each_given_their_length() -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * (MAX_BYTES // 2) + b"\r\n\r\n"
    async with serving() as (port, _), connected(port) as (reader, writer):
        for _ in range(5):
            writer.write(request)
            await next_echo(reader)


@on_uvloop
async def test_a_long_body_with_the_beginning_of_the_next_head_is_no_long_head() -> None:
    body = b"b" * 3 * MAX_BYTES
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body))
        writer.write(body + GET[:9])
        assert len((await next_echo(reader))["body"]) == len(body)
        writer.write(GET[9:])
        await next_echo(reader)


@on_uvloop
async def test_a_trailer_that_never_ends_is_431_while_a_long_body_is_not() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(head + b"%x\r\n%b\r\n" % (1_000_000, b"b" * 1_000_000))
        writer.write(b"0\r\n\r\n")
        assert len((await next_echo(reader))["body"]) == 1_000_000
        writer.write(head + b"0\r\nX: " + b"a" * 1_000_000)
        assert (await all_that_comes(reader)).startswith(b"HTTP/1.1 431 ")


# --- Timers ---

WAITS = {
    "nothing": [b""],
    "half a line": [b"GET / HT"],
    "half a head": [b"GET / HTTP/1.1\r\nHost: x\r\n"],
    "an empty line": [b"\r\n"],
}


@pytest.mark.usefixtures("short_head")
@pytest.mark.parametrize("wait", WAITS)
@on_uvloop
async def test_a_head_that_does_not_come_is_408_and_the_connection_ends(wait: str) -> None:
    async with serving() as (port, _), connected(port) as (reader, writer):
        for piece in WAITS[wait]:
            writer.write(piece)
        answer = await all_that_comes(reader)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"/problems/request-timeout"' in answer


@pytest.mark.usefixtures("short_head")
@pytest.mark.parametrize("after", [b"\r\n", b"\r\n\r\n\r\n", b"G", GET[:-2]])
@on_uvloop
async def test_bytes_after_an_answer_are_the_beginning_of_a_head(after: bytes) -> None:
    async with serving() as (port, among), connected(port) as (reader, writer):
        writer.write(GET)
        await next_echo(reader)
        writer.write(after)
        assert (await all_that_comes(reader)).startswith(b"HTTP/1.1 408 ")
        writer.close()
        await until_open(among, 0)


@pytest.mark.usefixtures("short_head")
@on_uvloop
async def test_empty_lines_now_and_then_do_not_put_it_off() -> None:
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(GET)
        await next_echo(reader)
        ended = asyncio.create_task(all_that_comes(reader))
        while not ended.done():
            with contextlib.suppress(ConnectionError):
                writer.write(b"\r\n")
            await asyncio.wait([ended], timeout=SHORT_S / 4)
        assert ended.result().startswith(b"HTTP/1.1 408 ")


UNREAD = {
    "a body after its answer": b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
    "a body of a GET": b"GET /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nb",
    "chunks": b"GET /unread HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "endless trailers": b"GET /unread HTTP/1.1\r\nHost: x\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: y",
    "a body behind an upgrade": b"GET /unread HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n"
    b"Upgrade: h2c\r\nContent-Length: 1000\r\n\r\nb",
}


@pytest.mark.parametrize("unread", UNREAD)
@on_uvloop
async def test_a_body_that_is_not_read_has_its_time_and_then_the_connection_ends(
    unread: str,
) -> None:
    async with serving(body_wait_s=SHORT_S) as (port, _), connected(port) as (reader, writer):
        writer.write(UNREAD[unread])
        await next_echo(reader)
        ended = asyncio.create_task(all_that_comes(reader))
        while not ended.done():
            with contextlib.suppress(ConnectionError):
                writer.write(b"b")
            await asyncio.wait([ended], timeout=SHORT_S / 4)
        # It has its answer already, and gets no second one.
        assert ended.result() == b""


@pytest.mark.usefixtures("short_head")
@on_uvloop
async def test_a_body_that_ends_after_its_answer_leaves_the_connection_as_it_was() -> None:
    async with serving(body_wait_s=SHORT_S) as (port, _), connected(port) as (reader, writer):
        writer.write(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo")
        await next_echo(reader)
        writer.write(b"dy")
        # Longer than both timers, which have to be over.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 3 * SHORT_S)
        writer.write(GET)
        await next_echo(reader)


async def flood(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with more than a client that does not read can be sent."""
    await receive()
    more = {"type": "http.response.body", "body": b"x" * 10_000_000, "more_body": True}
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(scope["path"].count("again")):
        await send(more)
    await send({**more, "more_body": False})


@pytest.mark.parametrize("path", [b"/", b"/again,again"])
@pytest.mark.parametrize("close", [b"", b"Connection: close\r\n"])
@on_uvloop
async def test_a_client_that_does_not_take_its_answer_loses_the_connection(
    close: bytes, path: bytes
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "STALL_S", SHORT_S)
        async with serving(flood) as (port, among):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n" + close + b"\r\n")
                await until_open(among, 1)
                await until_open(among, 0)


@on_uvloop
async def test_a_client_that_takes_its_answer_slowly_keeps_the_connection() -> None:
    taken = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "STALL_S", SHORT_S)
        async with serving(flood) as (port, _), connected(port) as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            while piece := await reader.read(400_000):
                taken += len(piece)
                await asyncio.sleep(SHORT_S / 10)
    assert taken > 10_000_000


async def until_open(among: Connections, number: int) -> None:
    """Wait until this number is open."""
    async with asyncio.timeout(PATIENCE_S):
        while len(among) != number:  # noqa: ASYNC110 - what it waits for is a socket
            await asyncio.sleep(0.01)


@on_uvloop
async def test_a_client_that_vanished_is_noticed_within_a_minute() -> None:
    async with serving() as (port, among), contextlib.AsyncExitStack() as stack:
        await answered(port, stack)
        (one,) = among._open
        assert isinstance(one, connection.Connection)
        ours = one.transport.get_extra_info("socket")
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000


# --- Answers under way ---


INTO = {
    "half a head": b"GET / HT",
    "a long head": b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * MAX_BYTES,
    "a long address": b"GET /" + b"a" * request_head.TARGET_MAX_BYTES,
    "no head at all": b"\x16\x03\x01 !\r\n\r\n",
}


@pytest.mark.usefixtures("short_head")
@pytest.mark.parametrize("into", INTO)
@on_uvloop
async def test_an_answer_under_way_is_not_written_into(into: str) -> None:
    async with serving(half) as (port, _), connected(port) as (reader, writer):
        writer.write(GET)
        begun = await reader.readuntil(b"half\r\n")
        writer.write(INTO[into])
        assert await all_that_comes(reader) == b""
    assert begun.startswith(b"HTTP/1.1 200 ")


@pytest.mark.usefixtures("short_head")
@pytest.mark.parametrize("into", INTO)
@on_uvloop
async def test_an_answer_that_has_not_begun_is_given_before_the_connection_ends(into: str) -> None:
    async with serving(half) as (port, _), connected(port) as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/late ") + INTO[into])
        answer = await all_that_comes(reader)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b"half\r\n6\r\n whole\r\n0\r\n\r\n")


@on_uvloop
async def test_a_limited_number_of_requests_waits_and_one_more_ends_the_connection(
    path: str,
) -> None:
    most = 1 + request_head.PIPELINED_MAX + (IN_A_ROW_MAX if path == "at once" else 0)
    async with serving() as (port, _):
        async with connected(port) as (reader, writer):
            writer.write(GET * most)
            for _ in range(most):
                await next_echo(reader)
        async with connected(port) as (reader, writer):
            writer.write(GET * 1000)
            assert (await all_that_comes(reader)).count(b"HTTP/1.1 200 ") == most


# --- The bound ---
