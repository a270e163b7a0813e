"""What the doubles of payment providers share: a real HTTP server on loopback, and its faults.

A double keeps its books in memory and answers as the provider's API does. A fault befalls the next
request that it is for, once.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal, NamedTuple, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

# The request gets lost, its answer does, or neither comes to an end.
Kind = Literal["lose_request", "lose_answer", "hang", "refuse"]
ALL = ["GET", "POST", "DELETE"]


class Fault(NamedTuple):
    """What befalls a request whose method and path are like this."""

    kind: Kind
    at: str
    # For "refuse": what the double answers instead of its usual answer.
    status: int = 500
    body: dict[str, Any] | None = None


class Said(NamedTuple):
    """An answer."""

    status: int
    body: Any


class Double:
    """The server. A double of a provider overrides `answer`."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.faults: list[Fault] = []
        # Each request as "METHOD path", in the order in which they came.
        self.calls: list[str] = []

    async def answer(self, request: Request, body: bytes) -> Said:
        """Answer a request."""
        raise NotImplementedError

    def called(self, pattern: str) -> int:
        """How often it was asked for something."""
        return sum(re.search(pattern, call) is not None for call in self.calls)

    def fail(self, kind: Kind, at: str, status: int = 500, **body: Any) -> None:
        """Let the next such request go wrong."""
        self.faults.append(Fault(kind, at, status, body))

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Self]:
        """Serve while the block runs."""
        app = Starlette(routes=[Route("/{path:path}", self._respond, methods=ALL)])
        config = uvicorn.Config(
            app, loop="uvloop", lifespan="off", log_config=None, access_log=False, ws="none",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        running = asyncio.create_task(server._serve(sockets=[self._socket]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0)
        try:
            yield self
        finally:
            server.should_exit = True
            await running
            self._socket.close()

    async def _respond(self, request: Request) -> Response:
        call = f"{request.method} {request.url.path}"
        self.calls.append(call)
        body = await request.body()
        fault = next((each for each in self.faults if re.search(each.at, call)), None)
        if fault is not None:
            self.faults.remove(fault)
            if fault.kind == "refuse":
                return JSONResponse(fault.body, fault.status)
            if fault.kind == "lose_request":
                return Response("lost", 503)
        said = await self.answer(request, body)
        if fault is not None and fault.kind == "hang":
            while (await request.receive())["type"] != "http.disconnect":
                pass
        if fault is not None:
            return Response("<h1>502</h1>", 502)
        return JSONResponse(said.body, said.status)
