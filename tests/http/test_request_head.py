"""The limits on a request's head, on a real connection to a real uvicorn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from yemae.http import request_head
from yemae.http.endpoint import respond
from yemae.http.request_head import BoundedHead

SHORT_WAIT_S = 0.2
MAX_BYTES = 2_000


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer every request."""
    assert scope["type"] == "http"
    await receive()
    await respond(send, 200, b"hello", [])


@asynccontextmanager
async def connection() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a server with a small limit."""
    config = uvicorn.Config(
        hello, port=0, http=BoundedHead, ws="none", lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()
        server.should_exit = True
        await serving


@pytest.fixture(autouse=True)
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_head, "HEAD_MAX_BYTES", MAX_BYTES)


@pytest.mark.parametrize("beginning", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_a_head_that_does_not_come_is_408_and_the_connection_ends(
    beginning: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_head, "HEAD_WAIT_S", SHORT_WAIT_S)
    async with connection() as (reader, writer):
        writer.write(beginning)
        answer = await asyncio.wait_for(reader.read(), 60)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"/problems/request-timeout"' in answer


async def test_a_head_that_never_ends_is_431_and_the_connection_ends() -> None:
    async with connection() as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * MAX_BYTES)
        answer = await asyncio.wait_for(reader.read(), 60)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b'"limit_bytes":2000' in answer


async def test_a_whole_head_that_is_too_long_is_431_too() -> None:
    long = b"X-Long: " + b"a" * MAX_BYTES
    async with connection() as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n" + long + b"\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 60)
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_many_requests_on_one_connection_are_each_given_their_time_and_length() -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * (MAX_BYTES // 2) + b"\r\n\r\n"
    async with connection() as (reader, writer):
        for _ in range(5):
            writer.write(request)
            answer = await asyncio.wait_for(reader.readuntil(b"hello"), 60)
            assert answer.startswith(b"HTTP/1.1 200 ")
