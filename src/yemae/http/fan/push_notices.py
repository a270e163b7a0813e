"""알림 · Notices by Web Push: a browser is notified of its fan's turn or of an opening, once."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import (
    OF_BODIES,
    QUEUE_TOKEN,
    Answer,
    Body,
    Operation,
    Parameter,
    Shown,
)
from yemae.http.server.call import Call
from yemae.push.vapid import public_key
from yemae.refusals import (
    ConcertNotFound,
    InvalidRequest,
    QueueTokenExpired,
    QueueTokenInvalid,
    Unauthenticated,
)
from yemae.sale import push_notices
from yemae.sale.push_notices import ENDPOINT_MAX_CHARS, Browser

FOR_A_DAY = (b"cache-control", b"public, max-age=86400")

Endpoint = Annotated[str, Meta(min_length=1, max_length=ENDPOINT_MAX_CHARS)]
KeyText = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+={0,2}\Z")]


class AskNotice(Body, frozen=True):
    """A subscription of the browser, and what it wants to hear of: its fan's `turn`, with the
    Queue-Token of the place, or the `opening` of a concert or of a phase of its sale."""

    kind: Literal["turn", "opening"]
    endpoint: Endpoint
    p256dh: KeyText
    auth: KeyText
    language: Literal["ko", "en"] = "ko"
    concert_id: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class AskNothing(Body, frozen=True):
    """The subscription that gets no more notices."""

    endpoint: Endpoint


class PushKey(msgspec.Struct, frozen=True):
    """What browsers subscribe for."""

    public_key: str


ASK = msgspec.json.Decoder(AskNotice)
NOTHING = msgspec.json.Decoder(AskNothing)
OF_TURNS = Parameter(QUEUE_TOKEN.name, "header", "Of a `turn`: your place.", {"type": "string"})
# Of the RFC 8291.
EXAMPLE_KEY = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
EXAMPLE = {
    "kind": "opening",
    "endpoint": "https://push.example.com/send/abc",
    "p256dh": EXAMPLE_KEY,
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    "language": "ko",
    "concert_id": "small-hall",
}


async def show_key(call: Call) -> Answer:
    """The `applicationServerKey` of a browser's subscription (RFC 8292)."""
    key = public_key(call.runtime.settings.stores.secret_key)
    return Answer(200, PushKey(key), (FOR_A_DAY,))


async def ask(call: Call) -> Answer:
    """Tell this browser once: when the fan's turn comes, also with the tab closed, or ten minutes
    before the opening. Asking again changes nothing."""
    user_id, wanted = call.user_id(), await call.body(ASK)
    browser = Browser(wanted.endpoint, wanted.p256dh, wanted.auth, wanted.language)
    if wanted.kind == "turn":
        await push_notices.ask_turn(call.runtime, user_id, call.place(), browser)
    elif wanted.concert_id is None:
        raise InvalidRequest.of("concert_id", "required for an opening")
    else:
        await push_notices.ask_opening(call.runtime, user_id, wanted.concert_id, browser)
    return Answer(204)


async def ask_nothing(call: Call) -> Answer:
    """Send this browser of the fan no more notices."""
    user_id, given = call.user_id(), await call.body(NOTHING)
    await push_notices.ask_nothing(call.runtime, user_id, given.endpoint)
    return Answer(204)


OPERATIONS = (
    Operation(
        "show_push_key",
        "GET",
        "/v1/push-notices/key",
        "queue",
        "What browsers subscribe for",
        show_key,
        answers=(Shown(200, "The public key, base64url", PushKey, {"public_key": EXAMPLE_KEY}),),
    ),
    Operation(
        "ask_push_notice",
        "POST",
        "/v1/push-notices",
        "queue",
        "Be notified of a turn or an opening",
        ask,
        parameters=(OF_TURNS,),
        body=AskNotice,
        body_example=EXAMPLE,
        signed_in=True,
        answers=(Shown(204, "The browser will be notified"),),
        problems=(
            Unauthenticated,
            QueueTokenInvalid,
            QueueTokenExpired,
            ConcertNotFound,
            *OF_BODIES,
        ),
    ),
    Operation(
        "drop_push_notices",
        "POST",
        "/v1/push-notices/removal",
        "queue",
        "Get no more notices",
        ask_nothing,
        body=AskNothing,
        body_example={"endpoint": EXAMPLE["endpoint"]},
        signed_in=True,
        answers=(Shown(204, "The browser gets no more notices"),),
        problems=(Unauthenticated, *OF_BODIES),
    ),
)
