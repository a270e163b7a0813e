"""대기열 · Queue tokens and polling."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import QUEUE_TOKEN, Answer, Body, Operation, Shown
from yemae.http.fan.places import (
    EXAMPLES,
    JOINED_EXAMPLES,
    AnyJoined,
    retry_after,
    with_token,
)
from yemae.http.server.call import Call, Head
from yemae.refusals import (
    BodyTooLarge,
    ConcertNotFound,
    InvalidRequest,
    MalformedBody,
    PresaleCodeInvalid,
    PresaleCodeRequired,
    ProofOfWorkInvalid,
    ProofOfWorkRequired,
    QueueClosed,
    QueueNotOpen,
    QueueTokenExpired,
    QueueTokenInvalid,
    RateLimited,
    RequestTimeout,
    Unauthenticated,
)
from yemae.sale.join import Newcomer, join_queue, may_join
from yemae.sale.place_states import AnyPlace
from yemae.sale.places import leave
from yemae.waiting_room.challenges import PAYLOAD_MAX_CHARS

# 32 bytes in base64url without padding.
SHA256 = r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z"


class Join(Body, frozen=True):
    """What a fan may bring to the queue; the whole body may be left out. `altcha` is the solution
    of a challenge, as ALTCHA's clients give it. With `proof_sha256`, the SHA-256 in base64url of a
    secret of your own, every pass is good only together with the secret, as Entry-Proof."""

    presale_code: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    altcha: Annotated[str, Meta(min_length=1, max_length=PAYLOAD_MAX_CHARS)] | None = None
    proof_sha256: Annotated[str, Meta(pattern=SHA256)] | None = None


JOIN = msgspec.json.Decoder(Join)
NOTHING = Join()


async def join(call: Call) -> Answer:
    """Give the fan a place, or show the one they have."""
    identity = call.identity()
    queues = may_join(call.runtime, call.batches, identity.user_id, call.path("concert_id"))
    wanted = await call.optional_body(JOIN) or NOTHING
    fan = Newcomer(
        identity, call.address, wanted.presale_code, wanted.altcha, wanted.proof_sha256 or ""
    )
    joined = await join_queue(call.runtime, call.batches, queues, fan)
    place = joined.place
    answer = with_token(place, joined.queue_token)
    return Answer(201 if joined.is_new else 200, answer, retry_after(place))


async def poll(call: Call) -> Answer:
    """Where the fan stands now."""
    return _polled(await call.batches.polls.poll_place(call.place()))


def poll_at_once(head: Head) -> Answer | None:
    """The same far from the front, where no store is asked."""
    place = head.batches.polls.place_in_view(head.place())
    return None if place is None else _polled(place)


def _polled(place: AnyPlace) -> Answer:
    return Answer(200, place, retry_after(place))


async def give_up(call: Call) -> Answer:
    """Give the place up; doing so twice is fine."""
    await leave(call.runtime, call.place())
    return Answer(204)


POLL_HEADERS = ("Retry-After",)
OPERATIONS = (
    Operation(
        "poll_place",
        "GET",
        "/v1/queue-tokens/me",
        "queue",
        "Poll your place",
        poll,
        parameters=(QUEUE_TOKEN,),
        answers=(Shown(200, "Your place", AnyPlace, headers=POLL_HEADERS, examples=EXAMPLES),),
        problems=(QueueTokenInvalid, QueueTokenExpired, ConcertNotFound, RateLimited),
        at_once=poll_at_once,
        step="join",
        timed_as="poll",
    ),
    Operation(
        "join_queue",
        "POST",
        "/v1/concerts/{concert_id}/queue-tokens",
        "queue",
        "Take a queue token",
        join,
        signed_in=True,
        body=Join,
        body_is_optional=True,
        body_example={
            "presale_code": "FANCLUB-2026",
            "altcha": "eyJjaGFsbGVuZ2UiOnsicGFyYW1ldGVycyI6e319LCJzb2x1dGlvbiI6e319",
            "proof_sha256": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
        },
        answers=(
            Shown(
                201,
                "A new place",
                AnyJoined,
                headers=POLL_HEADERS,
                examples=JOINED_EXAMPLES,
            ),
            Shown(
                200,
                "The place you have already",
                AnyJoined,
                headers=POLL_HEADERS,
                examples=JOINED_EXAMPLES,
            ),
        ),
        problems=(
            Unauthenticated,
            ConcertNotFound,
            QueueNotOpen,
            QueueClosed,
            PresaleCodeInvalid,
            PresaleCodeRequired,
            ProofOfWorkRequired,
            ProofOfWorkInvalid,
            RateLimited,
            InvalidRequest,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
        step="join",
        timed_as="join",
    ),
    Operation(
        "leave_queue",
        "DELETE",
        "/v1/queue-tokens/me",
        "queue",
        "Give your place up",
        give_up,
        parameters=(QUEUE_TOKEN,),
        answers=(Shown(204, "The place is given up"),),
        problems=(QueueTokenInvalid, QueueTokenExpired, ConcertNotFound),
    ),
)
