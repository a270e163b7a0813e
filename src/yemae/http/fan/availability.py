"""잔여 좌석 · Which seats of a plan are taken: as a bitmap, and as a stream of what changes."""

import base64
from collections.abc import AsyncGenerator

import msgspec

from yemae.base.rate_limit import ShareRequest
from yemae.concerts.seat_map.taken import tag_of
from yemae.concerts.seat_map.watch import Watch
from yemae.http.concert_shapes import EXAMPLE_PERFORMANCE
from yemae.http.contract.operation import (
    ENTRY_PROOF,
    ENTRY_TOKEN,
    IF_NONE_MATCH,
    Answer,
    Operation,
    Parameter,
    Shown,
)
from yemae.http.fan.concerts import ENTRY_PROBLEMS
from yemae.http.server import conditional, sse
from yemae.http.server.call import Call
from yemae.refusals import InvalidRequest, PerformanceNotFound, RateLimited, SaleClosed
from yemae.sale.looks import watch_seats

VERSION_MAX = 2**53
# Of all fans together, in one process.
STREAMS_MAX = 5_000

SINCE = Parameter(
    "since",
    "query",
    "The `version` that you have: the stream goes on from there if it can, and begins with `reset` "
    "otherwise.",
    {"type": "integer", "minimum": 0, "maximum": VERSION_MAX},
)


class SeatsTaken(msgspec.Struct, frozen=True):
    """`taken` has a bit for each seat in plan order, as Base64: seat i is bit `i & 7` (the least
    significant first) of byte `i >> 3`, 1 for taken. A later look has a higher `version`. `plan`
    names the plan that the order is of, as in the list of dates."""

    version: int
    plan: str
    taken: str


class SeatsChanged(msgspec.Struct, frozen=True):
    """Seats by their place in the plan order, from 0."""

    version: int
    taken: list[int]
    freed: list[int]


EXAMPLE_TAKEN = {
    "version": 1795345200000000,
    "plan": EXAMPLE_PERFORMANCE["plan"],
    "taken": "QAAAAAAAAA==",
}
EXAMPLE_CHANGED = {"version": 1795345200250000, "taken": [7, 8], "freed": [6]}
EXAMPLE_EVENTS = (
    f"event: reset\ndata: {msgspec.json.encode(EXAMPLE_TAKEN).decode()}\n\n"
    f"event: seats\ndata: {msgspec.json.encode(EXAMPLE_CHANGED).decode()}\n\n"
)


async def show_availability(call: Call) -> Answer:
    """Which seats are held or sold, from this process's memory: at most a second old."""
    watch = await _watch(call)
    body, tag = _body(watch)
    return conditional.answer(call, tag, b"private, no-cache", body)


async def follow_availability(call: Call) -> Answer:
    """What changes, as server-sent events: `reset` with the whole bitmap at first (unless `since`
    is known here), then `seats` with what was taken and freed. A first comment comes at once, and a
    heartbeat at least every ten seconds: a stream that is silent for longer is dead or buffered by
    a proxy. It ends after some minutes or when there is another plan: connect again, with
    `since`."""
    watch = await _watch(call)
    since = _since(call)
    most = ShareRequest("seat map streams", STREAMS_MAX)
    return sse.stream(call, _events(watch, since), most, call.user_id())


async def _watch(call: Call) -> Watch:
    entry = await call.entry()
    return await watch_seats(call.runtime, entry, call.path("performance_id"))


def _since(call: Call) -> int:
    text = call.query("since")
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 17 and int(text) <= VERSION_MAX):
        raise InvalidRequest.of("since", "not a version of this performance")
    return int(text)


async def _events(watch: Watch, last: int) -> AsyncGenerator[bytes, None]:
    """One event for all that has changed since the last one. A client that reads slowly gets fewer
    of them, or a `reset`; nothing is kept for it meanwhile."""
    watch.listeners += 1
    try:
        while not watch.is_over:
            version = watch.taken.version
            if version != last:
                yield _event(watch, last)
                last = version
            yield b""
            if watch.taken.version == last:
                await watch.beat()
    finally:
        watch.listeners -= 1


def _event(watch: Watch, last: int) -> bytes:
    """The event that leads from a version to the present one, made once for all who have it."""
    difference = watch.taken.since(last)
    key = "reset" if difference is None else f"since {last}"
    if key not in watch.made:
        if difference is None:
            watch.made[key] = b"event: reset\ndata: %b\n\n" % _body(watch)[0]
        else:
            data = msgspec.json.encode(SeatsChanged(*difference))
            watch.made[key] = b"event: seats\ndata: %b\n\n" % data
    event: bytes = watch.made[key]
    return event


def _body(watch: Watch) -> tuple[bytes, str]:
    """The whole bitmap and its tag, which is the same in every process."""
    if "body" not in watch.made:
        bitmap = watch.taken.shown
        taken = base64.b64encode(bitmap).decode()
        body = msgspec.json.encode(SeatsTaken(watch.taken.version, watch.plan.digest, taken))
        watch.made["body"] = body, tag_of(watch.plan.digest, bitmap)
    body, tag = watch.made["body"]
    return body, tag


PATH = "/v1/performances/{performance_id}/availability"
OPERATIONS = (
    Operation(
        "show_availability",
        "GET",
        PATH,
        "concerts",
        "Which seats are taken",
        show_availability,
        signed_in=True,
        parameters=(ENTRY_TOKEN, ENTRY_PROOF, IF_NONE_MATCH),
        answers=(
            Shown(200, "The bitmap", SeatsTaken, EXAMPLE_TAKEN, headers=("Cache-Control", "ETag")),
            Shown(304, "All is as you know it", headers=("Cache-Control", "ETag")),
        ),
        problems=(*ENTRY_PROBLEMS, PerformanceNotFound, SaleClosed),
        step="seats",
    ),
    Operation(
        "follow_availability",
        "GET",
        f"{PATH}/stream",
        "concerts",
        "Which seats are taken and freed, as server-sent events",
        follow_availability,
        signed_in=True,
        parameters=(ENTRY_TOKEN, ENTRY_PROOF, SINCE),
        answers=(Shown(200, "Events", str, EXAMPLE_EVENTS, "text/event-stream"),),
        problems=(*ENTRY_PROBLEMS, PerformanceNotFound, SaleClosed, InvalidRequest, RateLimited),
        step="seats",
    ),
)
