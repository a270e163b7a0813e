"""대기열 · What a fan is told of their place: its shapes, and how a standing becomes one."""

import math
from datetime import UTC, datetime

import msgspec

from yemae import doors
from yemae.concerts.catalogue import Concert
from yemae.house import House
from yemae.http.users import EXAMPLE_TOKEN
from yemae.waiting_room import pace
from yemae.waiting_room.board import View
from yemae.waiting_room.line import Standing
from yemae.waiting_room.tokens import EntryToken, QueueToken

Headers = tuple[tuple[bytes, bytes], ...]


class Message(msgspec.Struct, frozen=True):
    """What the operator wants fans to know."""

    ko: str
    en: str


class Wait(msgspec.Struct, frozen=True):
    """How long it may take, in seconds, at the admission rates of the last minutes."""

    min: int
    max: int


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every place says that is not inside yet. `seats_left` is rounded down to 1, 2 or 5 times
    a power of ten: at least so many. Ask again after `poll_after_ms`."""

    waiting: int
    poll_after_ms: int
    seats_left: int | None
    lane: str = doors.GENERAL
    message: Message | None = None


class Waiting(Place, frozen=True, kw_only=True, tag_field="state", tag="waiting"):
    """Still in line. `position` 1 is next. `number` is your ticket: when `serving` of the queue has
    passed it, it is your turn."""

    position: int
    number: int
    estimated_wait_s: Wait | None


class Prequeue(Place, frozen=True, kw_only=True, tag_field="state", tag="prequeue"):
    """The sale is not open yet. In a draw the order among all who are here by then is drawn at
    `opens_at`; nobody has a position before."""

    opens_at: datetime


class SoldOut(Place, frozen=True, kw_only=True, tag_field="state", tag="sold_out"):
    """Every seat is sold. The place is kept, in case seats come back."""


class Admitted(msgspec.Struct, frozen=True, kw_only=True, tag_field="state", tag="admitted"):
    """It is your turn: send `entry_token` as Entry-Token until `entry_expires_at`."""

    entry_token: str
    entry_expires_at: datetime


class JoinedWaiting(Waiting, frozen=True, kw_only=True, tag_field="state", tag="waiting"):
    """A place in line."""

    queue_token: str


class JoinedPrequeue(Prequeue, frozen=True, kw_only=True, tag_field="state", tag="prequeue"):
    """A place before the opening."""

    queue_token: str


class JoinedSoldOut(SoldOut, frozen=True, kw_only=True, tag_field="state", tag="sold_out"):
    """A place where nothing is left."""

    queue_token: str


class JoinedAdmitted(Admitted, frozen=True, kw_only=True, tag_field="state", tag="admitted"):
    """Inside already, or nobody has to wait."""

    queue_token: str


AnyPlace = Waiting | Prequeue | SoldOut | Admitted
AnyJoined = JoinedWaiting | JoinedPrequeue | JoinedSoldOut | JoinedAdmitted
JOINED: dict[type, type] = {
    Waiting: JoinedWaiting,
    Prequeue: JoinedPrequeue,
    SoldOut: JoinedSoldOut,
    Admitted: JoinedAdmitted,
}

WAITING = {
    "state": "waiting",
    "position": 1204,
    "number": 217_464_873_984_512,
    "waiting": 5310,
    "estimated_wait_s": {"min": 90, "max": 180},
    "seats_left": 2000,
    "poll_after_ms": 12000,
}
PREQUEUE = {
    "state": "prequeue",
    "opens_at": "2026-11-22T11:00:00Z",
    "waiting": 48200,
    "seats_left": 5000,
    "poll_after_ms": 41000,
}
SOLD_OUT = {"state": "sold_out", "waiting": 911, "seats_left": 0, "poll_after_ms": 60000}
ADMITTED: dict[str, object] = {
    "state": "admitted",
    "entry_token": EXAMPLE_TOKEN,
    "entry_expires_at": "2026-11-22T11:10:00Z",
}
EXAMPLES: dict[str, dict[str, object]] = {
    "waiting": WAITING,
    "prequeue": PREQUEUE,
    "sold_out": SOLD_OUT,
    "admitted": ADMITTED,
}


def told(house: House, token: QueueToken, standing: Standing, view: View) -> AnyPlace:
    """What the owner of a token is told of where they stand."""
    if standing.word == "admitted":
        return _admitted(house, token, standing)
    concert = house.catalogue.concert(token.concert_id)
    waiting, seats_left = standing.waiting, bucket(view.snapshot.seats_left)
    lane, message = doors.lane_name(concert, standing.lane), message_of(concert)
    if view.snapshot.seats_unsold == 0:
        return SoldOut(
            waiting=waiting,
            seats_left=seats_left,
            poll_after_ms=house.settings.poll_after_max_ms,
            lane=lane,
            message=message,
        )
    opens_in_s = (concert.sale_opens_at - house.now()).total_seconds()
    if opens_in_s > 0:
        crowd_per_s = house.settings.polls_after_opening_per_s
        return Prequeue(
            opens_at=concert.sale_opens_at,
            waiting=waiting,
            seats_left=seats_left,
            poll_after_ms=pace.poll_before_opening_ms(
                house.pace(concert), opens_in_s, waiting, crowd_per_s
            ),
            lane=lane,
            message=message,
        )
    return Waiting(
        position=standing.ahead + 1,
        number=standing.number,
        waiting=waiting,
        estimated_wait_s=_estimate(concert, standing, view),
        seats_left=seats_left,
        poll_after_ms=pace.poll_after_ms(house.pace(concert), standing.ahead, view.admitted_per_s),
        lane=lane,
        message=message,
    )


def joined(place: AnyPlace, queue_token: str) -> AnyJoined:
    """The same with the token of the place."""
    answer: AnyJoined = JOINED[type(place)](
        queue_token=queue_token, **msgspec.structs.asdict(place)
    )
    return answer


def retry_after(place: AnyPlace) -> Headers:
    """The header that says when to ask again, for those who are not inside."""
    if isinstance(place, Admitted):
        return ()
    return ((b"retry-after", b"%d" % math.ceil(place.poll_after_ms / 1000)),)


def message_of(concert: Concert) -> Message | None:
    """The operator's message, if there is one."""
    if not (concert.message_ko or concert.message_en):
        return None
    return Message(concert.message_ko, concert.message_en)


def bucket(seats_left: int) -> int | None:
    """Rounded down to 1, 2 or 5 times a power of ten; None while it has not been counted."""
    if seats_left < 0:
        return None
    if seats_left == 0:
        return 0
    power = 10 ** int(math.log10(seats_left))
    return int(max(step for step in (1, 2, 5) if step * power <= seats_left) * power)


def _admitted(house: House, token: QueueToken, standing: Standing) -> Admitted:
    ends_at_s = standing.pass_ends_at_ms // 1000
    entry = EntryToken(token.concert_id, token.user_id, standing.number, ends_at_s, token.proof)
    return Admitted(
        entry_token=house.tokens.sign_pass(entry),
        entry_expires_at=datetime.fromtimestamp(ends_at_s, UTC),
    )


def _estimate(concert: Concert, standing: Standing, view: View) -> Wait | None:
    """At the share of the recent rates that the fan's lane gets."""
    if concert.control == "paused":
        return None
    shares = doors.shares_of(concert)
    in_use = sum(
        share
        for share, lane in zip(shares, view.snapshot.lanes, strict=False)
        if lane.waiting or share == shares[standing.lane]
    )
    part = shares[standing.lane] / in_use
    wait = pace.estimated_wait_s(standing.ahead, [rate * part for rate in view.rates_per_s])
    return None if wait is None else Wait(wait.min, wait.max)
