"""The load client counts and measures exactly the answers of its window."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import repeat

import pytest

from bench.load import LoadError, ask, drive, get, post

Reply = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
LATE = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n"


@asynccontextmanager
async def server(reply: Reply) -> AsyncIterator[int]:
    """A server that answers each head with `reply`. Gives its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reply(head, writer)
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


async def ok(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)


async def test_every_request_is_sent_once_and_the_run_ends_when_they_run_out() -> None:
    heads: list[bytes] = []

    async def note(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(OK)

    requests = [get("/", number=str(number)) for number in range(50)]
    async with server(note) as port:
        measured = await drive(port, requests, seconds=10, connections=8, warm_up_s=0.0)
    assert sorted(heads) == sorted(requests)
    assert (measured.answers, measured.good) == (50, 50)
    assert measured.seconds < 10


async def test_an_endless_supply_ends_with_the_seconds() -> None:
    async with server(ok) as port:
        measured = await drive(port, repeat(get("/")), seconds=0.1, connections=2)
    assert 0.05 < measured.seconds <= 0.1
    assert measured.rate == measured.good / measured.seconds > 0
    assert 0 < measured.percentile_ms(0.5) <= measured.percentile_ms(0.99)


async def test_only_what_the_check_calls_good_is_counted_and_statuses_are_counted_apart() -> None:
    async def every_other(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK if b"Number: 0" in head else LATE)

    requests = [get("/", number=str(number % 2)) for number in range(20)]
    async with server(every_other) as port:
        measured = await drive(port, requests, seconds=10, connections=1, warm_up_s=0.0)
    assert measured.statuses == {200: 10, 429: 10}
    assert (measured.good, measured.answers) == (10, 20)


async def test_the_check_sees_the_number_of_the_request_and_the_whole_body() -> None:
    async def in_pieces(head: bytes, writer: asyncio.StreamWriter) -> None:
        body = head.split(b" ")[1]
        # Servers write the names of headers in either way.
        name = b"Content-Length" if body.endswith(b"1") else b"content-length"
        writer.write(b"HTTP/1.1 200 OK\r\n%s: %d\r\n" % (name, len(body)))
        for piece in (b"\r\n" + body[:1], body[1:]):
            await writer.drain()
            await asyncio.sleep(0)
            writer.write(piece)

    seen: dict[int, bytes] = {}

    def check(number: int, _status: int, body: bytes) -> bool:
        seen[number] = body
        return True

    requests = [get(f"/path-{number}") for number in range(9)]
    async with server(in_pieces) as port:
        await drive(port, requests, seconds=10, check=check, connections=3, warm_up_s=0.0)
    assert seen == {number: b"/path-%d" % number for number in range(9)}


async def test_a_connection_that_the_server_closes_fails_the_run() -> None:
    async def hang_up(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with server(hang_up) as port:
        with pytest.raises(LoadError, match="closed a connection"):
            await drive(port, [get("/")], seconds=10, connections=1, warm_up_s=0.0)


async def test_one_question_gives_its_json_and_a_refusal_fails() -> None:
    async with server(ok) as port:
        assert await ask(port, get("/")) == {}

    async def late(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(LATE)

    async with server(late) as port:
        with pytest.raises(LoadError, match="429"):
            await ask(port, get("/"))


def test_requests_are_whole() -> None:
    assert get("/a", queue_token="t") == (
        b"GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\nQueue-Token: t\r\n\r\n"
    )
    assert post("/b", b"{}") == (
        b"POST /b HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
