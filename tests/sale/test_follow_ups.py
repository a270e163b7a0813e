"""What follows a commit: whatever becomes of it, the answers are those of the commit."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY
from structlog.testing import LogCapture

from helpers.batches import Trip, gather_behind, opened
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from races.test_best_available import wanted
from yemae.base import batching, metrics
from yemae.base.batching import FollowUp
from yemae.concerts.seat_map.availability import Availability
from yemae.jobs import sweep
from yemae.orders.order import Order
from yemae.refusals import EntryTokenExpired, SeatTaken, StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale import hold_best
from yemae.sale.batches import Batches
from yemae.sale.decide_payments import Paid
from yemae.store.valkey import Valkey
from yemae.waiting_room import passes

FAILURES = "yemae_follow_up_failures_total"
# As uvloop says it, of a connection that was reset during Valkey's greeting.
GONE = RuntimeError(
    "unable to perform operation on <TCPTransport closed=True reading=False 0x7f>; "
    "the handler is closed"
)


def failures(verb: str, step: str) -> float:
    """How many were counted."""
    return REGISTRY.get_sample_value(FAILURES, {"verb": verb, "step": step}) or 0.0


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    """What the batches log, whatever logger they have used before."""
    capture = LogCapture()
    logger = structlog.wrap_logger(
        structlog.ReturnLogger(), processors=[capture], wrapper_class=structlog.BoundLogger
    )
    monkeypatch.setattr(batching, "log", logger)
    return capture


def steps_logged(log: LogCapture) -> set[tuple[str, str]]:
    """The verb and step of each failure that was logged."""
    return {
        (entry["verb"], entry["step"])
        for entry in log.entries
        if entry["event"] == "follow-up failed"
    }


# --- In a batch ---------------------------------------------------------------------------------


def failing(error: Exception) -> Callable[..., Awaitable[None]]:
    """A step that fails so."""

    async def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("error", [StoreUnavailable(), GONE, KeyError("a fault of ours")])
async def test_a_follow_up_that_fails_changes_no_answer_and_runs_nothing_again(
    error: Exception, log: LogCapture
) -> None:
    done: list[str] = []

    async def note() -> None:
        done.append("noted")

    trip = Trip()
    trip.follow_ups = [FollowUp("broken", failing(error)), FollowUp("fine", note)]
    before = failures("test", "broken")
    async with opened(trip) as batch:
        tasks = await gather_behind(batch, trip, [1, 2])
        trip.go.set()
        assert await asyncio.gather(*tasks) == ["0", "1", "2"]
    assert trip.batches == [[0], [1, 2]]
    assert done == ["noted", "noted"], "the steps behind the broken one are run"
    assert failures("test", "broken") == before + 2
    assert steps_logged(log) == {("test", "broken")}


async def test_callers_find_the_follow_ups_done() -> None:
    """A payment that was answered has ended its pass."""
    done: list[int] = []
    trip = Trip()

    async def note() -> None:
        await asyncio.sleep(0)
        done.append(1)

    trip.follow_ups = [FollowUp("note", note)]
    async with opened(trip) as batch:
        assert await batch.submit(1) == "1"
        assert done == [1]


async def test_no_caller_waits_for_a_follow_up_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "FOLLOW_UPS_S", 0.01)
    hanging = asyncio.Event()
    trip = Trip()
    trip.follow_ups = [FollowUp("hangs", lambda: _wait(hanging))]
    async with opened(trip) as batch:
        for request in range(3):
            assert await batch.submit(request) == str(request)
        closing = asyncio.create_task(batch.close())
        await asyncio.sleep(0)
        assert not closing.done(), "it is finished before the process ends"
        hanging.set()
        await closing


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def test_a_task_that_is_cancelled_behind_the_commit_answers_what_was_done() -> None:
    hanging = asyncio.Event()
    trip = Trip()
    trip.follow_ups = [FollowUp("hangs", lambda: _wait(hanging))]
    async with opened(trip) as batch:
        caller = asyncio.create_task(batch.submit(1))
        while not batch._following:  # noqa: ASYNC110 - it waits for what happens inside the batch
            await asyncio.sleep(0)
        for task in batch._tasks:
            task.cancel()
        assert await caller == "1"
        hanging.set()


# --- In the journey -----------------------------------------------------------------------------


def broken_seat_map(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seat map of this process fails."""

    def fail(*_: object) -> None:
        raise KeyError("a seat of another plan")

    monkeypatch.setattr(Availability, "note", fail)


def broken_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Valkey's connection is reset in the greeting."""
    monkeypatch.setattr(passes, "extend_passes", failing_call)
    monkeypatch.setattr(passes, "end_passes", failing_call)


async def failing_call(valkey: Valkey, *_: object) -> None:
    await valkey._ask(failing(GONE)())  # type: ignore[arg-type]


def broken_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk of the metrics' files is full, so that no counter works."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for counter in (metrics.HOLDS, metrics.PAYMENTS, metrics.FOLLOW_UP_FAILURES):
        monkeypatch.setattr(counter, "labels", fail)


Break = Callable[[pytest.MonkeyPatch], None]
BREAKS: list[Break] = [broken_seat_map, broken_passes, broken_metrics]
STEPS: dict[Break, set[tuple[str, str]]] = {
    broken_seat_map: {("hold", "seat map"), ("pay", "seat map")},
    broken_passes: {("hold", "passes extended"), ("pay", "passes ended")},
    broken_metrics: {("hold", "metrics"), ("pay", "metrics")},
}


@pytest.mark.parametrize("break_it", BREAKS)
async def test_what_is_committed_is_answered_so_whatever_follows_it(
    runtime: Runtime,
    batches: Batches,
    monkeypatch: pytest.MonkeyPatch,
    log: LogCapture,
    break_it: Break,
) -> None:
    fans = [Fan(runtime, f"fan-{n}") for n in range(5)]
    for fan in fans:
        await fan.enter()
        await fan.top_up()
    # A fan looks at the map.
    watch = await runtime.availability.watch(runtime.catalogue.performance("hall-1"))
    counted = {step: failures(*step) for step in STEPS[break_it]}
    with monkeypatch.context() as broken:
        break_it(broken)
        held = await asyncio.gather(
            *(batches.hold.submit(fan.hold_request(str(n + 1))) for n, fan in enumerate(fans))
        )
        paid = await asyncio.gather(
            *(
                batches.pay.submit(fan.pay_request(order.id))
                for fan, order in zip(fans, held, strict=True)
            )
        )
    assert all(isinstance(order, Order) for order in held)
    assert all(isinstance(payment, Paid) for payment in paid)
    assert steps_logged(log) == STEPS[break_it]
    if break_it is not broken_metrics:
        assert all(failures(*step) > before for step, before in counted.items())
    # The check of the map and the sweep put right what was left.
    watch = await runtime.availability.watch(runtime.catalogue.performance("hall-1"), max_age_s=0.0)
    positions = {watch.plan.positions[str(n + 1)] for n in range(5)}
    assert all(watch.taken.is_taken(position) for position in positions)
    await sweep.sweep(runtime, datetime.now(UTC))
    for fan in fans:
        with pytest.raises(EntryTokenExpired):
            await fan.check_entry()
    await assert_reconciled(runtime)


async def test_a_best_available_hold_is_answered_although_its_batch_fails_behind_it(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two fans one gets seats; while the other is offered other ones, the store goes away."""
    original = hold_best._hold_offers

    async def away_after_the_first(*given: Any, wait: bool) -> batching.Done[Order]:
        if given[2]:
            raise StoreUnavailable
        done = await original(*given, wait=wait)
        return batching.Done([done.answers[0], SeatTaken(["1"])], done.follow_ups)

    monkeypatch.setattr(hold_best, "_hold_offers", away_after_the_first)
    done = await hold_best.hold_best(runtime, [wanted(runtime, name, 2) for name in ("one", "two")])
    assert isinstance(done.answers[0], Order)
    assert isinstance(done.answers[1], StoreUnavailable)
    assert len(done.follow_ups) == 3


async def test_a_best_available_batch_that_fails_before_any_commit_is_one_to_run_again(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold_best, "_hold_offers", failing(StoreUnavailable()))
    with pytest.raises(StoreUnavailable):
        await hold_best.hold_best(runtime, [wanted(runtime, "one", 2)])


async def test_the_sweep_repairs_passes_until_one_run_left_nothing_undone(
    runtime: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Valkey is away for the payment and for the sweeps of the next minutes."""
    await fan.enter()
    await fan.top_up()
    await fan.hold("1")
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    await sweep.sweep(runtime, minute)
    with monkeypatch.context() as broken:
        broken_passes(broken)
        await fan.pay()
        for later in range(1, 5):
            swept = await sweep.sweep(runtime, minute + timedelta(minutes=later))
            assert swept is not None
            assert swept.failures
    await fan.check_entry()
    await sweep.sweep(runtime, minute + timedelta(minutes=5))
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()
