"""Limits on a request's head: how long it may take to arrive, and how long it may be.

Uvicorn reads a head without either, so a few connections that say nothing, or one that never ends
its headers, could hold a process. A head over a limit is answered as far as HTTP allows before
anything is parsed: 408 or 431 as a problem document, and the connection is closed.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from yemae.http import problems
from yemae.refusals import HeadTooLarge, Refusal, RequestTimeout

# What the application's own settings would be too late for: the head comes before the app.
HEAD_WAIT_S = 10
HEAD_MAX_BYTES = 65_536


class BoundedHead(HttpToolsProtocol):
    """Uvicorn's connection, with both limits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = True
        self._head_bytes = 0
        self._field_bytes = 0
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, then look whether the head that is still open has grown too long."""
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_MAX_BYTES:
                self._refuse(HeadTooLarge(HEAD_MAX_BYTES))

    def on_message_begin(self) -> None:
        """Another head begins on this connection."""
        if self._late is None:
            self._await_head()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field of the head."""
        self._field_bytes += len(name) + len(value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole; what follows is the body, which the application bounds."""
        self._head_came()
        if self._field_bytes > HEAD_MAX_BYTES:
            self._refuse(HeadTooLarge(HEAD_MAX_BYTES))
        else:
            super().on_headers_complete()

    def _await_head(self) -> None:
        self._in_head = True
        self._head_bytes = self._field_bytes = 0
        self._late = self.loop.call_later(HEAD_WAIT_S, self._refuse, RequestTimeout(HEAD_WAIT_S))

    def _head_came(self) -> None:
        self._in_head = False
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self, refusal: Refusal) -> None:
        self._head_came()
        if self.transport.is_closing():
            return
        # Which language is preferred may stand in what has not come.
        body = problems.document(refusal, "", "en")
        head = f"HTTP/1.1 {refusal.status} {refusal.title}\r\nconnection: close\r\n"
        fields = [*problems.headers(refusal, "en"), (b"content-length", b"%d" % len(body))]
        lines = b"".join(b"%b: %b\r\n" % field for field in fields)
        self.transport.write(head.encode() + lines + b"\r\n" + body)
        self.transport.close()
