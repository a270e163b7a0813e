"""The settings of a concert as rules: who may join, who is admitted, and how often to poll. Pure.

Here the settings of a concert, as they hold now, become what the waiting room's transitions take.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from yemae.concerts.catalogue import Concert
from yemae.concerts.lanes import GENERAL
from yemae.concerts.presale_codes import PresaleCodes
from yemae.runtime import Paces, Stores
from yemae.settings import Settings
from yemae.values.instants import unix_ms
from yemae.waiting_room import queue_numbers
from yemae.waiting_room.admission import Door, Doors
from yemae.waiting_room.pace import ABSENT_INTERVALS, Pace
from yemae.waiting_room.places import JoinDoor
from yemae.waiting_room.snapshot import Snapshot

# The poll interval at the front, and how much longer it is for each place further back.
AT_FRONT_MS = 1_000
PER_PLACE_MS = 10
# Of a waiting room that has not been asked: nothing is known, so nothing is sold out.
UNKNOWN = Snapshot(0, 0, 0, 0, 0, 0, 0, -1, -1, -1, {}, {}, ())

# With this many fans ahead, polls are at the longest interval.
MANY = 1_000_000

State = Literal["before_sale", "prequeue", "open", "paused", "draining", "sold_out", "closed"]

# The states in which no fan is admitted, whatever an operator asks for.
SHUT: frozenset[State] = frozenset({"closed", "sold_out", "paused"})


def state_of(concert: Concert, now: datetime, snapshot: Snapshot) -> State:
    """What a concert's queue is doing."""
    return state_with(concert, now, snapshot.seats_unsold)


def state_with(concert: Concert, now: datetime, seats_unsold: int) -> State:
    """The same from the number of seats that are not sold (-1: not known); the first state that
    applies, from the top."""
    if concert.is_over(now):
        return "closed"
    if seats_unsold == 0:
        return "sold_out"
    if concert.control != "running":
        return concert.control
    if now >= concert.sale_opens_at:
        return "open"
    if concert.prequeue_opens_at is not None and now < concert.prequeue_opens_at:
        return "before_sale"
    return "prequeue"


def is_admitting(concert: Concert, now: datetime, snapshot: Snapshot) -> bool:
    """Whether fans are admitted now, as far as the limits allow."""
    return now >= concert.sale_opens_at and state_of(concert, now, snapshot) not in SHUT


def last_known_state(runtime: Stores, concert: Concert) -> State:
    """The same from what this process knows of every concert, without asking Valkey."""
    known = runtime.last_known.get(concert.id)
    seats_unsold = UNKNOWN.seats_unsold if known is None else known.seats_unsold
    return state_with(concert, runtime.now(), seats_unsold)


def sold_out_phases(runtime: Stores, concert: Concert) -> frozenset[str]:
    """The ids of a concert's queues that have sold all they may, as this process knows them; a
    general sale alone is not asked."""
    every = (concert, *concert.phases) if concert.phases else ()
    return frozenset(q.id for q in every if last_known_state(runtime, q) == "sold_out")


def published_seed(concert: Concert, snapshot: Snapshot) -> bytes | None:
    """The seed of a draw once its sale is open, else None: it is secret while drawn numbers are
    given out, so the clock that gives them out decides, the snapshot's."""
    return concert.draw_seed if snapshot.now_ms >= unix_ms(concert.sale_opens_at) else None


def may_join_from(concert: Concert, now: datetime) -> datetime | None:
    """When joining begins, or None when it has begun."""
    opens_at = concert.prequeue_opens_at
    return opens_at if opens_at is not None and now < opens_at else None


def join_door(concert: Concert, now: datetime) -> JoinDoor:
    """What a new fan meets: see `places.join`."""
    is_closed = concert.queueing_method == "reject" or concert.control == "draining"
    if is_closed or concert.is_over(now):
        return "closed"
    if concert.queueing_method == "passthrough" and concert.control == "running":
        return "straight in"
    return "line"


def doors_of(concert: Concert, now: datetime, snapshot: Snapshot | None = None) -> Doors:
    """The rules of an admission tick. No fan is admitted while the queue is paused, or when nothing
    is left to be sold."""
    door: Door = "all" if concert.queueing_method == "passthrough" else "open"
    if state_of(concert, now, snapshot or UNKNOWN) in SHUT:
        door = "shut"
    return Doors(
        concert.active_limit,
        concert.admit_per_minute,
        concert.entry_ttl_s,
        concert.place_ttl_s,
        door,
        unix_ms(concert.sale_opens_at),
        shares_of(concert),
    )


def shares_of(concert: Concert) -> tuple[int, ...]:
    """Percent of the admissions of each lane; the general one, first, has what is left."""
    shares = [lane.share for lane in concert.lanes]
    return (100 - sum(shares), *shares)


def lane_of(
    concert: Concert, groups: Collection[str], code: str | None, codes: PresaleCodes
) -> int | None:
    """The lane that a fan's groups or presale code open: 0 is the general one. None when the code
    opens none."""
    lanes = enumerate(concert.lanes, 1)
    if code is None:
        return next((number for number, lane in lanes if lane.group in groups), 0)
    forms = codes.forms(concert.id, code)
    return next((number for number, lane in lanes if forms & lane.code_hashes), None)


def lane_name(concert: Concert, lane: int) -> str:
    """What a lane is called."""
    return concert.lanes[lane - 1].name if 0 < lane <= len(concert.lanes) else GENERAL


def pace(stores: Stores, concert: Concert) -> Pace:
    """How often the fans of a concert ask at present; made anew when its settings or the stretch
    change, because polls ask all the time."""
    now_s, stretch = stores.clock.now_s(), stores.load.stretch
    known = stores.paces.get(concert.id)
    if known is None or known.concert is not concert or known.stretch != stretch:
        before, after = (
            pace_of(concert, stores.settings, stretch, is_open=is_open) for is_open in (False, True)
        )
        known = Paces(concert, stretch, concert.sale_opens_at.timestamp(), before, after)
        stores.paces[concert.id] = known
    return known.open if now_s >= known.opens_at_s else known.before


def pace_of(concert: Concert, settings: Settings, stretch: float, *, is_open: bool) -> Pace:
    """How often the fans of a concert ask; `stretch` makes it seldomer while the server is busy.
    Before the opening any fan may be given the longest interval, wherever they stand."""
    # A fan who is admitted just after a poll still has half of the pass at the next one.
    longest_ms = min(settings.queue.poll_after_max_ms, concert.entry_ttl_s * 500)
    absent_after_ms = concert.absent_after_s * 1000
    if not is_open:
        absent_after_ms = max(absent_after_ms, ABSENT_INTERVALS * longest_ms)
    return Pace(
        absent_after_ms,
        min(AT_FRONT_MS, settings.queue.poll_after_max_ms) * stretch,
        PER_PLACE_MS * stretch,
        longest_ms,
    )


def last_known_waiting(stores: Stores, concert_id: str) -> int:
    """How many fans waited at the latest admission tick of this process; MANY before the first."""
    known = stores.last_known.get(concert_id)
    return MANY if known is None else known.waiting


def drawn_number(concert: Concert, user_id: str) -> int:
    """A fan's number in the concert's draw."""
    return queue_numbers.drawn_number(concert.draw_seed, concert.id, user_id)
