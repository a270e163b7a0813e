"""What a proxy sees as a node: a port that notes each request and answers it, or breaks off.

Always holds: `/readyz` is answered with 200 and not noted, so that a check never takes the node
out; `/stream` sends its second event when the test lets it.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

BIG = "x" * 20_000
EVENT = b"data: %d\n\n"
STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no\r\n"
    b"Cache-Control: no-store, no-transform\r\nTransfer-Encoding: chunked\r\n\r\n"
)


class Request(NamedTuple):
    """A request as it reached the node; the names of headers are in small letters."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        """What each header of this name says."""
        return [value for found, value in self.headers if found == name]


class Node:
    """A node on a port of loopback."""

    def __init__(self, *, breaks_off: bool) -> None:
        self.breaks_off = breaks_off
        self.requests: list[Request] = []
        self.connections = 0
        self.second_event = asyncio.Event()
        self.address = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until its client closes it, or this node does."""
        is_noted = False
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                request = await _read(reader)
                if request.target == "/readyz":
                    await _answer(writer, b"{}")
                    continue
                self.connections += not is_noted
                is_noted = True
                self.requests.append(request)
                if self.breaks_off:
                    break
                if request.target == "/stream":
                    await self._stream(writer)
                else:
                    await _answer(writer, json.dumps({"big": BIG}).encode())
                if request.values("connection") == ["close"]:
                    break
        writer.close()

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM)
        for number in (1, 2):
            if number == 2:
                await self.second_event.wait()
            event = EVENT % number
            writer.write(b"%x\r\n%b\r\n" % (len(event), event))
            await writer.drain()
        writer.write(b"0\r\n\r\n")


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.split(":", 1) for line in lines)
    headers = [(name.lower(), value.strip()) for name, value in pairs]
    length = next((int(value) for name, value in headers if name == "content-length"), 0)
    return Request(method, target, headers, await reader.readexactly(length))


async def _answer(writer: asyncio.StreamWriter, body: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    writer.write(head % len(body) + body)
    await writer.drain()


@asynccontextmanager
async def node(*, breaks_off: bool = False) -> AsyncIterator[Node]:
    """Run a node; with `breaks_off`, it closes the connection instead of an answer."""
    made = Node(breaks_off=breaks_off)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.address = "{}:{}".format(*server.sockets[0].getsockname())
    try:
        yield made
    finally:
        server.close()
