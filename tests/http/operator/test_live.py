"""The live stream of a sale, as operators read it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, problem_of
from helpers.operators import QUEUE
from helpers.time_travel import travel
from yemae.back_office import latencies
from yemae.back_office.live import QueueWatch
from yemae.back_office.sales import report
from yemae.base import tallies
from yemae.history.tallies import add
from yemae.http.operator import live, sales
from yemae.http.operator.live import Audience, SentBefore
from yemae.http.server.call import Call, Head
from yemae.jobs.keep_history import HistoryKeeper
from yemae.refusals import OperatorRequired, StoreUnavailable

CASH = {"performance_id": FIRST, "seats": ["1"], "tender": "cash", "name": "Ben Lee"}
WITHIN_S = 60.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beats as quick as the stores answer, and nothing to send that other tests have counted."""
    tallies.take()
    monkeypatch.setattr(live, "BEAT_S", 0.01)
    monkeypatch.setattr(live, "LOOK_KEPT_S", 0.0)
    monkeypatch.setattr(live, "NUMBERS_S", 0.0)
    monkeypatch.setattr(live, "SALES_EVERY", 1)
    monkeypatch.setattr(live, "LATENCIES_EVERY", 1)
    monkeypatch.setattr(sales, "KEPT_S", 0.0)
    monkeypatch.setattr(sales, "KEPT_LONGEST_S", 0.0)


async def everything() -> Audience:
    """The gate for an admin."""
    return Audience(sees_log=True, sees_server=True)


async def event(stream: AsyncGenerator[bytes, None], wanted: str) -> dict[str, Any]:
    """The next event of a kind."""
    async with asyncio.timeout(WITHIN_S):
        async for piece in stream:
            head, _, data = piece.decode().strip().partition("\ndata: ")
            if head == f"event: {wanted}":
                return dict(msgspec.json.decode(data))
    raise AssertionError("the stream has ended")


async def test_the_stream_has_the_queue_the_sales_and_each_action(site: Site, op: Visitor) -> None:
    async with aclosing(live.events(site.runtime, HALL, everything)) as stream:
        queue = await event(stream, "queue")
        assert queue["queue"]["control"] == "running"
        assert queue["figures"]["joined"] == 0
        sold = await event(stream, "sales")
        assert sold["total"]["sold"] == 0
        await op.post(f"{QUEUE}/pause")
        action = await event(stream, "action")
        assert (action["who"], action["action"], action["concert_id"]) == ("op", "pause", HALL)
        assert (await event(stream, "queue"))["queue"]["control"] == "paused"
        await op.post("/v1/admin/orders", CASH)
        assert (await event(stream, "action"))["action"] == "sell"
        assert (await event(stream, "sales"))["total"]["sold"] == 1


async def test_what_was_done_before_is_not_sent_again(site: Site, op: Visitor) -> None:
    await op.post(f"{QUEUE}/pause")
    async with aclosing(live.events(site.runtime, HALL, everything)) as stream:
        await event(stream, "queue")
        await op.post(f"{QUEUE}/resume")
        assert (await event(stream, "action"))["action"] == "resume"


async def test_numbers_are_read_once_in_a_while_and_when_the_log_has_a_new_line(
    site: Site, op: Visitor
) -> None:
    watch = QueueWatch(kept_s=0.0, numbers_s=WITHIN_S)
    first = await watch.look(site.runtime, HALL)
    assert await watch.look(site.runtime, HALL) is first
    await op.post(f"{QUEUE}/pause")
    second = await watch.look(site.runtime, HALL)
    assert (first.report.control, second.report.control) == ("running", "paused")
    assert await watch.look(site.runtime, HALL) is second


async def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    async with aclosing(live.events(site.runtime, HALL, everything)) as stream:
        await event(stream, "queue")
        await event(stream, "sales")
        await event(stream, "latencies")
        pieces = [await anext(stream) for _ in range(10)]
        kinds = {piece.split(b"\n")[0] for piece in pieces}
        assert kinds == {b"", b"event: sales_unchanged"}


async def test_a_look_that_finds_the_same_sales_says_when_it_was(site: Site) -> None:
    view = await QueueWatch(kept_s=0.0, numbers_s=0.0).look(site.runtime, HALL)
    found = await report(site.runtime, HALL)
    later = found._replace(at=found.at + timedelta(seconds=5))
    before = SentBefore()
    kinds = [
        [event.split(b"\n")[0] for event in before.changes(view, each, None)]
        for each in (found, found, later, later._replace(lines=[]))
    ]
    assert kinds == [[b"event: queue", b"event: sales"], [], [b"event: sales_unchanged"], []]
    (said,) = before.changes(view, found._replace(lines=[]), None)
    assert said.startswith(b"event: sales\n")


async def test_without_the_log_a_listener_sees_only_what_was_done_to_the_queue(
    site: Site, op: Visitor
) -> None:
    async def at_one_concert() -> Audience:
        return Audience(sees_log=False, sees_server=False)

    async with aclosing(live.events(site.runtime, HALL, at_one_concert)) as stream:
        assert (await event(stream, "queue"))["refusals"] is None
        order = (await op.post("/v1/admin/orders", CASH)).json()
        await op.post(f"/v1/admin/orders/{order['id']}/fan", {"reason": "At the counter"})
        await op.post(f"{QUEUE}/revoke", {"user_id": "ann"})
        await op.post(f"{QUEUE}/pause")
        assert (await event(stream, "action"))["action"] == "pause"
    async with aclosing(live.events(site.runtime, HALL, everything)) as stream:
        assert (await event(stream, "queue"))["refusals"] is not None


async def test_a_stream_asks_what_its_listener_may_see(site: Site) -> None:
    def watching(*roles: str) -> Any:
        """What the gate of the stream says of a caller."""
        call = object.__new__(Call)
        token = site.runtime.issuer.issue("ben", roles=roles).text
        head = [(b"authorization", f"Bearer {token}".encode())]
        Head.__init__(call, head, site.runtime, site.batches)
        call._scope = {"path_params": {"concert_id": HALL}}
        return live._gate_of(call)()

    assert await watching("viewer") == Audience(sees_log=False, sees_server=True)
    assert await watching(f"viewer:{HALL}") == Audience(sees_log=False, sees_server=False)
    assert await watching(f"operator:{HALL}") == Audience(sees_log=True, sees_server=False)
    both = await watching(f"viewer:{HALL}", "operator:elsewhere")
    assert both == Audience(sees_log=False, sees_server=False)
    assert await watching("admin") == await everything()


async def test_a_stream_ends_when_its_listeners_right_ends(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "GATE_EVERY", 3)
    answers: list[Exception | None] = [StoreUnavailable(), None, None, OperatorRequired()]

    async def gate() -> Audience:
        if (refused := answers.pop(0)) is not None:
            raise refused
        return await everything()

    stream = live.events(site.runtime, HALL, gate)
    # A store that is away ends no stream, and nothing is sent until the gate has answered.
    assert await anext(stream) == b""
    assert len([piece async for piece in stream if piece == b""]) == 6
    assert answers == []


async def test_all_who_watch_share_a_look(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LOOK_KEPT_S", WITHIN_S)
    streams = [live.events(site.runtime, HALL, everything) for _ in range(3)]
    first = [await event(stream, "queue") for stream in streams]
    assert first[0] == first[1] == first[2]
    for stream in streams:
        await stream.aclose()


async def test_a_stream_ends_with_its_concert_and_with_the_server(site: Site) -> None:
    stream = live.events(site.runtime, HALL, everything)
    await event(stream, "queue")
    site.runtime.catalogue.queues.pop(HALL)
    assert [piece async for piece in stream if piece.startswith(b"event: queue")] == []
    site.runtime.board.is_closing = True
    assert [piece async for piece in live.events(site.runtime, HALL, everything)] == []


async def test_latencies_of_the_last_minute_are_for_roles_on_the_whole_server(site: Site) -> None:
    async def at_one_concert() -> Audience:
        return Audience(sees_log=True, sees_server=False)

    await HistoryKeeper().keep_history(site.runtime)
    travel(site.runtime, 61)
    await add(site.runtime.valkey, tallies.LATENCIES, {"hold 30": 4})
    async with aclosing(live.events(site.runtime, HALL, everything)) as stream:
        calls = (await event(stream, "latencies"))["calls"]
        assert calls["hold"] == {"count": 4, "p50_ms": 90.0, "p99_ms": 99.8}
    async with aclosing(live.events(site.runtime, HALL, at_one_concert)) as stream:
        pieces = [await anext(stream) for _ in range(10)]
        assert not [piece for piece in pieces if piece.startswith(b"event: latencies")]


async def test_the_stream_goes_on_without_latencies(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(latencies, "of_last_minute", away)
    async with aclosing(live.events(site.runtime, HALL, everything)) as stream:
        pieces = [await anext(stream) for _ in range(10)]
    assert [piece for piece in pieces if piece.startswith(b"event: queue")]
    assert not [piece for piece in pieces if piece.startswith(b"event: latencies")]


async def test_it_is_for_roles_that_see_the_queue(site: Site, op: Visitor) -> None:
    path = f"/v1/admin/concerts/{HALL}/live"
    problem_of(await site.visitor("fan").get(path), 403, "operator-required")
    problem_of(await op.get("/v1/admin/concerts/nowhere/live"), 404, "concert-not-found")
    head = await op.ask("HEAD", path)
    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream")
