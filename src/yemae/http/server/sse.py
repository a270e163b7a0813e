"""Server-sent events: answers that go out as they come, all in the same way.

Always holds: nothing between the server and the browser is asked to keep, change or hold back a
stream; one user or one network address follows only so many at the same time in this process; and
what a stream takes is given back when it ends, whether or not it ever began.
"""

import asyncio
import random

from starlette.types import Receive, Send

from yemae.base.rate_limit import ShareRequest
from yemae.http.contract.operation import NOSNIFF, Answer
from yemae.http.server.call import Call

HEADERS = (
    (b"content-type", b"text/event-stream"),
    # A proxy that compresses may hold back what does not fill its buffer.
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    NOSNIFF,
)

COME_BACK_MIN_MS, COME_BACK_MAX_MS = 1_000, 5_000


def come_back() -> bytes:
    """When the client is to connect again: each at a time of its own, so that those of a server
    that stops do not come to the others all at once."""
    wait_ms = random.randint(COME_BACK_MIN_MS, COME_BACK_MAX_MS)  # noqa: S311 - no secret
    return b"retry: %d\n\n" % wait_ms


def claims_of(call: Call, user_id: str | None = None) -> list[ShareRequest]:
    """What a stream takes of the shares of its address, and of its user if the call has one."""
    settings = call.runtime.settings
    claims = [ShareRequest(("address", call.address()), settings.streams_per_address_max)]
    if user_id is not None:
        claims.append(ShareRequest(("user", user_id), settings.streams_per_user_max))
    return claims


async def respond_with_stream(
    receive: Receive, send: Send, answer: Answer, request_id: bytes, *, is_head: bool
) -> None:
    """Send events until they end or the client has left; of a HEAD, only that there would be."""
    assert answer.stream is not None
    pieces, release = answer.stream
    headers = [*HEADERS, *answer.headers, (b"x-request-id", request_id)]
    gone = asyncio.create_task(_disconnected(receive), name="listener")
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        async for piece in pieces:
            if is_head or gone.done():
                break
            if piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        release()
        await pieces.aclose()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
