"""대기열 · A place in the API: with the queue token of a join, its examples, its headers."""

import math

import msgspec

from yemae.http.fan.users import EXAMPLE_TOKEN
from yemae.sale.place_states import Admitted, AnyPlace, Closed, Prequeue, SoldOut, Waiting

Headers = tuple[tuple[bytes, bytes], ...]


class JoinedWaiting(Waiting, frozen=True, kw_only=True, tag_field="state", tag="waiting"):
    """A place in line."""

    queue_token: str


class JoinedPrequeue(Prequeue, frozen=True, kw_only=True, tag_field="state", tag="prequeue"):
    """A place before the opening."""

    queue_token: str


class JoinedSoldOut(SoldOut, frozen=True, kw_only=True, tag_field="state", tag="sold_out"):
    """A place where nothing is left."""

    queue_token: str


class JoinedClosed(Closed, frozen=True, kw_only=True, tag_field="state", tag="closed"):
    """A place of a sale that is over."""

    queue_token: str


class JoinedAdmitted(Admitted, frozen=True, kw_only=True, tag_field="state", tag="admitted"):
    """Inside already, or in a queue where no fan has to wait."""

    queue_token: str


AnyJoined = JoinedWaiting | JoinedPrequeue | JoinedSoldOut | JoinedClosed | JoinedAdmitted
JOINED: dict[type, type] = {
    Waiting: JoinedWaiting,
    Prequeue: JoinedPrequeue,
    SoldOut: JoinedSoldOut,
    Closed: JoinedClosed,
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
    "opens_at": "2026-11-22T11:00:00.000Z",
    "waiting": 48200,
    "seats_left": 5000,
    "poll_after_ms": 41000,
}
CLOSED = {"state": "closed", "waiting": 37, "seats_left": 0, "poll_after_ms": 60000}
SOLD_OUT = {"state": "sold_out", "waiting": 911, "seats_left": 0, "poll_after_ms": 60000}
ADMITTED: dict[str, object] = {
    "state": "admitted",
    "entry_token": EXAMPLE_TOKEN,
    "entry_expires_at": "2026-11-22T11:10:00.000Z",
}
EXAMPLES: dict[str, dict[str, object]] = {
    "waiting": WAITING,
    "prequeue": PREQUEUE,
    "sold_out": SOLD_OUT,
    "closed": CLOSED,
    "admitted": ADMITTED,
}
JOINED_EXAMPLES = {
    name: {"queue_token": EXAMPLE_TOKEN, **place} for name, place in EXAMPLES.items()
}


def with_token(place: AnyPlace, queue_token: str) -> AnyJoined:
    """The same place with its queue token."""
    kind = JOINED[type(place)]
    answer: AnyJoined = kind(queue_token=queue_token, **msgspec.structs.asdict(place))
    return answer


def retry_after(place: AnyPlace) -> Headers:
    """The header that says when to poll again, for fans who are not inside."""
    if isinstance(place, Admitted):
        return ()
    return ((b"retry-after", b"%d" % math.ceil(place.poll_after_ms / 1000)),)
