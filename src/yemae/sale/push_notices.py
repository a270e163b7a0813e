"""알림 · Push notices: a browser asks to be notified of its fan's turn or of an opening.

A turn is asked for with the queue token of the place, so one fan asks for no other's. The address
comes from the browser and is asked by the server: it is held to the rules of webhooks.
"""

import base64
import binascii
from typing import NamedTuple

from yemae.outbox.messages import Language
from yemae.push import notices
from yemae.push.encryption import AUTH_BYTES, is_point
from yemae.push.notices import PushNotice
from yemae.refusals import ConcertNotFound, InvalidRequest, QueueTokenInvalid
from yemae.runtime import Runtime
from yemae.waiting_room.tokens import QueueToken
from yemae.webhooks.addresses import wrong_url

ENDPOINT_MAX_CHARS = 1_000
WAITING_MAX = 20
TOO_MANY = f"this fan waits for {WAITING_MAX} notices already"


class Browser(NamedTuple):
    """A subscription of a browser, as its push service has given it."""

    endpoint: str
    p256dh: str
    auth: str
    language: Language


async def ask_turn(runtime: Runtime, user_id: str, place: QueueToken, browser: Browser) -> None:
    """Tell this browser once when the turn of the place has come. Raises QueueTokenInvalid for
    another fan's, or InvalidRequest."""
    if place.user_id != user_id:
        raise QueueTokenInvalid
    notice = PushNotice(user_id, place.concert_id, "turn", place.number, place.lane, *browser)
    await _ask(runtime, notice)


async def ask_opening(runtime: Runtime, user_id: str, queue_id: str, browser: Browser) -> None:
    """Tell this browser once, some minutes before the queue opens. Raises ConcertNotFound or
    InvalidRequest."""
    queue = runtime.catalogue.queues.get(queue_id)
    if queue is None:
        raise ConcertNotFound
    if queue.sale_opens_at <= runtime.now():
        raise InvalidRequest.of("concert_id", "its sale has opened")
    await _ask(runtime, PushNotice(user_id, queue_id, "opening", 0, 0, *browser))


async def ask_nothing(runtime: Runtime, user_id: str, endpoint: str) -> None:
    """Send this browser no more notices."""
    async with runtime.postgres.transaction() as tx:
        await notices.drop_own(tx, user_id, endpoint)


async def _ask(runtime: Runtime, notice: PushNotice) -> None:
    allowed = runtime.settings.webhooks.webhook_addresses
    if wrong := wrong_url(notice.endpoint, allowed):
        raise InvalidRequest.of("endpoint", wrong)
    if not is_point(raw_of(notice.p256dh)):
        raise InvalidRequest.of("p256dh", "Expected a public key of the curve P-256")
    if len(raw_of(notice.auth)) != AUTH_BYTES:
        raise InvalidRequest.of("auth", f"Expected {AUTH_BYTES} bytes")
    async with runtime.postgres.transaction() as tx:
        if not await notices.ask(tx, notice, WAITING_MAX):
            raise InvalidRequest.of("kind", TOO_MANY)


def raw_of(text: str) -> bytes:
    """The bytes of a base64url text; none of another one."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
