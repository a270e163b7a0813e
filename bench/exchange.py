"""One connection of the open-loop client, and the request of a fan that is on it."""

import asyncio
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import NamedTuple, cast

from bench.load import body_length

FIRST_EVENT = b"\nevent:"


class Ask(NamedTuple):
    """A fan's next request, and how long after their last answer it is due. A stream is answered by
    its first event, and stays open until the fan `leaves` or is done."""

    call: str
    request: bytes
    after_s: float = 0.0
    is_stream: bool = False
    leaves: bool = False


# What a fan does: gives the next request, and is given the body of its answer.
Walk = Generator[Ask, bytes, None]


@dataclass(eq=False)
class Visit:
    """A fan under way."""

    walk: Walk
    stream: "Connection | None" = None

    def leave_stream(self) -> None:
        """Close the stream, if there is one."""
        if self.stream is not None:
            self.stream.close()
            self.stream = None


@dataclass(eq=False)
class Exchange:
    """A request and when it was due."""

    visit: Visit
    ask: Ask
    due_at: float
    tries: int = 0


# Take an answer (its status, head and body), and the end of a connection with what was on it.
Answered = Callable[["Connection", Exchange, int, bytes, bytes], None]
Lost = Callable[["Connection", Exchange | None], None]


class Connection(asyncio.Protocol):
    """One connection: at most one request in flight."""

    def __init__(self, answered: Answered, lost: Lost) -> None:
        self._answered = answered
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._exchange: Exchange | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's: it is open."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Asyncio's: it is closed, by either side."""
        exchange, self._exchange = self._exchange, None
        self._lost(self, exchange)

    def send(self, exchange: Exchange) -> None:
        """Write a request."""
        self._exchange = exchange
        assert self._transport is not None
        self._transport.write(exchange.ask.request)

    def close(self) -> None:
        """End it; what comes is not read."""
        self._exchange = None
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Asyncio's: the next piece of the answer, or of a stream."""
        exchange = self._exchange
        if exchange is None:
            return  # A later event of a stream.
        data = self._rest = self._rest + data
        head_ends = data.find(b"\r\n\r\n")
        if head_ends < 0:
            return
        status = int(data[9:12])
        if exchange.ask.is_stream and status == 200:
            if FIRST_EVENT not in data[head_ends:]:
                return
        elif len(data) < head_ends + 4 + body_length(data, head_ends):
            return
        self._exchange, self._rest = None, b""
        self._answered(self, exchange, status, data[:head_ends], data[head_ends + 4 :])
