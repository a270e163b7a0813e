"""The connections of one server process, and their bound.

Always holds: at most `connections_max` are open after one was added. One more ends another: of
those that wait for their next request the one that waits longest, then of those that are sending a
request; when all are being answered, the new one itself.
"""

import time
from collections import OrderedDict
from typing import Protocol

import structlog

from yemae.base import metrics

# How long a body may take to arrive.
BODY_WAIT_S = 10
# Where a request's scope has the connection's side of it.
CYCLE = "yemae.cycle"
# The bound is reached again with each connection of a crowd; one line in a while is enough.
LOG_EVERY_S = 60.0

log = structlog.get_logger(__name__)


class Closable(Protocol):
    """A connection, for this page."""

    def end(self) -> None:
        """Close it."""


class Connections:
    """Who is connected, and who could be spared."""

    def __init__(self, connections_max: int, body_wait_s: float) -> None:
        self.body_wait_s = body_wait_s
        self._max = connections_max
        self._open: set[Closable] = set()
        # Each in the order in which they began to wait.
        self._idle: OrderedDict[Closable, None] = OrderedDict()
        self._waiting: OrderedDict[Closable, None] = OrderedDict()
        self._ended = 0
        self._log_after = 0.0

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: Closable) -> None:
        """One more is open, and another is ended if that is one too many."""
        self._open.add(connection)
        if len(self._open) > self._max:
            self._end_one(connection)
        metrics.CONNECTIONS.set(len(self._open))

    def remove(self, connection: Closable) -> None:
        """It is not open any more."""
        self._open.discard(connection)
        self.is_busy(connection)
        metrics.CONNECTIONS.set(len(self._open))

    def is_idle(self, connection: Closable) -> None:
        """It waits for its next request."""
        self._waiting.pop(connection, None)
        self._idle[connection] = None

    def is_waiting(self, connection: Closable) -> None:
        """The server waits for the rest of something."""
        self._idle.pop(connection, None)
        self._waiting[connection] = None

    def is_busy(self, connection: Closable) -> None:
        """It is being answered, or not open any more."""
        self._idle.pop(connection, None)
        self._waiting.pop(connection, None)

    def _end_one(self, newest: Closable) -> None:
        # The newest waits, too, so there is always one.
        chosen = next(iter(self._idle or self._waiting), newest)
        self._open.discard(chosen)
        self.is_busy(chosen)
        chosen.end()
        metrics.CONNECTIONS_ENDED.inc()
        self._ended += 1
        if time.monotonic() >= self._log_after:
            log.warning("connections at their bound", bound=self._max, ended=self._ended)
            self._log_after = time.monotonic() + LOG_EVERY_S
            self._ended = 0
