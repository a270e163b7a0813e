"""Answers that are given as soon as a request's head has been read: without a task, and without the
messages of ASGI, which take most of the time of a poll.

Always holds: the bytes are those of the ordinary path. A request that is in any way unusual takes
that path, and so does every request of a connection on which an answer is under way, or whose
client does not take its answers.
"""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from yemae.http.server.call import Headers
from yemae.http.server.problems import Written
from yemae.http.server.request_head import PIPELINED_MAX, RequestReader

# A request with one of these may have a body, or may want something else than an answer.
UNUSUAL = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))
# Of the requests that have come together; the others let the event loop see to other connections.
IN_A_ROW_MAX = PIPELINED_MAX

# From a request's target and headers; None: not at once.
AtOnce = Callable[[bytes, Headers], Written | None]


class AtOnceReader(RequestReader):
    """A connection that gives these answers."""

    def __init__(self, *args: Any, at_once: AtOnce, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at_once = at_once
        self.in_a_row = 0

    def is_answered_at_once(self) -> bool:
        """Answer a GET of HTTP/1.1 if that takes no wait."""
        before = self.cycle
        if (
            (before is not None and not before.response_complete)
            or self.flow.write_paused
            or self.in_a_row >= IN_A_ROW_MAX
            or self.config.access_log
            or self.transport.is_closing()
            or not self.parser.should_keep_alive()
            or not UNUSUAL.isdisjoint([name for name, _ in self.headers])
        ):
            return False
        answer = self._at_once(self.url, self.headers)
        if answer is None:
            return False
        self.in_a_row += 1
        self.transport.write(self._message(*answer))
        self.server_state.total_requests += 1
        return True

    def _message(self, status: int, body: bytes, headers: Headers) -> bytes:
        """As uvicorn writes it."""
        fields = [*self.server_state.default_headers, *headers]
        lines = b"".join([b"%b: %b\r\n" % field for field in fields])
        return b"%bcontent-length: %d\r\n\r\n%b" % (STATUS_LINE[status] + lines, len(body), body)
