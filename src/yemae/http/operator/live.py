"""A sale as it runs, for operators who watch it: one stream of events, and the history behind it.

A process looks at a queue at most twice a second, however many operators watch it.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple, get_args
from uuid import UUID

import msgspec

from yemae.back_office import live, sales
from yemae.back_office.live import LiveView
from yemae.back_office.queue_control import OF_QUEUE
from yemae.base.rate_limit import Latest, ShareRequest
from yemae.history.history import Resolution
from yemae.http.contract.operation import Answer, Operation, Parameter, Shown
from yemae.http.operator.gate import let_through, sees_log
from yemae.http.operator.live_shapes import (
    EXAMPLE_EVENTS,
    EXAMPLE_HISTORY,
    EXAMPLE_REFUSALS,
    HistoryBody,
    RefusalsBody,
    RefusalsEntry,
    history_entry,
    live_queue,
)
from yemae.http.operator.log import log_entry
from yemae.http.operator.matrix import MATRIX
from yemae.http.operator.sales import KEPT_S, since_of
from yemae.http.operator.sales_shapes import sales_body
from yemae.http.server import sse
from yemae.http.server.call import Call
from yemae.refusals import (
    ConcertNotFound,
    InvalidRequest,
    OperatorRequired,
    RateLimited,
    RoleRequired,
    StoreUnavailable,
    Unauthenticated,
)
from yemae.runtime import Runtime
from yemae.values.instants import instant

# Of all operators together, in one process.
STREAMS_MAX = 200
BEAT_S = 0.5
LOOK_KEPT_S = 0.4
# Sales take longer to add up than a queue's numbers.
SALES_EVERY = 10
# A role that was taken back ends the streams of its user within a minute.
GATE_EVERY = 120
POINTS_MAX = 3_600
RESOLUTIONS: tuple[Resolution, ...] = get_args(Resolution)
WHOLE: dict[Resolution, timedelta] = {"1s": timedelta(hours=1), "1m": timedelta(days=30)}


async def follow(call: Call) -> Answer:
    """A sale as it runs, as server-sent events: `queue` with its report, figures and the refusals
    of the server, `action` with each new line of its log, and `sales` every five seconds, each of
    them when something has changed. A first comment comes at once, and a heartbeat at least every
    ten seconds. The refusals are null for a role at one concert; without the right to read the log
    there are only actions on the queue itself. It ends after some minutes, and within a minute when
    the role or the token has ended: connect again."""
    who, queue_id = call.operator(), call.path("concert_id")
    call.runtime.catalogue.queue(queue_id)
    most = ShareRequest("live streams", STREAMS_MAX)
    return sse.stream(call, events(call.runtime, queue_id, _gate_of(call)), most, who)


class Audience(NamedTuple):
    """What a listener may see: the whole log of the concert, and what is of the whole server."""

    sees_log: bool
    sees_server: bool


Gate = Callable[[], Awaitable[Audience]]


def _gate_of(call: Call) -> Gate:
    """The gate of roles for a stream, which asks again what its caller may see."""

    async def ask() -> Audience:
        caller = await let_through(call, MATRIX[FOLLOW], f"{CONCERT}/live")
        return Audience(sees_log(call, caller, call.path("concert_id")), caller.concerts is None)

    return ask


async def events(runtime: Runtime, queue_id: str, gate: Gate) -> AsyncGenerator[bytes, None]:
    """What has changed at each beat; it ends when the concert or the listener's right is gone."""
    before = SentBefore()
    audience = Audience(sees_log=False, sees_server=False)
    beats = asks_at = 0
    while not runtime.board.is_closing:
        try:
            if beats >= asks_at:
                audience, asks_at = await gate(), beats + GATE_EVERY
            view = _shown_to(audience, await _look(runtime, queue_id))
            report = await _sales(runtime, queue_id) if beats % SALES_EVERY == 0 else None
        except StoreUnavailable:
            pass  # The next beat asks again.
        except (ConcertNotFound, Unauthenticated, OperatorRequired, RoleRequired):
            return
        else:
            for event in before.changes(view, report):
                yield event
        yield b""
        beats += 1
        await asyncio.sleep(BEAT_S)


def _shown_to(audience: Audience, view: LiveView) -> LiveView:
    """What of a look the listener may see."""
    if not audience.sees_log:
        view = view._replace(lines=[line for line in view.lines if line.action in OF_QUEUE])
    return view if audience.sees_server else view._replace(refusals=None)


class SentBefore:
    """What a listener was sent last, so that only changes are sent."""

    def __init__(self) -> None:
        self._queue: object = None
        self._sales: object = None
        self._lines: set[UUID] | None = None

    def changes(self, view: LiveView, report: sales.SalesReport | None) -> Iterator[bytes]:
        """The events of what has changed. The time of a look alone is no change."""
        lines, self._lines = self._lines, {line.id for line in view.lines}
        for line in reversed(view.lines):
            if lines is not None and line.id not in lines:
                yield _event("action", log_entry(line))
        if self._queue != (now := (view.report, view.figures, view.refusals)):
            self._queue = now
            yield _event("queue", live_queue(view))
        if report is not None and self._sales != report.lines:
            self._sales = report.lines
            yield _event("sales", sales_body(report))


async def _look(runtime: Runtime, queue_id: str) -> LiveView:
    kept = runtime.live_views.setdefault(queue_id, Latest(LOOK_KEPT_S))
    view: LiveView = await kept.get(partial(live.look, runtime, queue_id))
    return view


async def _sales(runtime: Runtime, queue_id: str) -> sales.SalesReport:
    concert_id = runtime.catalogue.queue(queue_id).concert_id
    kept = runtime.sales_reports.setdefault(concert_id, Latest(KEPT_S))
    report: sales.SalesReport = await kept.get(partial(sales.report, runtime, concert_id))
    return report


def _event(name: str, body: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(body))


async def show_history(call: Call) -> Answer:
    """Figures of a queue, for each second of the last hour or each minute of the last 30 days."""
    call.operator()
    queue_id, resolution = call.path("concert_id"), _resolution(call)
    found = await live.history_of(
        call.runtime,
        queue_id,
        resolution,
        since=_since(call, resolution),
        limit=POINTS_MAX + 1,
    )
    points = [history_entry(point) for point in found]
    rest = points[POINTS_MAX:]
    following = rest[0].at if rest else None
    return Answer(200, HistoryBody(queue_id, resolution, points[:POINTS_MAX], following))


async def show_refusals(call: Call) -> Answer:
    """How often each type of problem was answered, in the same two resolutions."""
    call.operator()
    resolution = _resolution(call)
    found = await live.history_of(
        call.runtime, None, resolution, since=_since(call, resolution), limit=POINTS_MAX + 1
    )
    points = [RefusalsEntry(instant(at), types) for at, types in found]
    rest = points[POINTS_MAX:]
    following = rest[0].at if rest else None
    return Answer(200, RefusalsBody(resolution, points[:POINTS_MAX], following))


def _resolution(call: Call) -> Resolution:
    text = call.query(RESOLUTION.name) or RESOLUTIONS[0]
    if text not in RESOLUTIONS:
        raise InvalidRequest.of(RESOLUTION.name, f"Expected one of {', '.join(RESOLUTIONS)}")
    return text


def _since(call: Call, resolution: Resolution) -> datetime:
    return since_of(call) or call.runtime.now() - WHOLE[resolution]


RESOLUTION = Parameter(
    "resolution",
    "query",
    "A point for each second, or for each minute.",
    {"type": "string", "enum": list(RESOLUTIONS), "default": RESOLUTIONS[0]},
)
SINCE = Parameter(
    "since",
    "query",
    "The first moment; `next_since` of the answer before.",
    {"type": "string", "format": "date-time"},
)
GATES = (Unauthenticated, OperatorRequired)
OF_HISTORY = (RESOLUTION, SINCE)
CONCERT = "/v1/admin/concerts/{concert_id}"
FOLLOW = "follow_sale"

OPERATIONS = (
    Operation(
        FOLLOW,
        "GET",
        f"{CONCERT}/live",
        "admin",
        "A sale as it runs, as server-sent events",
        follow,
        (Shown(200, "Events", str, EXAMPLE_EVENTS, "text/event-stream"),),
        (*GATES, ConcertNotFound, RateLimited),
        signed_in=True,
    ),
    Operation(
        "show_history",
        "GET",
        f"{CONCERT}/history",
        "admin",
        "Figures of a sale over time",
        show_history,
        (Shown(200, "The history", HistoryBody, EXAMPLE_HISTORY),),
        (*GATES, ConcertNotFound, InvalidRequest),
        parameters=OF_HISTORY,
        signed_in=True,
    ),
    Operation(
        "show_refusals",
        "GET",
        "/v1/admin/refusals/history",
        "admin",
        "Problems that were answered, over time",
        show_refusals,
        (Shown(200, "The history", RefusalsBody, EXAMPLE_REFUSALS),),
        (*GATES, InvalidRequest),
        parameters=OF_HISTORY,
        signed_in=True,
    ),
)
