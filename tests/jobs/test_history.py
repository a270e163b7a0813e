"""The history is written second by second from the counts of all processes."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from helpers.concerts import HALL
from helpers.fans import Fan
from helpers.time_travel import travel
from yemae.back_office import live
from yemae.base import tallies
from yemae.concerts.catalogue import Concert
from yemae.history import history
from yemae.history.history import HistoryPoint
from yemae.http.operator.live_shapes import live_queue
from yemae.jobs import keep_history
from yemae.jobs.keep_history import HistoryKeeper
from yemae.jobs.send_tallies import send_tallies
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime, Stores, open_runtime
from yemae.sale import figures
from yemae.sale.figures import QueueNumbers
from yemae.settings import Settings


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    """Tests share a process, and so what it counts."""
    tallies.take()
    yield
    tallies.take()


async def points(
    runtime: Runtime, queue_id: str = HALL, resolution: history.Resolution = "1s"
) -> list[HistoryPoint]:
    since = datetime(2000, 1, 1, tzinfo=UTC)
    async with runtime.postgres.transaction() as tx:
        return await history.read(tx, queue_id, resolution, since=since, limit=100)


async def test_orders_joins_and_refusals_are_in_the_next_second(runtime: Runtime) -> None:
    keeper = HistoryKeeper()
    await keeper.keep_history(runtime)
    fan = Fan(runtime, "ann")
    await fan.top_up()
    await fan.enter()
    await fan.hold("1")
    await fan.pay()
    tallies.count(tallies.SERVER, "seat-taken", 2)
    tallies.count(tallies.LATENCIES, "poll 7", 3)
    figures.count_refusal(HALL, "hold", "seat-taken")
    await send_tallies(runtime)
    travel(runtime, 1)
    await keeper.keep_history(runtime)
    before, after = await points(runtime)
    counted = ("joined", "admitted", "holds", "payments_begun", "payments")
    assert [before.figures[name] for name in counted] == [0, 0, 0, 0, 0]
    assert [after.figures[name] for name in counted] == [1, 1, 1, 1, 1]
    assert after.figures["active_limit"] == 100
    _, refused = await points(runtime, tallies.SERVER)
    assert refused.figures == {"seat-taken": 2}
    assert (before.figures["refusals"], after.figures["refusals"]) == (
        {},
        {"hold": {"seat-taken": 1}},
    )
    _, latencies = await points(runtime, tallies.LATENCIES)
    assert latencies.figures == {"poll": {"7": 3}}


async def test_a_second_without_a_change_has_no_row_and_a_minute_has_one(runtime: Runtime) -> None:
    keeper = HistoryKeeper()
    assert await keeper.keep_history(runtime) == 8
    travel(runtime, 1)
    assert await keeper.keep_history(runtime) == 0
    # Another node starts, and writes what it finds.
    await HistoryKeeper().keep_history(runtime)
    travel(runtime, 60)
    await Fan(runtime, "ann").join()
    assert await keeper.keep_history(runtime) == 2
    assert len(await points(runtime)) == 3
    assert len(await points(runtime, resolution="1m")) in (2, 3)


async def test_what_happened_late_in_a_minute_is_in_the_row_of_the_next(runtime: Runtime) -> None:
    keeper = HistoryKeeper()
    travel(runtime, 60 - runtime.now().second)
    await keeper.keep_history(runtime)
    travel(runtime, 2)
    await Fan(runtime, "ann").join()
    await keeper.keep_history(runtime)
    travel(runtime, 60)
    # Nothing has changed since, but the minute is a new one.
    assert await keeper.keep_history(runtime) == 1
    first, last = await points(runtime, resolution="1m")
    assert (first.figures["joined"], last.figures["joined"]) == (0, 1)
    assert last.at.second == 0


async def test_a_queue_that_valkey_does_not_answer_keeps_no_other_out(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Queues lie on several servers of a cluster."""
    usual = figures.of_queue
    runtime.catalogue.queues["other"] = msgspec.structs.replace(
        runtime.catalogue.queues[HALL], id="other"
    )

    async def of_queue(stores: Stores, queue: Concert) -> QueueNumbers:
        if queue.id == HALL:
            raise StoreUnavailable
        return await usual(stores, queue)

    monkeypatch.setattr(figures, "of_queue", of_queue)
    await HistoryKeeper().keep_history(runtime)
    assert await points(runtime) == []
    assert len(await points(runtime, "other")) == 1


async def test_of_too_many_queues_some_are_read_in_one_second_and_others_in_the_next(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_history, "QUEUES_MAX", 1)
    hall = runtime.catalogue.queues[HALL]
    runtime.catalogue.queues["other"] = hall
    keeper = HistoryKeeper()
    assert [len(keeper._chosen(runtime, runtime.now())) for _ in range(3)] == [1, 1, 1]
    monkeypatch.setattr(keep_history, "QUEUES_MAX", 2)
    assert len(keeper._chosen(runtime, runtime.now())) == 2


async def test_a_sale_that_has_not_begun_or_is_over_has_no_history(runtime: Runtime) -> None:
    keeper = HistoryKeeper()
    assert keeper._chosen(runtime, datetime(2020, 1, 1, tzinfo=UTC)) == []
    assert keeper._chosen(runtime, datetime(2035, 1, 1, tzinfo=UTC)) == []


async def test_figures_are_those_of_the_waiting_room(runtime: Runtime) -> None:
    for user_id in ("ann", "ben"):
        await Fan(runtime, user_id).join()
    found = await figures.of_queue(runtime, runtime.catalogue.queue(HALL))
    assert (found.waiting, found.active, found.joined, found.wait_p50_s) == (2, 0, 2, None)


@pytest.mark.usefixtures("usual_concert")
async def test_without_valkey_there_is_a_gap_and_no_count_is_lost(settings: Settings) -> None:
    async with open_runtime(settings.replace(valkey_url="valkey://127.0.0.1:1")) as runtime:
        tallies.count(HALL, "holds", 3)
        await send_tallies(runtime)
        assert tallies.take() == {HALL: {"holds": 3}}
        assert await HistoryKeeper().keep_history(runtime) == 0
        assert await points(runtime) == []
        view = await live.QueueWatch(kept_s=0.0, numbers_s=0.0).look(runtime, HALL)
        assert (view.figures, view.refusals, view.report.counts) == (None, None, None)
        assert live_queue(view).figures is None
