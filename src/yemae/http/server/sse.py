"""Server-sent events: every stream is sent by this one sender.

Always holds: a stream begins with a comment, has one at least every ten seconds while it has no
event, and ends after its lifetime, with the time to reconnect. No proxy is asked to keep, change or
buffer it. One user or one network address has a bounded number of streams in this process, and so
have all; a share is given back when its stream ends, even one that never began.
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import suppress

from starlette.types import Receive, Send

from yemae.base.rate_limit import ShareRequest
from yemae.http.contract.operation import NOSNIFF, Answer, EventStream
from yemae.http.server.call import Call

HEADERS = (
    (b"content-type", b"text/event-stream"),
    # A proxy that compresses may hold back what does not fill its buffer.
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    NOSNIFF,
)
# A client that gets nothing for longer than this and a beat knows that a proxy buffers the stream.
HEARTBEAT_S = 8.0
HEARTBEAT = b": still here\n\n"
RECONNECT_MIN_MS, RECONNECT_MAX_MS = 1_000, 5_000
LIFETIME_S = 600.0
# Streams at the same time in one process. Many fans of a mobile network share an address.
PER_ADDRESS_MAX = 500
PER_USER_MAX = 12


def stream(
    call: Call,
    events: AsyncGenerator[bytes, None],
    total: ShareRequest,
    user_id: str | None = None,
) -> Answer:
    """The answer that sends `events`; these yield an empty piece at each beat without an event.
    `total` bounds all streams of their kind. Raises Overloaded or RateLimited."""
    own = [ShareRequest(("address", call.address()), PER_ADDRESS_MAX)]
    if user_id is not None:
        own.append(ShareRequest(("user", user_id), PER_USER_MAX))
    release = call.runtime.streams.take(total, *own)
    return Answer(200, stream=EventStream(events, release, LIFETIME_S))


async def respond_with_stream(
    receive: Receive, send: Send, answer: Answer, request_id: bytes, *, is_head: bool
) -> None:
    """Send events until they or the lifetime end, or the client has left; to HEAD, the headers."""
    assert answer.stream is not None
    headers = [*HEADERS, *answer.headers, (b"x-request-id", request_id)]
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if not is_head:
            await _until_gone(receive, _send_events(send, answer.stream))
        await send({"type": "http.response.body", "body": b""})
    finally:
        answer.stream.release()
        await answer.stream.events.aclose()


async def _until_gone(receive: Receive, sending: Coroutine[None, None, None]) -> None:
    """Send until the end or until the client has left. A stream that waits for its next beat ends
    at once, so that its share is free for the client's next stream."""
    gone = asyncio.create_task(_disconnected(receive), name="listener")
    sender = asyncio.create_task(sending, name="sender")
    try:
        await asyncio.wait((gone, sender), return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender


async def _send_events(send: Send, stream: EventStream) -> None:
    async def say(piece: bytes) -> None:
        await send({"type": "http.response.body", "body": piece, "more_body": True})

    await say(HEARTBEAT)
    sent_at = time.monotonic()
    ends_at = sent_at + stream.lifetime_s
    async for event in stream.events:
        now = time.monotonic()
        if event or now - sent_at >= HEARTBEAT_S:
            await say(event or HEARTBEAT)
            sent_at = now
        if now >= ends_at:
            break
    await say(_reconnect())


def _reconnect() -> bytes:
    """When the client is to reconnect: at random, so that the clients of a server that stops do not
    all reconnect to the others at once."""
    wait_ms = random.randint(RECONNECT_MIN_MS, RECONNECT_MAX_MS)  # noqa: S311 - no secret
    return b"retry: %d\n\n" % wait_ms


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
