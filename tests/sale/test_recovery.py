"""The beginning of a queue and its repair: the rules of a recovery, what is counted and said."""

from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
import structlog
from prometheus_client import REGISTRY
from structlog.testing import LogCapture
from valkey import Valkey as BlockingValkey

from helpers.concerts import HALL, load_concert
from helpers.fans import Fan
from helpers.sales import PRESALE, in_phases
from yemae.concerts.catalogue import Concert
from yemae.runtime import LastKnown, Runtime, open_runtime
from yemae.sale import admission, policy, recovery
from yemae.sale.recovery import Begun
from yemae.settings import Settings
from yemae.waiting_room import counts, losses
from yemae.waiting_room.keys import keys_of
from yemae.waiting_room.losses import Recovery

LOSSES = "yemae_queue_losses_total"


@pytest.fixture
def hall(runtime: Runtime) -> Concert:
    return runtime.catalogue.concert(HALL)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    """What a recovery logs."""
    capture = LogCapture()
    logger = structlog.wrap_logger(
        structlog.ReturnLogger(), processors=[capture], wrapper_class=structlog.BoundLogger
    )
    monkeypatch.setattr(recovery, "log", logger)
    return capture


def losses_counted() -> float:
    return REGISTRY.get_sample_value(LOSSES, {"concert": HALL}) or 0.0


async def generation(runtime: Runtime) -> tuple[str, bool]:
    """What PostgreSQL knows of the queue."""
    async with runtime.postgres.transaction() as tx:
        sent = await tx.send(recovery.GENERATION_OF_QUEUE, concert_id=HALL)
        begun = await sent.one()
    return begun.generation, begun.has_begun


async def begin(runtime: Runtime) -> list[Fan]:
    """A queue with one fan inside who holds a seat, and one in line."""
    fans = [Fan(runtime, name) for name in ("inside", "waiting")]
    await fans[0].enter()
    await fans[0].hold("1")
    await fans[1].join()
    return fans


def lose(runtime: Runtime, part: str | None = None) -> None:
    with BlockingValkey.from_url(runtime.settings.stores.valkey_url) as client:
        if part is None:
            client.flushall()
        else:
            (key,) = [key for key in keys_of(HALL) if key.endswith(part)]
            client.delete(key)


# --- Rules ----------------------------------------------------------------------------------------


async def test_a_recovery_goes_by_what_this_process_and_postgres_know(
    runtime: Runtime, hall: Concert
) -> None:
    pace = policy.pace(runtime, hall)
    rules = recovery.recovery_of(runtime, hall, "new", Begun("old", True, 7))
    assert rules == Recovery(
        "new",
        True,
        pace.longest_ms + recovery.MARGIN_MS,
        hall.entry_ttl_s,
        hall.place_ttl_s,
        7,
        pace.patience_ms(0),
    )
    for active, inside in ((9, 9), (5, 7)):
        runtime.last_known[HALL] = LastKnown(active, 4_000)
        known = recovery.recovery_of(runtime, hall, "new", Begun("old", True, 7))
        assert known == rules._replace(
            wait_ms=recovery.wait_ms(runtime, hall, 4_000),
            inside=inside,
            patience_ms=pace.patience_ms(4_000),
        )
    runtime.last_known.clear()
    assert recovery.recovery_of(runtime, hall, "new", Begun("old", False, 0)).inside == 0


@pytest.mark.parametrize(
    ("opened_s", "waiting", "asked_again_ms"),
    [
        (3_600, None, 60_000),
        # Fans who joined before the opening may have been given the longest interval.
        (30, 1_500, 60_000),
        (90, 1_500, 2 * 16_000),
        (90, 100_000, 60_000),
        # A page that is hidden asks more seldom than the front does.
        (90, 0, recovery.HIDDEN_POLL_MS),
    ],
)
async def test_admission_waits_for_the_polls_of_all_who_wait(
    runtime: Runtime,
    hall: Concert,
    monkeypatch: pytest.MonkeyPatch,
    opened_s: int,
    waiting: int | None,
    asked_again_ms: int,
) -> None:
    monkeypatch.setattr(runtime.load, "stretch", 1.0)
    monkeypatch.setattr(runtime.load, "adjust", lambda _: None)
    opens_at = runtime.now() - timedelta(seconds=opened_s)
    opened = msgspec.structs.replace(hall, sale_opens_at=opens_at)
    found = recovery.wait_ms(runtime, opened, waiting)
    assert found == asked_again_ms + recovery.MARGIN_MS


async def test_a_queue_keeps_the_generation_that_its_first_try_gave_it(
    runtime: Runtime, hall: Concert, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as short:
        short.setattr(recovery, "STEPS_MAX", 0)
        assert not await recovery.recover(runtime, hall)
    first, has_begun = await generation(runtime)
    assert not has_begun
    assert await recovery.recover(runtime, hall)
    assert await generation(runtime) == (first, True)


async def test_a_repair_of_many_steps_is_done_in_one_tick(
    runtime: Runtime, hall: Concert, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(runtime)
    for n in range(8):
        await Fan(runtime, f"fan-{n}").join()
    lose(runtime, "seen")
    monkeypatch.setattr(losses, "recover", partial(losses.recover, step=1))
    assert await recovery.recover(runtime, hall)


async def test_a_pass_that_has_paid_does_not_come_back_with_another_hold(
    runtime: Runtime, hall: Concert
) -> None:
    fan = Fan(runtime, "fan")
    await fan.enter()
    await fan.top_up()
    paid, _ = await fan.hold("1"), await fan.hold("2")
    await fan.pay(paid.id)
    lose(runtime)
    assert await recovery.recover(runtime, hall)
    assert (await counts.snapshot(runtime.valkey, HALL)).active == 0


async def test_passes_come_back_to_the_phase_that_they_are_of(settings: Settings) -> None:
    await load_concert(settings, in_phases())
    async with open_runtime(settings) as runtime:
        fan = Fan(runtime, "fan", PRESALE)
        await fan.enter()
        await fan.hold("1")
        lose(runtime)
        for queue_id, active in ((HALL, 0), (PRESALE, 1)):
            assert await recovery.recover(runtime, runtime.catalogue.queue(queue_id))
            assert (await counts.snapshot(runtime.valkey, queue_id)).active == active


async def test_how_many_are_inside_is_kept_for_a_loss(runtime: Runtime, hall: Concert) -> None:
    assert await recovery.recover(runtime, hall)
    for inside in (7, 0):
        async with runtime.postgres.transaction() as tx:
            await recovery.note_inside(tx, HALL, inside)
        async with runtime.postgres.transaction() as tx:
            sent = await tx.send(recovery.GENERATION_OF_QUEUE, concert_id=HALL)
            assert (await sent.one()).inside == inside


async def test_a_queue_that_begins_is_no_loss(
    runtime: Runtime, hall: Concert, log: LogCapture
) -> None:
    counted = losses_counted()
    assert await recovery.recover(runtime, hall)
    known, has_begun = await generation(runtime)
    assert has_begun
    assert await recovery.recover(runtime, hall), "there is nothing to repair"
    assert await generation(runtime) == (known, True)
    assert log.entries == []
    assert losses_counted() == counted


async def test_a_queue_that_is_lost_whole_is_counted_said_and_begins_another_generation(
    runtime: Runtime, hall: Concert, log: LogCapture
) -> None:
    await begin(runtime)
    before, _ = await generation(runtime)
    counted = losses_counted()
    lose(runtime)
    runtime.last_known[HALL] = LastKnown(3, 1)
    assert await recovery.recover(runtime, hall)
    after, has_begun = await generation(runtime)
    assert has_begun
    assert after != before
    assert losses_counted() == counted + 1
    assert log.entries == [said(runtime, hall, ("all",), restored=1, stops=True)]


@pytest.mark.parametrize(("part", "stops"), [("line", True), ("seen", False)])
async def test_a_lost_part_is_said_and_stops_admission_only_where_places_are_lost(
    runtime: Runtime, hall: Concert, log: LogCapture, part: str, stops: bool
) -> None:
    await begin(runtime)
    before = await generation(runtime)
    lose(runtime, part)
    runtime.last_known[HALL] = LastKnown(3, 1)
    assert await recovery.recover(runtime, hall, goes_on=True)
    assert await generation(runtime) == before
    assert log.entries == [said(runtime, hall, (part,), restored=0, stops=stops)]


def said(
    runtime: Runtime, hall: Concert, parts: tuple[str, ...], *, restored: int, stops: bool
) -> dict[str, Any]:
    """What is logged of a loss."""
    return {
        "event": "valkey has lost data of a queue",
        "log_level": "error",
        "concert": HALL,
        "parts": parts,
        "inside_before": 3,
        "passes_restored": restored,
        "admission_stops_for_s": recovery.wait_ms(runtime, hall, 1) / 1000 if stops else 0,
    }


async def test_a_repair_that_its_tick_does_not_finish_is_not_done(
    runtime: Runtime, hall: Concert, monkeypatch: pytest.MonkeyPatch, log: LogCapture
) -> None:
    await begin(runtime)
    lose(runtime)
    with monkeypatch.context() as short:
        short.setattr(recovery, "STEPS_MAX", 0)
        assert not await recovery.recover(runtime, hall)
    assert log.entries == []
    await admission.admit(runtime, hall)
    assert len(log.entries) == 1
