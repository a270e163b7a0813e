"""대기열 · The queue's numbers, the same for all: as a cacheable answer, and as a stream."""

import hashlib
from collections.abc import AsyncGenerator
from typing import NamedTuple

import msgspec

from yemae.base.rate_limit import ShareRequest
from yemae.concerts.catalogue import Concert
from yemae.http.contract.operation import IF_NONE_MATCH, Answer, Operation, Shown
from yemae.http.server import conditional, sse
from yemae.http.server.call import Call
from yemae.refusals import ConcertNotFound, RateLimited
from yemae.sale import policy
from yemae.sale.place_states import Message, message_of, rounded_down
from yemae.values.instants import Instant, LocalTime, instant, instant_or_none, local_time
from yemae.waiting_room import queue_numbers
from yemae.waiting_room.board import View
from yemae.waiting_room.snapshot import Snapshot

# Of all fans together, in one process.
STREAMS_MAX = 5_000


class Draw(msgspec.Struct, frozen=True):
    """The sealed seed of a draw: its SHA-256 (hex) from the start, the seed (hex) once the sale is
    open, so that the order can be recomputed."""

    sealed: str
    seed: str | None


class LaneBody(msgspec.Struct, frozen=True):
    """A lane of the line: who waits in it, its share of the admissions in percent, and the highest
    number that was admitted from it."""

    name: str
    share: int
    waiting: int
    serving: int | None


class QueuePage(NamedTuple):
    """The queue as it is sent: the body, its tag, and the event of the stream."""

    body: bytes
    tag: bytes
    event: bytes


class QueueBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A concert's queue, the same for all, read once a second. `state` is `before_sale`,
    `prequeue`, `open`, `paused`, `draining`, `sold_out` or `closed`; `serving` is the highest
    number admitted. `absent` fans have a place and have not polled lately; they are not among the
    `waiting`. A place ends when its fan has not been seen for `place_ttl_s` seconds. With
    `proof_of_work` a new place takes a solved challenge. `time_zone` is the zone of the venue's
    clocks in the IANA database."""

    state: policy.State
    queueing_method: str
    waiting: int
    absent: int
    active: int
    active_limit: int
    admit_per_minute: int
    admitted: int
    admitted_per_minute: int | None
    serving: int | None
    seats_left: int | None
    prequeue_opens_at: Instant | None
    prequeue_opens_at_local: LocalTime | None = None
    sale_opens_at: Instant
    sale_opens_at_local: LocalTime | None = None
    time_zone: str | None = None
    place_ttl_s: int
    draw: Draw | None = None
    lanes: tuple[LaneBody, ...] = ()
    message: Message | None = None
    proof_of_work: bool = False


QUEUE = {
    "state": "open",
    "queueing_method": "draw",
    "waiting": 5310,
    "absent": 240,
    "active": 500,
    "active_limit": 500,
    "admit_per_minute": 600,
    "admitted": 8120,
    "admitted_per_minute": 588,
    "serving": 81_203_664_120_711,
    "seats_left": 2000,
    "prequeue_opens_at": "2026-11-22T10:00:00.000Z",
    "prequeue_opens_at_local": "2026-11-22T19:00:00.000+09:00",
    "sale_opens_at": "2026-11-22T11:00:00.000Z",
    "sale_opens_at_local": "2026-11-22T20:00:00.000+09:00",
    "time_zone": "Asia/Seoul",
    "place_ttl_s": 3600,
    "draw": {
        "sealed": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
        "seed": "6b1f9c4f7d2f0b83a1c5e8d9424a7c1190ab36de52f3887a61c04e9fb7d3a250",
    },
}
EVENT = f"id: 41c1a1c2d0f9b8e7\nevent: queue\ndata: {msgspec.json.encode(QUEUE).decode()}\n\n"


async def show_queue(call: Call) -> Answer:
    """The numbers of a queue, public, for a cache in front."""
    concert = call.runtime.catalogue.queue(call.path("concert_id"))
    page = _page(call, concert, await call.runtime.board.view(concert.id))
    return conditional.answer(call, f'"{page.tag.decode()}"', b"public, max-age=1", page.body)


async def follow_queue(call: Call) -> Answer:
    """The same as a stream of server-sent events, one for each change. Something comes at once, and
    at least every ten seconds, if only a comment. It ends after some minutes; a browser's
    `EventSource` reconnects by itself."""
    runtime = call.runtime
    concert = runtime.catalogue.queue(call.path("concert_id"))
    await runtime.board.view(concert.id)
    most = ShareRequest("queue streams", STREAMS_MAX)
    return sse.stream(call, _events(call, concert.id), most)


async def _events(call: Call, concert_id: str) -> AsyncGenerator[bytes, None]:
    """One event for each change; it ends when the concert is gone."""
    board, last = call.runtime.board, b""
    while not board.is_closing:
        concert = call.runtime.catalogue.queues.get(concert_id)
        if concert is None:
            return
        view = board.latest(concert_id)
        if view is not None:
            page = _page(call, concert, view)
            if page.tag != last:
                last = page.tag
                yield page.event
        yield b""
        await board.beat()


def _page(call: Call, concert: Concert, view: View) -> QueuePage:
    """Made once for each view, state, message and change of the settings."""
    now = call.runtime.now()
    state = policy.state_of(concert, now, view.snapshot)
    has_message = concert.has_message(now)
    known: tuple[tuple[policy.State, bool], Concert, QueuePage] | None = view.made.get("page")
    if known is not None and known[0] == (state, has_message) and known[1] is concert:
        return known[2]
    body = msgspec.json.encode(_queue(concert, view, state, message_of(concert, now)))
    tag = hashlib.sha256(body).hexdigest()[:16].encode()
    page = QueuePage(body, tag, b"id: %s\nevent: queue\ndata: %s\n\n" % (tag, body))
    view.made["page"] = ((state, has_message), concert, page)
    return page


def _queue(concert: Concert, view: View, state: policy.State, message: Message | None) -> QueueBody:
    snapshot, rate = view.snapshot, view.admitted_per_s
    lanes = tuple(
        LaneBody(policy.lane_name(concert, i), share, numbers.waiting, _number(numbers.serving))
        for i, (share, numbers) in enumerate(
            zip(policy.shares_of(concert), snapshot.lanes, strict=False)
        )
    )
    return QueueBody(
        state=state,
        queueing_method=concert.queueing_method,
        waiting=snapshot.waiting,
        absent=snapshot.absent,
        active=snapshot.active,
        active_limit=concert.active_limit,
        admit_per_minute=concert.admit_per_minute,
        admitted=snapshot.admitted,
        admitted_per_minute=None if rate is None else round(60 * rate),
        serving=_number(snapshot.lanes[0].serving),
        seats_left=rounded_down(snapshot.seats_left),
        prequeue_opens_at=instant_or_none(concert.prequeue_opens_at),
        prequeue_opens_at_local=local_time(concert.prequeue_opens_at, concert.zone),
        sale_opens_at=instant(concert.sale_opens_at),
        sale_opens_at_local=local_time(concert.sale_opens_at, concert.zone),
        time_zone=concert.time_zone,
        place_ttl_s=concert.place_ttl_s,
        draw=_draw(concert, snapshot),
        lanes=lanes if len(lanes) > 1 else (),
        message=message,
        proof_of_work=concert.proof_of_work,
    )


def _draw(concert: Concert, snapshot: Snapshot) -> Draw | None:
    if concert.queueing_method != "draw":
        return None
    seed = policy.published_seed(concert, snapshot)
    return Draw(queue_numbers.seal(concert.draw_seed), None if seed is None else seed.hex())


def _number(number: int) -> int | None:
    return None if number < 0 else number


OPERATIONS = (
    Operation(
        "show_queue",
        "GET",
        "/v1/concerts/{concert_id}/queue",
        "queue",
        "The queue's numbers, the same for all",
        show_queue,
        parameters=(IF_NONE_MATCH,),
        answers=(
            Shown(200, "The queue", QueueBody, QUEUE, headers=("Cache-Control", "ETag")),
            Shown(304, "The queue is as you know it", headers=("Cache-Control", "ETag")),
        ),
        problems=(ConcertNotFound,),
    ),
    Operation(
        "follow_queue",
        "GET",
        "/v1/concerts/{concert_id}/queue/stream",
        "queue",
        "The queue's numbers as they change, as server-sent events",
        follow_queue,
        answers=(Shown(200, "Events of the same shape", str, EVENT, "text/event-stream"),),
        problems=(ConcertNotFound, RateLimited),
    ),
)
