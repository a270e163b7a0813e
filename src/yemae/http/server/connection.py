"""One connection of the server: when it may wait, for what, and how it ends.

Always holds: a connection that no request is being answered on has a timer that ends it, and so has
one whose client does not take its answer. An answer that is under way is never written into: then
the connection is only closed. What is refused is answered as far as HTTP allows, and the client may
read that although it is still sending.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from yemae.http.server import problems
from yemae.http.server.at_once import AtOnceReader
from yemae.http.server.connections import CYCLE, Connections
from yemae.http.server.request_head import FIELDS_MAX, HEAD_MAX_BYTES
from yemae.refusals import HeadTooLarge, Refusal, RequestTimeout

HEAD_WAIT_S = 10
# A client that takes less than STALL_MIN_BYTES in this time is gone, or blocks on purpose.
STALL_S = 30
STALL_MIN_BYTES = 4_096
# A client that vanished is noticed when sent data is not acknowledged for this time; by default the
# system would retry for a quarter of an hour.
UNHEARD_MS = 60_000
# More than the event loop reads at once.
READ_MAX_BYTES = 262_144
# How long a client may go on sending after it was refused.
LINGER_S = 5
# How long a request that is on its way when the server stops is waited for.
LAST_WAIT_S = 1.0


class Connection(AtOnceReader):
    """One connection, among those of its process."""

    def __init__(self, *args: Any, among: Connections, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._among = among
        # Nothing that comes is read any more.
        self._is_deaf = False
        self._head_bytes = 0
        self._awaits_head = False
        # Since the last piece of a body.
        self._framing_bytes = 0
        # The answer that is under way, or was the last.
        self._answering: RequestResponseCycle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None

    # --- What the transport tells ---

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        client = transport.get_extra_info("socket")
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_MS)
        self._await_head()
        self._among.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._among.remove(self)
        self._is_deaf = True
        self._stop_timer()
        self._stop_stall_timer()
        super().connection_lost(exc)
        # Which uvicorn leaves running when the connection broke.
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        """Parse, then look what is waited for now."""
        if self._is_deaf:
            return
        self._is_not_idle()
        self.in_a_row = 0
        begun_before = self.heads_begun
        was_in_head, was_in_body = self.in_head, self.in_message and not self.in_head
        self.read(data)
        if self._is_deaf:
            return
        begun = self.heads_begun - begun_before
        if begun:
            self._is_not_idle()
        if self.in_head:
            self._await_head(anew=bool(begun))
            # Of bytes that end an earlier message, those of this head are not known.
            self._count_head(0 if was_in_body or begun > 1 else len(data))
        elif begun or was_in_head:
            if self._awaits_head:
                self._head_came()
            if not self.in_message and not self._is_answering:
                # All were answered at once.
                self._await_request()
        elif not was_in_body and not self._is_answering:
            # Bytes between requests, such as empty lines, count as the beginning of a head.
            self._await_head()
        if was_in_body and self.in_message and not self.in_head:
            self._count_framing(len(data))

    def shutdown(self) -> None:
        """The server stops: a request that is on its way is still answered."""
        if self._is_answering:
            self.cycle.keep_alive = False
        elif self.in_message and not self.in_head:
            self.end()
        elif not self.transport.is_closing():
            self._unset_keepalive_if_required()
            self._set_timer(LAST_WAIT_S, self.end)
            self._awaits_head = True

    def pause_writing(self) -> None:
        """The client does not take what was written as fast as it is written."""
        super().pause_writing()
        self._watch_writing()

    def resume_writing(self) -> None:
        """The client has taken most of it."""
        if not self.transport.is_closing():
            self._stop_stall_timer()
        super().resume_writing()

    # --- What the reader tells ---

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._framing_bytes = 0
        super().on_body(body)

    def on_late_end(self) -> None:
        """A body has ended after its answer: wait for another request."""
        self._stop_timer()
        self._await_request()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        # For `Call`: whether the rest of the body has to be waited for.
        cycle.scope[CYCLE] = cycle  # type: ignore[literal-required]
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """The answer was given; uvicorn begins the next one, or to wait for a request."""
        if self._answering is not None:
            # A circle would keep the request in memory until the garbage collector looks.
            self._answering.scope.pop(CYCLE, None)  # type: ignore[misc]
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_writing()
        elif self._is_answering:
            self._unset_keepalive_if_required()
        elif self.in_head:
            # The head's own timer runs.
            self._unset_keepalive_if_required()
            self._among.is_waiting(self)
        elif self.in_message:
            # The rest of a body that the application did not want.
            self._unset_keepalive_if_required()
            self._among.is_waiting(self)
            self._set_timer(self._among.body_wait_s, self.end)
        else:
            self._among.is_idle(self)

    # --- Ends ---

    def refuse(self, refusal: Refusal) -> None:
        """Answer with a problem if no answer is under way, and close the connection."""
        self._stop_timer()
        self._unset_keepalive_if_required()
        self._is_deaf = True
        if self.transport.is_closing():
            return
        in_body = self.in_message and not self.in_head
        if not self._is_answering:
            # The body of a request that has its answer already gets no second one.
            self.end() if in_body else self._write_refusal(refusal)
        elif in_body and self._answering is self.cycle and not self.cycle.response_started:
            # What the application makes of half a body is not sent.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._write_refusal(refusal)
        elif in_body or self._answering is None or self._answering.response_started:
            self.end()
        else:
            # The requests before this one are answered; then uvicorn closes.
            self.cycle.keep_alive = False

    def end(self) -> None:
        """Close; what was written is still sent, as long as the client takes it."""
        self._is_deaf = True
        self._stop_timer()
        self._unset_keepalive_if_required()
        self.transport.close()
        self._watch_writing()

    def timeout_keep_alive_handler(self) -> None:
        """No request came for a while."""
        self.end()

    def _write_refusal(self, refusal: Refusal) -> None:
        # Which language is preferred may stand in what has not come.
        body = problems.document(refusal, "", "en")
        head = f"HTTP/1.1 {refusal.status} {refusal.title}\r\nconnection: close\r\n"
        fields = [*problems.headers(refusal, "en"), (b"content-length", b"%d" % len(body))]
        lines = b"".join(b"%b: %b\r\n" % field for field in fields)
        self.transport.write(head.encode() + lines + b"\r\n" + body)
        # Closing while the client is sending would take the answer from it.
        self.transport.write_eof()
        self.flow.resume_reading()
        self._among.is_waiting(self)
        self._set_timer(LINGER_S, self.end)

    def _count_head(self, size: int) -> None:
        """Bound a head that has not ended; of a field that has not ended, nothing else is known."""
        self._head_bytes += size
        if self._head_bytes > HEAD_MAX_BYTES:
            self.refuse(HeadTooLarge(HEAD_MAX_BYTES, FIELDS_MAX))

    def _count_framing(self, size: int) -> None:
        """Bound what comes between the pieces of a body and after the last; the parser keeps it."""
        self._framing_bytes += size
        if self._framing_bytes > HEAD_MAX_BYTES + READ_MAX_BYTES:
            self.refuse(HeadTooLarge(HEAD_MAX_BYTES, FIELDS_MAX))

    # --- Timers ---

    @property
    def _is_answering(self) -> bool:
        return self._answering is not None and not self._answering.response_complete

    def _is_not_idle(self) -> None:
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
            self._among.is_busy(self)

    def _await_request(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        self._among.is_idle(self)

    def _await_head(self, *, anew: bool = False) -> None:
        """Wait for the rest of a head, from its first byte on."""
        if anew or not self._awaits_head:
            self._head_bytes = 0
            self._set_timer(HEAD_WAIT_S, self._refuse_late_head)
            self._awaits_head = True
            if not self._is_answering:
                self._among.is_waiting(self)

    def _head_came(self) -> None:
        self._stop_timer()
        self._among.is_busy(self)

    def _refuse_late_head(self) -> None:
        self.refuse(RequestTimeout(HEAD_WAIT_S))

    def _set_timer(self, seconds: float, action: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, action)

    def _stop_timer(self) -> None:
        self._awaits_head = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch_writing(self) -> None:
        """Look, once in a while, whether the client takes what was written."""
        if self._stall_timer is None:
            self._look_again()

    def _look_again(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._stall_timer = self.loop.call_later(STALL_S, self._check_stall, left)

    def _check_stall(self, left_before: int) -> None:
        if left_before - self.transport.get_write_buffer_size() < STALL_MIN_BYTES:
            self.transport.abort()
        else:
            self._look_again()

    def _stop_stall_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None
