"""대기열 · Queue tokens, polling, and the queue's numbers for everybody."""

import math
from datetime import UTC, datetime

import msgspec

from yemae.http.call import Call
from yemae.http.contract import QUEUE_TOKEN, Answer, Operation, Shown
from yemae.http.users import EXAMPLE_TOKEN
from yemae.journey import JoinRequest, leave
from yemae.refusals import (
    ConcertNotFound,
    QueueTokenExpired,
    QueueTokenInvalid,
    Unauthenticated,
)
from yemae.waiting_room.line import Standing
from yemae.waiting_room.pace import estimated_wait_s, poll_after_ms
from yemae.waiting_room.tokens import EntryToken, QueueToken


class Waiting(msgspec.Struct, frozen=True, tag_field="state", tag="waiting"):
    """Still in line. `position` 1 is next; ask again after `poll_after_ms`."""

    position: int
    waiting: int
    estimated_wait_s: int | None
    poll_after_ms: int


class Admitted(msgspec.Struct, frozen=True, tag_field="state", tag="admitted"):
    """It is your turn: send `entry_token` as Entry-Token until `entry_expires_at`."""

    entry_token: str
    entry_expires_at: datetime


class JoinedWaiting(msgspec.Struct, frozen=True, tag_field="state", tag="waiting"):
    """A place in line."""

    queue_token: str
    position: int
    waiting: int
    estimated_wait_s: int | None
    poll_after_ms: int


class JoinedAdmitted(msgspec.Struct, frozen=True, tag_field="state", tag="admitted"):
    """The place that you had is inside already."""

    queue_token: str
    entry_token: str
    entry_expires_at: datetime


class Queue(msgspec.Struct, frozen=True):
    """A concert's queue, the same for everybody. `state` is `before_sale` or `open`."""

    state: str
    waiting: int
    active: int
    active_limit: int
    admit_per_minute: int
    admitted: int
    sale_opens_at: datetime


WAITING = {
    "state": "waiting",
    "position": 1204,
    "waiting": 5310,
    "estimated_wait_s": 130,
    "poll_after_ms": 12000,
}
ADMITTED = {
    "state": "admitted",
    "entry_token": EXAMPLE_TOKEN,
    "entry_expires_at": "2026-11-22T11:10:00Z",
}
QUEUE = {
    "state": "open",
    "waiting": 5310,
    "active": 500,
    "active_limit": 500,
    "admit_per_minute": 600,
    "admitted": 8120,
    "sale_opens_at": "2026-11-22T11:00:00Z",
}


async def join(call: Call) -> Answer:
    """Give the fan a place, or tell them the one they have."""
    user_id = call.user_id()
    concert = call.house.catalogue.concert(call.path("concert_id"))
    standing = await call.desk.join.submit(JoinRequest(concert.id, user_id))
    token = QueueToken(concert.id, user_id, standing.number)
    place, headers = await _place(call, token, standing)
    text = call.house.tokens.sign_place(token)
    joined = (
        JoinedAdmitted(text, place.entry_token, place.entry_expires_at)
        if isinstance(place, Admitted)
        else JoinedWaiting(
            text, place.position, place.waiting, place.estimated_wait_s, place.poll_after_ms
        )
    )
    return Answer(201 if standing.new else 200, joined, headers)


async def poll(call: Call) -> Answer:
    """Where the fan stands now."""
    token = call.place()
    standing = await call.desk.place.submit(token)
    place, headers = await _place(call, token, standing)
    return Answer(200, place, headers)


async def give_up(call: Call) -> Answer:
    """Give the place up; doing so twice is fine."""
    await leave(call.house, call.place())
    return Answer(204)


async def show_queue(call: Call) -> Answer:
    """The numbers for everybody, good for a cache in front."""
    concert = call.house.catalogue.concert(call.path("concert_id"))
    snapshot = await call.house.board.snapshot(concert.id)
    state = "open" if call.house.now() >= concert.sale_opens_at else "before_sale"
    queue = Queue(
        state,
        snapshot.waiting,
        snapshot.active,
        concert.active_limit,
        concert.admit_per_minute,
        snapshot.admitted,
        concert.sale_opens_at,
    )
    return Answer(200, queue, ((b"cache-control", b"public, max-age=1"),))


async def _place(
    call: Call, token: QueueToken, standing: Standing
) -> tuple[Waiting | Admitted, tuple[tuple[bytes, bytes], ...]]:
    if standing.word == "admitted":
        ends_at_s = standing.pass_ends_at_ms // 1000
        entry = EntryToken(token.concert_id, token.user_id, standing.number, ends_at_s)
        return Admitted(
            call.house.tokens.sign_pass(entry), datetime.fromtimestamp(ends_at_s, UTC)
        ), ()
    position = standing.ahead + 1
    settings = call.house.settings
    ask_after_ms = poll_after_ms(position, settings.poll_after_min_ms, settings.poll_after_max_ms)
    snapshot = await call.house.board.snapshot(token.concert_id)
    waiting = Waiting(
        position,
        standing.waiting,
        estimated_wait_s(position, snapshot.admitted_per_s()),
        ask_after_ms,
    )
    return waiting, ((b"retry-after", b"%d" % math.ceil(ask_after_ms / 1000)),)


OPERATIONS = (
    Operation(
        "poll_place",
        "GET",
        "/v1/queue-tokens/me",
        "queue",
        "Poll your place",
        poll,
        parameters=(QUEUE_TOKEN,),
        answers=(
            Shown(
                200,
                "Your place",
                Waiting | Admitted,
                headers=("Retry-After",),
                examples={"waiting": WAITING, "admitted": ADMITTED},
            ),
        ),
        problems=(QueueTokenInvalid, QueueTokenExpired),
    ),
    Operation(
        "join_queue",
        "POST",
        "/v1/concerts/{concert_id}/queue-tokens",
        "queue",
        "Take a queue token",
        join,
        signed_in=True,
        answers=(
            Shown(
                201,
                "A new place",
                JoinedWaiting | JoinedAdmitted,
                {"queue_token": EXAMPLE_TOKEN, **WAITING},
                headers=("Retry-After",),
            ),
            Shown(
                200,
                "The place you have already",
                JoinedWaiting | JoinedAdmitted,
                headers=("Retry-After",),
                examples={
                    "waiting": {"queue_token": EXAMPLE_TOKEN, **WAITING},
                    "admitted": {"queue_token": EXAMPLE_TOKEN, **ADMITTED},
                },
            ),
        ),
        problems=(Unauthenticated, ConcertNotFound),
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
        problems=(QueueTokenInvalid, QueueTokenExpired),
    ),
    Operation(
        "show_queue",
        "GET",
        "/v1/concerts/{concert_id}/queue",
        "queue",
        "The queue's numbers, the same for everybody",
        show_queue,
        answers=(Shown(200, "The queue", Queue, QUEUE, headers=("Cache-Control",)),),
        problems=(ConcertNotFound,),
    ),
)
