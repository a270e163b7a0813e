"""Reads requests from the bytes of a connection: every message ends where its framing says.

Always holds: what an application sees as one request is one message. No field makes the server
speak another protocol, so `Upgrade` is ignored (RFC 9110, section 7.8); a trailer is never a header
(section 6.5.1); framing that can be read in two ways is refused. Head and trailers are limited
before the application sees them, because its own limits would come too late.
"""

from asyncio import Event
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote

import httptools
import structlog
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from yemae.http.server.close_delimited import CloseDelimitedCycle
from yemae.refusals import HeadTooLarge, MalformedRequest, Refusal, TargetTooLong

if TYPE_CHECKING:
    from uvicorn._types import HTTPScope

# Our own heads have less than 4 KB. What reads a list, such as Accept-Encoding or X-Forwarded-For,
# takes the event loop up to 0.2 ms for each KB of commas.
HEAD_MAX_BYTES = 16_384
FIELDS_MAX = 100
# The longest of our own addresses has less than 400 bytes.
TARGET_MAX_BYTES = 4_096
PARAMETERS_MAX = 32
# Requests that wait for the answers to those before them on the same connection.
PIPELINED_MAX = 64

FRAMING = frozenset((b"content-length", b"transfer-encoding"))
VERSIONS = frozenset(("1.1", "1.0"))
CHUNKED = [b"chunked"]

log = structlog.get_logger(__name__)


class StopReading(Exception):
    """Raised in a callback: the parser must not go on."""


class RequestReader(HttpToolsProtocol):
    """Uvicorn's connection, with a parser that never leaves HTTP/1; `Connection` refuses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_message = False
        self.in_head = False
        self.heads_begun = 0
        self._field_bytes = 0
        self._trailers = 0
        self._refusal: Refusal | None = None
        # What takes over where the present parser leaves HTTP.
        self._successor: Successor | None = None

    # Every request comes through these, so they call one another as little as possible.

    def refuse(self, refusal: Refusal) -> None:
        """End the connection, with an answer where HTTP allows one."""
        raise NotImplementedError

    def is_answered_at_once(self) -> bool:
        """Answer a GET of HTTP/1.1 here and now if possible; `AtOnceReader` does."""
        return False

    def read(self, data: bytes) -> None:
        """Parse what has come."""
        rest = memoryview(data)
        try:
            while True:
                try:
                    self.parser.feed_data(rest)
                except httptools.HttpParserUpgrade as upgrade:
                    # What follows is the body and the next requests, in plain HTTP/1.
                    rest = rest[upgrade.args[0] :]
                    self._succeed()
                else:
                    return
        except httptools.HttpParserError as error:
            if self._refusal is None and isinstance(error, httptools.HttpParserCallbackError):
                log.error("request not read", exc_info=error)
            self.refuse(self._refusal or MalformedRequest())

    # --- What the parser tells ---

    def on_message_begin(self) -> None:
        """Another head begins."""
        self.in_message = self.in_head = True
        self.heads_begun += 1
        self._field_bytes = self._trailers = 0
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_url(self, url: bytes) -> None:
        """A piece of the request's target."""
        self.url += url
        if len(self.url) > TARGET_MAX_BYTES:
            self._stop(TargetTooLong(TARGET_MAX_BYTES))

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head, or of the trailers, which are counted and dropped."""
        self._field_bytes += len(name) + len(value)
        fields = len(self.headers) + self._trailers
        if fields >= FIELDS_MAX or self._field_bytes > HEAD_MAX_BYTES:
            self._stop(HeadTooLarge(HEAD_MAX_BYTES, FIELDS_MAX))
        if self.in_head:
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
            self.headers.append((name, value))
        else:
            self._trailers += 1

    def on_headers_complete(self) -> None:
        """The head is whole: begin to answer. What follows is the body, which the application
        bounds."""
        version, method = self.parser.get_http_version(), self.parser.get_method()
        self._check_head(version, method)
        if version == "1.1" and method == b"GET" and self.is_answered_at_once():
            self.in_head = False
            self.cycle = None  # type: ignore[assignment]
            return
        if self.parser.should_upgrade():
            self._successor = Successor(self)
        self.scope = self._make_scope(version, method)
        self.in_head = False
        self._queue_answer(self._cycle(version))

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.body += body
            if len(cycle.body) > HIGH_WATER_LIMIT:
                self.flow.pause_reading()
            cycle.message_event.set()

    def on_message_complete(self) -> None:
        """The message has ended, unless this parser takes its head for the whole of it."""
        if self._successor is not None:
            return
        self.in_message = False
        cycle = self.cycle
        if cycle is None:
            # It was answered at once.
            return
        if cycle.response_complete:
            self.on_late_end()
        else:
            cycle.more_body = False
            cycle.message_event.set()

    def on_late_end(self) -> None:
        """A body has ended after its answer."""

    # --- Steps ---

    def _stop(self, refusal: Refusal) -> NoReturn:
        self._refusal = refusal
        raise StopReading

    def _check_head(self, version: str, method: bytes) -> None:
        """Refuse what other servers in the chain may read in another way. Of `Content-Length`, the
        parser itself accepts one plain number, and never beside `Transfer-Encoding`."""
        codings, hosts = [], 0
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
            elif name == b"transfer-encoding":
                codings.append(value)
        if (
            version not in VERSIONS
            # RFC 9112, section 3.2.
            or hosts > 1
            or (hosts == 0 and version == "1.1")
            # It would make the connection a tunnel, with no framing at all.
            or method == b"CONNECT"
            or (codings and (version == "1.0" or [c.strip().lower() for c in codings] != CHUNKED))
            or self.url.count(b"&") >= PARAMETERS_MAX
            or len(self.pipeline) >= PIPELINED_MAX
        ):
            self._stop(MalformedRequest())

    def _succeed(self) -> None:
        """Let what was primed take over."""
        assert self._successor is not None
        successor, self._successor = self._successor, None
        self.parser = successor.parser
        successor.begin()

    def _make_scope(self, version: str, method: bytes) -> "HTTPScope":
        try:
            target = httptools.parse_url(self.url)
            path = (target.path or b"").decode("ascii")
        except (httptools.HttpParserInvalidURLError, UnicodeDecodeError):
            self._stop(MalformedRequest())
        return {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme or "http",
            "method": method.decode("ascii"),
            "root_path": self.root_path,
            "path": self.root_path + (unquote(path) if "%" in path else path),
            "raw_path": self.root_path.encode("ascii") + (target.path or b""),
            "query_string": target.query or b"",
            "headers": self.headers,
            "state": self.app_state.copy(),
        }

    def _cycle(self, version: str) -> RequestResponseCycle:
        kind = RequestResponseCycle if version == "1.1" else CloseDelimitedCycle
        return kind(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=Event(),
            expect_100_continue=self.expect_100_continue,
            # A client that was not asked for its body may send it or not: then nothing can follow.
            keep_alive=version == "1.1"
            and not self.expect_100_continue
            and self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )

    def _queue_answer(self, cycle: RequestResponseCycle) -> None:
        """Answer at once, or after the requests before it."""
        before, self.cycle = self.cycle, cycle
        if before is None or before.response_complete:
            self._start_asgi_task(cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))


class Successor:
    """A parser that stands after a request's head, with the same framing and no upgrade; what it
    reads from then on goes to the reader."""

    def __init__(self, reader: RequestReader) -> None:
        self._reader = reader
        self._is_muted = True
        self.on_body = reader.on_body
        self.on_message_complete = reader.on_message_complete
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        framing = [b"%b: %b\r\n" % field for field in reader.headers if field[0] in FRAMING]
        self.parser.feed_data(b"POST / HTTP/1.1\r\n" + b"".join(framing))

    def begin(self) -> None:
        """End the head, which may be the end of the message; from now on everything is news."""
        self.parser.feed_data(b"\r\n")
        self._is_muted = False

    def on_message_begin(self) -> None:
        """Tell the reader."""
        if not self._is_muted:
            self._reader.on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Tell the reader."""
        if not self._is_muted:
            self._reader.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Tell the reader."""
        if not self._is_muted:
            self._reader.on_header(name, value)

    def on_headers_complete(self) -> None:
        """Tell the reader."""
        if not self._is_muted:
            self._reader.on_headers_complete()
