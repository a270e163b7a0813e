"""What the doubles of payment providers share: a real HTTP server on loopback, and its faults.

A double keeps its books in memory and answers as the provider's API does. A fault befalls the next
request that it is for, once.
"""

import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal, NamedTuple, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from helpers.local_apps import served

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
        with self._socket:
            async with served(app, self._socket):
                yield self

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
