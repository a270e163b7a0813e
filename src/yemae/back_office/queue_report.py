"""What an operator sees of a queue: its settings, its state and its numbers of this moment.

The same report over HTTP, as a command and in the live view. Settings are as fresh as the database;
the numbers are null while the waiting room is away, so that a queue can be steered even then.
"""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import structlog

from yemae.concerts import controls
from yemae.concerts.catalogue import Concert, Control
from yemae.concerts.queue_settings import KINDS, MOMENTS, NAMES, CurrentSettings
from yemae.refusals import StoreUnavailable
from yemae.runtime import Stores
from yemae.sale import policy
from yemae.sale.policy import State
from yemae.values.instants import Instant, LocalTime, instant_or_none, local_time
from yemae.waiting_room import counts
from yemae.waiting_room.snapshot import Snapshot, Statistics

log = structlog.get_logger(__name__)


class LaneReport(msgspec.Struct, frozen=True):
    """A priority group; `share` in percent of the admissions. `waiting` is null while that cannot
    be known."""

    name: str
    share: int
    codes: int
    group: str | None
    waiting: int | None


def _shown_fields() -> Iterator[tuple[str, Any]]:
    for name in NAMES:
        kind = KINDS[name]
        if name in MOMENTS:
            yield name, Instant if kind is datetime else Instant | None
            yield f"{name}_local", LocalTime | None
        else:
            yield name, kind
    yield "lanes", list[LaneReport]


if TYPE_CHECKING:
    SettingsReport = Any  # mypy does not know the fields of a struct that is made at run time.
else:
    SettingsReport = msgspec.defstruct(
        "SettingsReport",
        list(_shown_fields()),
        frozen=True,
        namespace={
            "__doc__": """The settings that hold now. An empty message is none, and one
    whose `message_until` is over is shown to no fan. What ends in `_local` is the same
    moment on the venue's clocks, null where their offset from UTC is not known."""
        },
    )


class Counts(msgspec.Struct, frozen=True):
    """Fans. `prequeue` are those of the waiting who wait for the sale to open; `admitted` and
    `joined` count since the queue began. `seats_left` is null until they have been counted."""

    waiting: int
    absent: int
    active: int
    admitted: int
    joined: int
    prequeue: int
    seats_left: int | None


class PerMinute(msgspec.Struct, frozen=True):
    """An average per minute, over the last 1, 5 and 15 minutes."""

    last_1m: float = msgspec.field(name="1m")
    last_5m: float = msgspec.field(name="5m")
    last_15m: float = msgspec.field(name="15m")


class Rates(msgspec.Struct, frozen=True):
    """How fast fans are admitted, and how fast they join."""

    admitted_per_minute: PerMinute
    joined_per_minute: PerMinute


class TimeInQueue(msgspec.Struct, frozen=True):
    """How long recently admitted fans waited: the median and the 90th percentile."""

    p50: float | None
    p90: float | None


class PassesEnded(msgspec.Struct, frozen=True):
    """How passes ended since the queue began."""

    payment: int
    expiry: int
    revoke: int
    leave: int


class QueueReport(msgspec.Struct, frozen=True):
    """A queue as its operator sees it.

    `time_zone` is the zone of the venue's clocks in the IANA database, null where the concert file
    names none. `set_by_operator` names the settings that are not the concert file's. A message that
    is over is shown to no fan.
    """

    concert_id: str
    state: State
    control: Control
    time_zone: str | None
    settings: SettingsReport
    set_by_operator: list[str]
    message_is_over: bool
    changed_at: Instant | None
    changed_by: str | None
    counts: Counts | None
    rates: Rates | None
    time_in_queue_s: TimeInQueue | None
    # The part of all admissions that expired unused: 0 to 1.
    no_show_rate: float | None
    passes_ended: PassesEnded | None


class Numbers(NamedTuple):
    """What the waiting room knows of one moment."""

    snapshot: Snapshot
    statistics: Statistics


NO_NUMBERS: dict[str, Any] = dict.fromkeys(
    ("counts", "rates", "time_in_queue_s", "no_show_rate", "passes_ended")
)


async def report(stores: Stores, concert_id: str) -> QueueReport:
    """The report of this moment. Raises ConcertNotFound, or StoreUnavailable for the database."""
    await stores.catalogue.refresh()
    concert = stores.catalogue.queue(concert_id)
    async with stores.postgres.transaction() as tx:
        own = await controls.read(tx, concert_id)
    now, message_until = stores.now(), own.overrides.get("message_until")
    numbers = await _ask(stores, concert)
    return QueueReport(
        concert_id=concert_id,
        state=policy.state_of(concert, now, numbers.snapshot if numbers else policy.UNKNOWN),
        control=concert.control,
        time_zone=concert.time_zone,
        settings=_settings(concert, numbers),
        set_by_operator=list(own.overrides),
        message_is_over=message_until is not None and message_until <= now,
        changed_at=instant_or_none(own.changed_at),
        changed_by=own.changed_by,
        **_counted(numbers, is_open=now >= concert.sale_opens_at) if numbers else NO_NUMBERS,
    )


def why_no_more(queue: QueueReport) -> str:
    """Why fewer fans were admitted than an operator asked for."""
    match queue.state:
        case "paused":
            return "the queue is paused"
        case "sold_out":
            return "every seat is sold or blocked"
        case "closed":
            return "the sale of every date has ended"
        case "before_sale" | "prequeue":
            return "the sale has not opened yet"
    return _why_open(queue)


def _why_open(queue: QueueReport) -> str:
    limit = queue.settings.active_limit
    if queue.counts is None:
        return "the waiting room's store is away"
    if queue.counts.active >= limit:
        return f"the active limit of {limit:,} is reached"
    if queue.counts.waiting:
        return "the others in line came too late for this call: call again"
    if queue.counts.absent:
        return f"the {queue.counts.absent:,} others in line have not been seen lately"
    return "no other fan is in line"


async def _ask(stores: Stores, concert: Concert) -> Numbers | None:
    try:
        return Numbers(
            await counts.snapshot(stores.valkey, concert.id, 1 + len(concert.lanes)),
            await counts.statistics(stores.valkey, concert.id),
        )
    except StoreUnavailable:
        log.warning("a report without numbers: valkey is away", concert=concert.id)
        return None


def _settings(concert: Concert, numbers: Numbers | None) -> SettingsReport:
    lanes = [
        LaneReport(
            lane.name,
            lane.share,
            len(lane.code_hashes),
            lane.group or None,
            numbers.snapshot.lanes[index].waiting if numbers else None,
        )
        for index, lane in enumerate(concert.lanes, start=1)  # The general lane is the first.
    ]
    return shown_settings(concert, concert.zone, lanes)


def shown_settings(
    settings: CurrentSettings, zone: tzinfo | None, lanes: list[LaneReport]
) -> SettingsReport:
    """Settings as a report shows them."""
    values = {name: getattr(settings, name) for name in NAMES}
    for name in MOMENTS:
        moment = values[name]
        values[name] = instant_or_none(moment)
        values[f"{name}_local"] = local_time(moment, zone)
    return SettingsReport(**values, lanes=lanes)


def _counted(numbers: Numbers, *, is_open: bool) -> dict[str, Any]:
    """The part of a report that comes from the waiting room."""
    snapshot, found = numbers
    admitted = (found.admitted_1m, found.admitted_5m, found.admitted_15m)
    joined = (60 * snapshot.joined_per_s(minutes) for minutes in (1, 5, 15))
    return {
        "counts": Counts(
            found.waiting,
            found.absent,
            found.active,
            found.admitted,
            found.joined,
            0 if is_open else found.waiting,
            snapshot.seats_left if snapshot.seats_left >= 0 else None,
        ),
        "rates": Rates(
            PerMinute(*(round(rate, 1) for rate in admitted)),
            PerMinute(*(round(rate, 1) for rate in joined)),
        ),
        "time_in_queue_s": TimeInQueue(found.time_in_queue_p50_s, found.time_in_queue_p90_s),
        "no_show_rate": (
            round(min(1.0, found.unused_admissions / found.admitted), 4) if found.admitted else None
        ),
        "passes_ended": PassesEnded(
            found.ended_by_payment,
            found.ended_by_expiry,
            found.ended_by_revoke,
            found.ended_by_leave,
        ),
    }
