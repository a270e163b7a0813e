"""대기열 · The states of a place: what its fan is shown, from a standing and a view of the queue.

A fan who is not inside is in the first of these states that applies: `closed` (the phase or
the sale of every date has ended), `sold_out`, `prequeue` (the sale has not opened), `waiting`. The
structs go to the fan as they are.
"""

import math
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from yemae.concerts.catalogue import Concert
from yemae.concerts.lanes import GENERAL
from yemae.runtime import Runtime
from yemae.sale import policy
from yemae.settings import Settings
from yemae.values.instants import Instant, instant, instant_or_none
from yemae.waiting_room import pace
from yemae.waiting_room.board import View
from yemae.waiting_room.pace import Pace
from yemae.waiting_room.places import Standing
from yemae.waiting_room.tokens import EntryToken, QueueToken

# Polls of those who joined before the opening are spread to come no faster than this.
POLLS_AFTER_OPENING_PER_S = 2_000


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the operator wants fans to know, until its end if it has one."""

    ko: str
    en: str
    until: Instant | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every place says that is not inside yet. `sale` is the id of the phase that it is in,
    left out for the general sale. `seats_left` is rounded down to 1, 2 or 5 times
    a power of ten. Poll again after `poll_after_ms`."""

    waiting: int
    poll_after_ms: int
    seats_left: int | None
    lane: str = GENERAL
    message: Message | None = None
    sale: str | None = None


class Waiting(Place, frozen=True, kw_only=True, tag_field="state", tag="waiting"):
    """Still waiting. `position` 1 is next. `number` is your queue number: when `serving` of the
    queue has passed it, it is your turn."""

    position: int
    number: int
    estimated_wait_s: pace.Wait | None


class Prequeue(Place, frozen=True, kw_only=True, tag_field="state", tag="prequeue"):
    """The sale is not open yet. In a draw the order among all who are here by then is drawn at
    `opens_at`; no fan has a position before."""

    opens_at: Instant


class SoldOut(Place, frozen=True, kw_only=True, tag_field="state", tag="sold_out"):
    """Every seat is sold, or all that this phase of the sale may sell. The place is kept, in case
    seats come back; a fan who joins again comes into another phase that still sells."""


class Closed(Place, frozen=True, kw_only=True, tag_field="state", tag="closed"):
    """The sale of every date has ended, or the phase that the place is in: it sells nothing any
    more, and no other fan is admitted."""


class Admitted(msgspec.Struct, frozen=True, kw_only=True, tag_field="state", tag="admitted"):
    """It is your turn: send `entry_token` as Entry-Token until `entry_expires_at`."""

    entry_token: str
    entry_expires_at: Instant


Outside = Waiting | Prequeue | SoldOut | Closed
AnyPlace = Outside | Admitted


class ConcertView(NamedTuple):
    """What is the same for every fan of a concert while a view lasts, computed once per view."""

    concert: Concert
    opens_at_s: float
    opens_at: Instant
    closes_at_s: float
    is_sold_out: bool
    seats_left: int | None
    message: Message | None
    message_ends_at_s: float
    sale: str | None
    lanes: tuple[str, ...]
    # Of each lane: the recent rates, at the part of them that it gets.
    rates_per_s: tuple[tuple[float, ...], ...]
    admitted_per_s: float | None


def place_of(runtime: Runtime, token: QueueToken, standing: Standing, view: View) -> AnyPlace:
    """The state of the place that a token names."""
    if standing.word == "admitted":
        return _admitted(runtime, token, standing)
    concert = runtime.catalogue.queue(token.concert_id)
    return outside(
        concert_view(concert, view),
        standing,
        policy.pace(runtime, concert),
        runtime.settings,
        runtime.tokens.queue.now(),
    )


def outside(
    seen: ConcertView, standing: Standing, fan_pace: Pace, settings: Settings, now_s: float
) -> Outside:
    """The state of a place that is not inside, at a moment in Unix seconds. Pure but for the
    jitter of `poll_after_ms`."""
    lane = seen.lanes[standing.lane] if standing.lane < len(seen.lanes) else GENERAL
    message = seen.message if now_s < seen.message_ends_at_s else None
    is_closed = now_s >= seen.closes_at_s
    if is_closed or seen.is_sold_out:
        return (Closed if is_closed else SoldOut)(
            waiting=standing.waiting,
            poll_after_ms=_poll_after_the_end_ms(settings, fan_pace, standing),
            seats_left=0 if is_closed else seen.seats_left,
            lane=lane,
            message=message,
            sale=seen.sale,
        )
    opens_in_s = seen.opens_at_s - now_s
    if opens_in_s > 0:
        return Prequeue(
            opens_at=seen.opens_at,
            waiting=standing.waiting,
            poll_after_ms=pace.poll_before_opening_ms(
                fan_pace, opens_in_s, standing.waiting, POLLS_AFTER_OPENING_PER_S
            ),
            seats_left=seen.seats_left,
            lane=lane,
            message=message,
            sale=seen.sale,
        )
    rates_per_s = seen.rates_per_s[standing.lane] if standing.lane < len(seen.lanes) else ()
    return Waiting(
        position=standing.ahead + 1,
        number=standing.number,
        waiting=standing.waiting,
        estimated_wait_s=pace.estimated_wait_s(standing.ahead, rates_per_s),
        poll_after_ms=pace.poll_after_ms(fan_pace, standing.ahead, seen.admitted_per_s),
        seats_left=seen.seats_left,
        lane=lane,
        message=message,
        sale=seen.sale,
    )


def concert_view(concert: Concert, view: View) -> ConcertView:
    """What a view means for all fans of a concert."""
    known: ConcertView | None = view.made.get("concert view")
    if known is not None and known.concert is concert:
        return known
    # A view may be older than a file that was loaded with other lanes.
    lanes = range(min(len(view.snapshot.lanes), 1 + len(concert.lanes)))
    made = ConcertView(
        concert,
        concert.sale_opens_at.timestamp(),
        instant(concert.sale_opens_at),
        -math.inf if concert.archived else concert.off_sale_at().timestamp(),
        view.snapshot.seats_unsold == 0,
        rounded_down(view.snapshot.seats_left),
        _message(concert),
        concert.message_until.timestamp() if concert.message_until else math.inf,
        None if concert.phase_of is None else concert.id,
        tuple(policy.lane_name(concert, lane) for lane in lanes),
        tuple(_lane_rates(concert, view, lane) for lane in lanes),
        view.admitted_per_s,
    )
    view.made["concert view"] = made
    return made


def message_of(concert: Concert, now: datetime) -> Message | None:
    """The operator's message, if there is one that has not ended."""
    return _message(concert) if concert.has_message(now) else None


def rounded_down(seats_left: int) -> int | None:
    """How many seats are left, as the public is shown it: 1, 2 or 5 times a power of ten, so that
    the number cannot be watched seat by seat; None while it has not been counted (below 0)."""
    if seats_left < 0:
        return None
    if seats_left == 0:
        return 0
    power: int = 10 ** (len(str(seats_left)) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= seats_left)


def _poll_after_the_end_ms(settings: Settings, fan_pace: Pace, standing: Standing) -> int:
    """Often enough not to count as absent: dates may be added."""
    patience_ms = fan_pace.patience_ms(standing.ahead)
    return min(settings.queue.poll_after_max_ms, patience_ms // pace.ABSENT_INTERVALS)


def _lane_rates(concert: Concert, view: View, lane: int) -> tuple[float, ...]:
    """Empty while the queue is paused: the wait cannot be estimated then."""
    if concert.control == "paused":
        return ()
    in_use = [
        share if numbers.waiting or i == lane else 0
        for i, (share, numbers) in enumerate(
            zip(policy.shares_of(concert), view.snapshot.lanes, strict=False)
        )
    ]
    part = in_use[lane] / sum(in_use)
    # Fans whom an operator admitted by hand came in faster than the rate, which says nothing of
    # what comes.
    most_per_s = concert.admit_per_minute / 60
    return tuple(min(rate, most_per_s) * part for rate in view.rates_per_s)


def _message(concert: Concert) -> Message | None:
    if not (concert.message_ko or concert.message_en):
        return None
    until = instant_or_none(concert.message_until)
    return Message(concert.message_ko, concert.message_en, until)


def _admitted(runtime: Runtime, token: QueueToken, standing: Standing) -> Admitted:
    ends_at_s = standing.pass_ends_at_ms // 1000
    entry = EntryToken(token.concert_id, token.user_id, standing.number, ends_at_s, token.proof)
    return Admitted(
        entry_token=runtime.tokens.sign_pass(entry),
        entry_expires_at=instant(datetime.fromtimestamp(ends_at_s, UTC)),
    )
