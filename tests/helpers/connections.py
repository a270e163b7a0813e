"""A real uvicorn with our connection class in this process, and raw sockets to it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial, wraps
from typing import Any, ParamSpec

import uvicorn
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from yemae.http.server.at_once import AtOnce
from yemae.http.server.connection import Connection
from yemae.http.server.connections import Connections
from yemae.http.server.endpoint import respond
from yemae.http.server.problems import Written

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
# Within this time everything on loopback has happened; a test that waits for it fails.
PATIENCE_S = 60
# Whether `echo` answers at once where it can.
IS_AT_ONCE = False


Given = ParamSpec("Given")


def on_uvloop(test: Callable[Given, Coroutine[Any, Any, None]]) -> Callable[Given, None]:
    """Run an async test on the event loop that the server runs on."""

    @wraps(test)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        uvloop.run(test(*args, **kwargs))

    return run


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what the request was, after reading its body; `/unread` leaves it unread."""
    body = b""
    more = scope["path"] != "/unread"
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]]
    said = {"method": scope["method"], "path": scope["path"], "body": body.decode("latin-1")}
    await respond(send, 200, json.dumps({**said, "headers": headers}).encode(), [])


def echo_at_once(target: bytes, headers: list[tuple[bytes, bytes]]) -> Written | None:
    """What `echo` answers to a GET without a body, as long as the target is a plain path."""
    if not re.fullmatch(rb"/[a-z0-9/]*", target):
        return None
    fields = [[name.decode(), value.decode("latin-1")] for name, value in headers]
    said = {"method": "GET", "path": target.decode(), "body": ""}
    return 200, json.dumps({**said, "headers": fields}).encode(), []


def never(_target: bytes, _headers: list[tuple[bytes, bytes]]) -> Written | None:
    """Nothing is answered at once."""
    return None


@asynccontextmanager
async def serving(
    app: ASGIApp = echo,
    connections_max: int = 1000,
    body_wait_s: float = 10,
    at_once: AtOnce | None = None,
) -> AsyncIterator[tuple[int, Connections]]:
    """A server on a port of loopback, and its connections."""
    if at_once is None:
        at_once = echo_at_once if app is echo and IS_AT_ONCE else never
    among = Connections(connections_max, body_wait_s)
    config = uvicorn.Config(
        app,
        port=0,
        loop="uvloop",
        http=partial(Connection, among=among, at_once=at_once),  # type: ignore[arg-type]
        interface="asgi3",
        access_log=False,
        ws="none",
        lifespan="off",
        log_config=None,
        timeout_keep_alive=PATIENCE_S,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0)
    try:
        yield server.servers[0].sockets[0].getsockname()[1], among
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Streams]:
    """One connection to it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def send_each(writer: asyncio.StreamWriter, pieces: Iterator[bytes] | list[bytes]) -> None:
    """Write each piece so that the server sees it by itself."""
    for piece in pieces:
        writer.write(piece)
        for _ in range(4):
            await asyncio.sleep(0)


async def next_answer(reader: asyncio.StreamReader) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of the next answer, which has a length."""
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
    status, *lines = head.rstrip().split(b"\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in lines)
    body = await asyncio.wait_for(reader.readexactly(int(fields[b"content-length"])), PATIENCE_S)
    return int(status.split()[1]), fields, body


async def next_echo(reader: asyncio.StreamReader) -> dict[str, Any]:
    """What the server took the next request for."""
    status, _, body = await next_answer(reader)
    assert status == 200, body
    said: dict[str, Any] = json.loads(body)
    return said


async def all_that_comes(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server closes; a client that still writes then may hear of a reset."""
    heard = b""
    async with asyncio.timeout(PATIENCE_S):
        with suppress(ConnectionResetError):
            while piece := await reader.read(65_536):
                heard += piece
    return heard
