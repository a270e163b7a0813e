"""Answers that are given as soon as a head is read: in the order of the requests, one for each,
bounded, and with the timers and counters of every other answer."""

import asyncio
import json
import re
import socket
from typing import Any

from starlette.types import Receive, Scope, Send

from helpers.connections import (
    PATIENCE_S,
    all_that_comes,
    connected,
    echo,
    echo_at_once,
    next_answer,
    next_echo,
    on_uvloop,
    serving,
)
from yemae.http.server.at_once import IN_A_ROW_MAX
from yemae.http.server.call import Headers
from yemae.http.server.connection import Connection
from yemae.http.server.connections import Connections
from yemae.http.server.problems import Written

BIG = b"b" * 60_000


def get(number: int, path: str = "") -> bytes:
    return b"GET /%b%d HTTP/1.1\r\nHost: x\r\n\r\n" % (path.encode(), number)


class Counted:
    """Answers as `echo` does, at once unless the path is `/slow...`; counts."""

    def __init__(self, body: bytes | None = None) -> None:
        self.at_once, self.by_asgi = 0, 0
        self.body = body
        self.go_on = asyncio.Event()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ordinary path."""
        self.by_asgi += 1
        if scope["path"].startswith("/slow"):
            await self.go_on.wait()
        await echo(scope, receive, send)

    def answer(self, target: bytes, headers: Headers) -> Written | None:
        """The other."""
        if target.startswith(b"/slow"):
            return None
        self.at_once += 1
        return (200, self.body, []) if self.body else echo_at_once(target, headers)


def only(among: Connections) -> Connection:
    """The one connection that is open."""
    (one,) = among._open
    assert isinstance(one, Connection)
    return one


async def paths(reader: asyncio.StreamReader, number: int) -> list[str]:
    return [(await next_echo(reader))["path"] for _ in range(number)]


@on_uvloop
async def test_a_hundred_requests_in_one_piece_are_answered_in_order() -> None:
    site = Counted()
    async with (
        serving(site.app, at_once=site.answer) as (port, among),
        connected(port) as (reader, writer),
    ):
        writer.write(b"".join(get(number) for number in range(100)))
        assert await paths(reader, 100) == [f"/{number}" for number in range(100)]
        assert site.at_once + site.by_asgi == 100
        assert only(among).server_state.total_requests == 100


@on_uvloop
async def test_a_limited_number_of_one_piece_is_answered_before_others_have_their_turn() -> None:
    site = Counted()
    async with (
        serving(site.app, at_once=site.answer) as (port, among),
        connected(port) as (reader, writer),
    ):
        writer.write(get(0))
        await next_echo(reader)
        connection = only(among)
        connection.data_received(b"".join(get(number) for number in range(IN_A_ROW_MAX + 1)))
        assert (site.at_once, connection.cycle.response_complete) == (IN_A_ROW_MAX + 1, False)
        await paths(reader, IN_A_ROW_MAX + 1)
        assert site.by_asgi == 1


@on_uvloop
async def test_a_request_behind_one_that_is_being_answered_waits_for_its_turn() -> None:
    site = Counted()
    async with (
        serving(site.app, at_once=site.answer) as (port, _),
        connected(port) as (reader, writer),
    ):
        writer.write(get(1) + get(2, "slow") + get(3) + get(4))
        assert await paths(reader, 1) == ["/1"]
        writer.write(get(5))
        assert site.at_once == 1
        site.go_on.set()
        assert await paths(reader, 4) == ["/slow2", "/3", "/4", "/5"]
        writer.write(get(6))
        assert await paths(reader, 1) == ["/6"]
        assert site.at_once >= 2


@on_uvloop
async def test_a_client_that_writes_no_more_still_has_its_answers() -> None:
    async with serving(at_once=echo_at_once) as (port, _), connected(port) as (reader, writer):
        writer.write(get(1) + get(2))
        writer.write_eof()
        assert await paths(reader, 2) == ["/1", "/2"]
        assert await all_that_comes(reader) == b""


@on_uvloop
async def test_what_is_no_request_is_refused_after_the_answers_before_it() -> None:
    async with serving(at_once=echo_at_once) as (port, _), connected(port) as (reader, writer):
        writer.write(get(1) + b"no request\r\n\r\n" + get(2))
        assert await paths(reader, 1) == ["/1"]
        rest = await all_that_comes(reader)
    assert rest.startswith(b"HTTP/1.1 400 ")
    assert rest.count(b"HTTP/1.1 ") == 1


@on_uvloop
async def test_a_client_that_takes_no_answers_is_not_answered_at_once_any_more() -> None:
    site = Counted(BIG)
    async with serving(site.app, at_once=site.answer) as (port, among):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.setblocking(False)
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(PATIENCE_S):
                # In the end what it sends is not even read.
                while not (among._open and only(among).flow.read_paused):
                    await loop.sock_sendall(client, get(1))
                    await asyncio.sleep(0)
            assert only(among)._is_answering
            assert only(among).transport.get_write_buffer_size() < 4 * len(BIG)


@on_uvloop
async def test_a_connection_that_was_answered_at_once_is_idle_and_ends_in_time() -> None:
    async with serving(at_once=echo_at_once) as (port, among), connected(port) as (reader, writer):
        writer.write(get(1) + get(2))
        await paths(reader, 2)
        connection = only(among)
        assert (list(among._idle), list(among._waiting)) == ([connection], [])
        first = connection.timeout_keep_alive_task
        assert first is not None
        connection.timeout_keep_alive = 0
        writer.write(get(3))
        await paths(reader, 1)
        assert first.cancelled()
        assert await all_that_comes(reader) == b""


@on_uvloop
async def test_half_a_head_behind_an_answer_has_the_timer_of_a_head() -> None:
    async with serving(at_once=echo_at_once) as (port, among), connected(port) as (reader, writer):
        writer.write(get(1) + get(2)[:9])
        await paths(reader, 1)
        connection = only(among)
        assert (list(among._idle), list(among._waiting)) == ([], [connection])
        assert connection.timeout_keep_alive_task is None
        writer.write(get(2)[9:])
        assert await paths(reader, 1) == ["/2"]
        assert list(among._idle) == [connection]


@on_uvloop
async def test_the_bytes_are_those_that_uvicorn_writes() -> None:
    fields: list[tuple[bytes, bytes]] = [(b"x-one", b"1"), (b"x-two", b"")]

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [*fields, (b"content-length", b"3")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"abc"})

    def at_once(_target: bytes, _headers: Any) -> Written:
        return status, b"abc", [*fields]

    for status in (200, 401, 503):
        heard = []
        for answers in (at_once, lambda *_: None):
            async with (
                serving(app, at_once=answers) as (port, _),
                connected(port) as (reader, writer),
            ):
                writer.write(get(1))
                heard.append(await reader.readuntil(b"abc"))
        assert re.sub(rb"date: .*\r", b"", heard[0]) == re.sub(rb"date: .*\r", b"", heard[1])
        assert heard[0].startswith(b"HTTP/1.1 %d " % status)


@on_uvloop
async def test_a_connection_that_was_refused_answers_nothing_at_once() -> None:
    site = Counted()
    async with (
        serving(site.app, at_once=site.answer) as (port, among),
        connected(port) as (reader, writer),
    ):
        writer.write(get(1))
        await next_answer(reader)
        only(among).end()
        writer.write(get(2))
        assert await all_that_comes(reader) == b""
    assert site.at_once == 1


def test_the_echo_of_these_tests_is_that_of_the_ordinary_path() -> None:
    written = echo_at_once(b"/x", [(b"host", b"x")])
    assert written is not None
    assert json.loads(written[1])["path"] == "/x"
