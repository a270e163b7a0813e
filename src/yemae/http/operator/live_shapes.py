"""What the live stream and the history of a sale are sent as."""

from typing import Any

import msgspec

from yemae.back_office.live import LiveView
from yemae.back_office.queue_report import QueueReport
from yemae.history.history import HistoryPoint, Resolution
from yemae.http.operator.queue_shapes import EXAMPLE_QUEUE
from yemae.values.instants import Instant, instant


class QueueFigures(msgspec.Struct, frozen=True):
    """Figures of a queue. `joined`, `admitted`, `unused` (admissions that ran out unused), `holds`
    (orders opened), `payments_begun` (orders for which a card payment was begun, or that were paid
    from the wallet; 0 in a history from before it was counted) and `payments` (orders paid) count
    since the queue began; where one falls, its store had lost it. `refusals` has in the same way
    how often fans of the concert were answered each type of problem, by step: `join` (to join and
    to wait), `seats` (to look at dates and seats), `hold` and `pay`; it is empty in a history from
    before it was counted. `wait_p50_s` and `wait_p90_s` are of recent admissions. Orders and
    refusals are counted with the concert's own queue, also those of a phase."""

    waiting: int
    absent: int
    active: int
    active_limit: int
    joined: int
    admitted: int
    unused: int
    holds: int
    payments: int
    wait_p50_s: float | None
    wait_p90_s: float | None
    payments_begun: int = 0
    refusals: dict[str, dict[str, int]] = {}


class HistoryEntry(msgspec.Struct, frozen=True):
    """Figures of a second or a minute."""

    at: Instant
    figures: QueueFigures


class HistoryBody(msgspec.Struct, frozen=True):
    """The history by time. A second or minute without a point had no change; those after the last
    point begin at `next_since`."""

    concert_id: str
    resolution: Resolution
    points: list[HistoryEntry]
    next_since: Instant | None


class RefusalsEntry(msgspec.Struct, frozen=True):
    """How often each type of problem had been answered up to a moment."""

    at: Instant
    types: dict[str, int]


class RefusalsBody(msgspec.Struct, frozen=True):
    """The same as a history, of all concerts and nodes."""

    resolution: Resolution
    points: list[RefusalsEntry]
    next_since: Instant | None


class LiveQueue(msgspec.Struct, frozen=True):
    """The event `queue`. `figures` and `refusals` are null while Valkey is away; `refusals`
    is of the whole server, and null for a role at one concert."""

    at: Instant
    queue: QueueReport
    figures: QueueFigures | None
    refusals: dict[str, int] | None


EXAMPLE_FIGURES: dict[str, Any] = {
    "waiting": 5310,
    "absent": 820,
    "active": 2500,
    "active_limit": 2500,
    "joined": 14250,
    "admitted": 8120,
    "unused": 333,
    "holds": 5210,
    "payments": 4105,
    "payments_begun": 4310,
    "wait_p50_s": 181.5,
    "wait_p90_s": 402.0,
    "refusals": {"hold": {"seat-taken": 97}, "pay": {"payment-declined": 12}},
}
AT = "2026-11-22T11:04:10.000Z"
EXAMPLE_HISTORY: dict[str, Any] = {
    "concert_id": "arena",
    "resolution": "1s",
    "points": [{"at": AT, "figures": EXAMPLE_FIGURES}],
    "next_since": None,
}
EXAMPLE_REFUSALS: dict[str, Any] = {
    "resolution": "1s",
    "points": [{"at": AT, "types": {"seat-taken": 120, "entry-token-expired": 31}}],
    "next_since": None,
}
EXAMPLE_LIVE: dict[str, Any] = {
    "at": AT,
    "queue": EXAMPLE_QUEUE,
    "figures": EXAMPLE_FIGURES,
    "refusals": {"seat-taken": 120},
}
EXAMPLE_EVENTS = f"event: queue\ndata: {msgspec.json.encode(EXAMPLE_LIVE).decode()}\n\n"


class SalesUnchanged(msgspec.Struct, frozen=True):
    """The sales were what they were, at this moment."""

    at: Instant


def live_queue(view: LiveView) -> LiveQueue:
    """A look as it is sent."""
    found = None if view.figures is None else msgspec.convert(view.figures._asdict(), QueueFigures)
    return LiveQueue(instant(view.at), view.report, found, view.refusals)


def history_entry(point: HistoryPoint) -> HistoryEntry:
    """A point as it is answered."""
    return HistoryEntry(instant(point.at), msgspec.convert(point.figures, QueueFigures))
