"""Answers that are under way, and connections that wait for their next request."""

import asyncio
import contextlib

from starlette.types import Receive, Scope, Send

from helpers.connections import (
    Streams,
    connected,
    next_echo,
)

SHORT_S = 0.2


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def half(scope: Scope, receive: Receive, send: Send) -> None:
    """Begin an answer and go on when the client has left; `/late` begins only then."""
    if scope["path"] == "/late":
        await asyncio.sleep(2 * SHORT_S)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    while scope["path"] == "/" and (await receive())["type"] != "http.disconnect":
        pass
    await send({"type": "http.response.body", "body": b" whole"})


async def answered(port: int, stack: contextlib.AsyncExitStack) -> Streams:
    """A connection that waits for its next request."""
    reader, writer = await stack.enter_async_context(connected(port))
    writer.write(GET)
    await next_echo(reader)
    return reader, writer
