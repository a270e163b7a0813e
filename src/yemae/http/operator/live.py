"""A sale as it runs, for operators who watch it, as one stream of events; its history is in
histories.py.

A process looks at a queue's log at most twice a second and at its numbers at most once, however
many operators watch it.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

import msgspec

from yemae.back_office import latencies, sales
from yemae.back_office.latencies import CallTimes
from yemae.back_office.live import LiveView, QueueWatch
from yemae.back_office.queue_control import OF_QUEUE
from yemae.base.rate_limit import Latest, ShareRequest
from yemae.base.tallies import LATENCIES
from yemae.http.contract.operation import Answer, Operation, Shown
from yemae.http.operator.gate import let_through, sees_log
from yemae.http.operator.latency_shapes import latencies_entry
from yemae.http.operator.live_shapes import EXAMPLE_EVENTS, SalesUnchanged, live_queue
from yemae.http.operator.log import log_entry
from yemae.http.operator.matrix import MATRIX
from yemae.http.operator.sales import latest_report
from yemae.http.operator.sales_shapes import sales_body
from yemae.http.server import sse
from yemae.http.server.call import Call
from yemae.refusals import (
    ConcertNotFound,
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
# No more often than the history has a row.
NUMBERS_S = 0.9
LATENCIES_KEPT_S = 1.9
LATENCIES_EVERY = 4
# Sales take longer to add up than a queue's numbers, and those of very many seats are read less
# often than they are looked at here.
SALES_EVERY = 10
# A role that was taken back ends the streams of its user within a minute.
GATE_EVERY = 120


async def follow(call: Call) -> Answer:
    """A sale as it runs, as server-sent events: `queue` with its report, figures and the refusals
    of the server, `action` with each new line of its log, `latencies` of the last minute every two
    seconds, and `sales` every five to twenty, each of them when something has changed;
    `sales_unchanged` has the time at which the sales were still what they were. A first comment
    comes at once, and a heartbeat at least every ten seconds. For a role at one concert the
    refusals of the server are null, and there are no latencies; without the right to read the log
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
            is_due = audience.sees_server and beats % LATENCIES_EVERY == 0
            times = await _latencies(runtime) if is_due else None
        except StoreUnavailable:
            pass  # The next beat asks again.
        except (ConcertNotFound, Unauthenticated, OperatorRequired, RoleRequired):
            return
        else:
            for event in before.changes(view, report, times):
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
        self._sales_at: datetime | None = None
        self._times: object = None
        self._lines: set[UUID] | None = None

    def changes(
        self,
        view: LiveView,
        report: sales.SalesReport | None,
        times: dict[str, CallTimes] | None,
    ) -> Iterator[bytes]:
        """The events of what has changed. The time of a look alone is no change."""
        lines, self._lines = self._lines, {line.id for line in view.lines}
        for line in reversed(view.lines):
            if lines is not None and line.id not in lines:
                yield _event("action", log_entry(line))
        if self._queue != (now := (view.report, view.figures, view.refusals)):
            self._queue = now
            yield _event("queue", live_queue(view))
        if report is not None and self._sales_at != report.at:
            before, self._sales, self._sales_at = self._sales, report.lines, report.at
            if before != report.lines:
                yield _event("sales", sales_body(report))
            else:
                yield _event("sales_unchanged", SalesUnchanged(instant(report.at)))
        if times is not None and self._times != times:
            self._times = times
            yield _event("latencies", latencies_entry(view.at, times))


async def _look(runtime: Runtime, queue_id: str) -> LiveView:
    new = QueueWatch(kept_s=LOOK_KEPT_S, numbers_s=NUMBERS_S)
    watch: QueueWatch = runtime.live_views.setdefault(queue_id, new)
    return await watch.look(runtime, queue_id)


async def _sales(runtime: Runtime, queue_id: str) -> sales.SalesReport:
    return await latest_report(runtime, runtime.catalogue.queue(queue_id).concert_id)


async def _latencies(runtime: Runtime) -> dict[str, CallTimes] | None:
    """None while a store is away, which is no reason to say nothing of the queue."""
    kept = runtime.live_views.setdefault(LATENCIES, Latest(LATENCIES_KEPT_S))
    try:
        times: dict[str, CallTimes] = await kept.get(partial(latencies.of_last_minute, runtime))
    except StoreUnavailable:
        return None
    return times


def _event(name: str, body: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(body))


GATES = (Unauthenticated, OperatorRequired)
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
)
