"""대기열 · What a fan is told of their place: its shapes, and how a standing becomes one."""

import math
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from yemae.concerts.catalogue import Concert
from yemae.http.fan.users import EXAMPLE_TOKEN
from yemae.runtime import Runtime
from yemae.sale import policy
from yemae.values.instants import Instant, instant, instant_or_none
from yemae.waiting_room import pace
from yemae.waiting_room.board import View
from yemae.waiting_room.places import Standing
from yemae.waiting_room.tokens import EntryToken, QueueToken

Headers = tuple[tuple[bytes, bytes], ...]


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the operator wants fans to know, until its end if it has one."""

    ko: str
    en: str
    until: Instant | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every place says that is not inside yet. `seats_left` is rounded down to 1, 2 or 5 times
    a power of ten: at least so many. Ask again after `poll_after_ms`."""

    waiting: int
    poll_after_ms: int
    seats_left: int | None
    lane: str = policy.GENERAL
    message: Message | None = None


class Waiting(Place, frozen=True, kw_only=True, tag_field="state", tag="waiting"):
    """Still in line. `position` 1 is next. `number` is your ticket: when `serving` of the queue has
    passed it, it is your turn."""

    position: int
    number: int
    estimated_wait_s: pace.Wait | None


class Prequeue(Place, frozen=True, kw_only=True, tag_field="state", tag="prequeue"):
    """The sale is not open yet. In a draw the order among all who are here by then is drawn at
    `opens_at`; nobody has a position before."""

    opens_at: Instant


class SoldOut(Place, frozen=True, kw_only=True, tag_field="state", tag="sold_out"):
    """Every seat is sold. The place is kept, in case seats come back."""


class Closed(Place, frozen=True, kw_only=True, tag_field="state", tag="closed"):
    """Every date has begun, so nothing is sold any more and nobody else is let in."""


class Admitted(msgspec.Struct, frozen=True, kw_only=True, tag_field="state", tag="admitted"):
    """It is your turn: send `entry_token` as Entry-Token until `entry_expires_at`."""

    entry_token: str
    entry_expires_at: Instant


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
    """Inside already, or nobody has to wait."""

    queue_token: str


AnyPlace = Waiting | Prequeue | SoldOut | Closed | Admitted
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


class Notice(NamedTuple):
    """What is the same for every fan of a concert while a view lasts, made once."""

    concert: Concert
    opens_at_s: float
    opens_at: Instant
    closes_at_s: float
    is_sold_out: bool
    seats_left: int | None
    message: Message | None
    message_ends_at_s: float
    lanes: tuple[str, ...]
    # Of each lane: the recent rates, at the part of them that it gets.
    rates_per_s: tuple[tuple[float, ...], ...]

    def message_at(self, now_s: float) -> Message | None:
        """The operator's message, until it ends."""
        return self.message if now_s < self.message_ends_at_s else None


def notice_of(concert: Concert, view: View) -> Notice:
    """The notice of a view."""
    known: Notice | None = view.made.get("notice")
    if known is not None and known.concert is concert:
        return known
    # A view may be older than a file that was loaded with other lanes.
    lanes = range(min(len(view.snapshot.lanes), 1 + len(concert.lanes)))
    made = Notice(
        concert,
        concert.sale_opens_at.timestamp(),
        instant(concert.sale_opens_at),
        concert.performances[-1].starts_at.timestamp() if concert.performances else 0.0,
        view.snapshot.seats_unsold == 0,
        bucket(view.snapshot.seats_left),
        _message(concert),
        concert.message_until.timestamp() if concert.message_until else math.inf,
        tuple(policy.lane_name(concert, lane) for lane in lanes),
        tuple(_lane_rates(concert, view, lane) for lane in lanes),
    )
    view.made["notice"] = made
    return made


def _lane_rates(concert: Concert, view: View, lane: int) -> tuple[float, ...]:
    """While it is paused nobody can say how long it takes."""
    if concert.control == "paused":
        return ()
    in_use = [
        share if numbers.waiting or i == lane else 0
        for i, (share, numbers) in enumerate(
            zip(policy.shares_of(concert), view.snapshot.lanes, strict=False)
        )
    ]
    part = in_use[lane] / sum(in_use)
    # What an operator let in by hand was faster than the rate, and says nothing of what comes.
    most_per_s = concert.admit_per_minute / 60
    return tuple(min(rate, most_per_s) * part for rate in view.rates_per_s)


def told(runtime: Runtime, token: QueueToken, standing: Standing, view: View) -> AnyPlace:
    """What the owner of a token is told of where they stand."""
    if standing.word == "admitted":
        return _admitted(runtime, token, standing)
    concert = runtime.catalogue.concert(token.concert_id)
    notice = notice_of(concert, view)
    now_s = runtime.tokens.queue.now()
    is_closed = now_s >= notice.closes_at_s
    if is_closed or notice.is_sold_out:
        patience_ms = policy.pace(runtime, concert).patience_ms(standing.ahead)
        return (Closed if is_closed else SoldOut)(
            waiting=standing.waiting,
            # Never so late that they count as absent: dates may be added.
            poll_after_ms=min(
                runtime.settings.poll_after_max_ms, patience_ms // pace.ABSENT_INTERVALS
            ),
            seats_left=0 if is_closed else notice.seats_left,
            lane=_lane(notice, standing),
            message=notice.message_at(now_s),
        )
    opens_in_s = notice.opens_at_s - now_s
    if opens_in_s > 0:
        crowd_per_s = runtime.settings.polls_after_opening_per_s
        return Prequeue(
            opens_at=notice.opens_at,
            waiting=standing.waiting,
            poll_after_ms=pace.poll_before_opening_ms(
                policy.pace(runtime, concert), opens_in_s, standing.waiting, crowd_per_s
            ),
            seats_left=notice.seats_left,
            lane=_lane(notice, standing),
            message=notice.message_at(now_s),
        )
    rates_per_s = notice.rates_per_s[standing.lane] if standing.lane < len(notice.lanes) else ()
    return Waiting(
        position=standing.ahead + 1,
        number=standing.number,
        waiting=standing.waiting,
        estimated_wait_s=pace.estimated_wait_s(standing.ahead, rates_per_s),
        poll_after_ms=pace.poll_after_ms(
            policy.pace(runtime, concert), standing.ahead, view.admitted_per_s
        ),
        seats_left=notice.seats_left,
        lane=_lane(notice, standing),
        message=notice.message_at(now_s),
    )


def _lane(notice: Notice, standing: Standing) -> str:
    return notice.lanes[standing.lane] if standing.lane < len(notice.lanes) else policy.GENERAL


def joined(place: AnyPlace, queue_token: str) -> AnyJoined:
    """The same with the token of the place."""
    kind = JOINED[type(place)]
    fields = {name: getattr(place, name) for name in place.__struct_fields__}
    answer: AnyJoined = kind(queue_token=queue_token, **fields)
    return answer


def retry_after(place: AnyPlace) -> Headers:
    """The header that says when to ask again, for those who are not inside."""
    if isinstance(place, Admitted):
        return ()
    return ((b"retry-after", b"%d" % math.ceil(place.poll_after_ms / 1000)),)


def message_of(concert: Concert, now: datetime) -> Message | None:
    """The operator's message, if there is one that has not ended."""
    return _message(concert) if concert.has_message(now) else None


def _message(concert: Concert) -> Message | None:
    if not (concert.message_ko or concert.message_en):
        return None
    until = instant_or_none(concert.message_until)
    return Message(concert.message_ko, concert.message_en, until)


def bucket(seats_left: int) -> int | None:
    """Rounded down to 1, 2 or 5 times a power of ten; None while it has not been counted."""
    if seats_left < 0:
        return None
    if seats_left == 0:
        return 0
    power: int = 10 ** (len(str(seats_left)) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= seats_left)


def _admitted(runtime: Runtime, token: QueueToken, standing: Standing) -> Admitted:
    ends_at_s = standing.pass_ends_at_ms // 1000
    entry = EntryToken(token.concert_id, token.user_id, standing.number, ends_at_s, token.proof)
    return Admitted(
        entry_token=runtime.tokens.sign_pass(entry),
        entry_expires_at=instant(datetime.fromtimestamp(ends_at_s, UTC)),
    )
