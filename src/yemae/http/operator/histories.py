"""The history of a sale and of the server, for operators: figures, refusals and latencies over
time, for each second of the last hour or each minute of the last 30 days."""

from datetime import datetime, timedelta
from typing import get_args

from yemae.back_office import latencies, live
from yemae.history.history import Resolution
from yemae.http.contract.operation import Answer, Operation, Parameter, Shown
from yemae.http.operator.latency_shapes import EXAMPLE_LATENCIES, LatenciesBody, latencies_body
from yemae.http.operator.live_shapes import (
    EXAMPLE_HISTORY,
    EXAMPLE_REFUSALS,
    HistoryBody,
    RefusalsBody,
    RefusalsEntry,
    history_entry,
)
from yemae.http.operator.sales import since_of
from yemae.http.server.call import Call
from yemae.refusals import ConcertNotFound, InvalidRequest, OperatorRequired, Unauthenticated
from yemae.values.instants import instant

POINTS_MAX = 3_600
RESOLUTIONS: tuple[Resolution, ...] = get_args(Resolution)
WHOLE: dict[Resolution, timedelta] = {"1s": timedelta(hours=1), "1m": timedelta(days=30)}


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


async def show_latencies(call: Call) -> Answer:
    """How long fans' calls took, in the same two resolutions, of all concerts and nodes."""
    call.operator()
    resolution = _resolution(call)
    since = _since(call, resolution)
    found = await latencies.history_of(call.runtime, resolution, since=since, limit=POINTS_MAX + 1)
    return Answer(200, latencies_body(resolution, found, POINTS_MAX))


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

OPERATIONS = (
    Operation(
        "show_history",
        "GET",
        "/v1/admin/concerts/{concert_id}/history",
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
    Operation(
        "show_latencies",
        "GET",
        "/v1/admin/latencies/history",
        "admin",
        "How long calls took, over time",
        show_latencies,
        (Shown(200, "The history", LatenciesBody, EXAMPLE_LATENCIES),),
        (*GATES, InvalidRequest),
        parameters=OF_HISTORY,
        signed_in=True,
    ),
)
