"""대기열 · Queue tokens and polling."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import QUEUE_TOKEN, Answer, Body, Operation, Shown
from yemae.http.fan.places import EXAMPLES, AnyJoined, AnyPlace, joined, retry_after, told
from yemae.http.fan.users import EXAMPLE_TOKEN
from yemae.http.server.call import Call
from yemae.refusals import (
    BodyTooLarge,
    ConcertNotFound,
    InvalidRequest,
    MalformedBody,
    PresaleCodeInvalid,
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
from yemae.sale import policy
from yemae.sale.join import JoinRequest
from yemae.sale.places import leave
from yemae.waiting_room.board import View
from yemae.waiting_room.challenges import PAYLOAD_MAX_CHARS
from yemae.waiting_room.tokens import QueueToken

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
    """Give the fan a place, or tell them the one they have."""
    identity = call.identity()
    concert = call.runtime.catalogue.concert(call.path("concert_id"))
    call.batches.joins.count(identity.user_id)
    opens_at = policy.may_join_from(concert, call.runtime.now())
    if opens_at is not None:
        raise QueueNotOpen(opens_at)
    wanted = await call.optional_body(JOIN) or NOTHING
    given = wanted.presale_code
    lane = policy.lane_of(concert, identity.groups, given, call.runtime.presale_codes)
    # A wrong code is refused in the line, where it is counted after what else a join takes.
    code = "" if given is None else "wrong" if lane is None else "right"
    address = call.address() if concert.joins_per_address_per_minute or code else ""
    solved = None
    if concert.proof_of_work and wanted.altcha is not None:
        now_s = call.runtime.now().timestamp()
        solved = call.runtime.challenges.solved(wanted.altcha, concert.id, now_s)
    request = JoinRequest(concert.id, identity.user_id, lane or 0, address, solved, code)
    standing = await call.batches.polls.newcomer(request, call.batches.join)
    proof = wanted.proof_sha256 or ""
    token = QueueToken(concert.id, identity.user_id, standing.number, standing.lane, proof)
    place = told(call.runtime, token, standing, await _view(call, concert.id))
    text = call.runtime.tokens.sign_place(token, int(concert.sale_opens_at.timestamp()))
    return Answer(201 if standing.new else 200, joined(place, text), retry_after(place))


async def poll(call: Call) -> Answer:
    """Where the fan stands now."""
    token = call.place()
    standing, view = await call.batches.polls.answer(token)
    place = told(call.runtime, token, standing, view)
    return Answer(200, place, retry_after(place))


async def give_up(call: Call) -> Answer:
    """Give the place up; doing so twice is fine."""
    await leave(call.runtime, call.place())
    return Answer(204)


async def _view(call: Call, concert_id: str) -> View:
    return call.runtime.board.latest(concert_id) or await call.runtime.board.view(concert_id)


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
                examples={
                    name: {"queue_token": EXAMPLE_TOKEN, **place}
                    for name, place in EXAMPLES.items()
                },
            ),
            Shown(
                200,
                "The place you have already",
                AnyJoined,
                headers=POLL_HEADERS,
                examples={
                    name: {"queue_token": EXAMPLE_TOKEN, **place}
                    for name, place in EXAMPLES.items()
                },
            ),
        ),
        problems=(
            Unauthenticated,
            ConcertNotFound,
            QueueNotOpen,
            QueueClosed,
            PresaleCodeInvalid,
            ProofOfWorkRequired,
            ProofOfWorkInvalid,
            RateLimited,
            InvalidRequest,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
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
