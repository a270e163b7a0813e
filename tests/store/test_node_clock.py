"""A node whose clock is wrong: it decides by the stores' clocks, says how far it is off, and past a
limit takes no requests."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from helpers.concerts import HALL, load_concert
from helpers.fans import Fan
from yemae.back_office import draw_audit
from yemae.base import metrics
from yemae.jobs import scheduler, sweep
from yemae.runtime import Runtime, open_runtime
from yemae.sale import policy
from yemae.settings import Settings
from yemae.store.node_clock import WARN_S
from yemae.waiting_room import passes

MINUTE_S, HOUR_S = 60.0, 3_600.0
MINUTE = timedelta(minutes=1)
real_time = time.time


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set this machine's clock, as far as Python code can tell, so far ahead of the stores'."""

    def set_ahead(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real_time() + seconds)

    return set_ahead


@asynccontextmanager
async def node(settings: Settings) -> AsyncIterator[Runtime]:
    await load_concert(settings)
    async with open_runtime(settings) as opened:
        yield opened


def is_near(moment_s: float, other_s: float) -> bool:
    return abs(moment_s - other_s) < 1.0


@pytest.mark.parametrize("ahead_s", [90.0, HOUR_S, -HOUR_S, 0.0])
async def test_a_node_keeps_the_stores_time_whatever_its_own_clock_says(
    settings: Settings, set_clock: Callable[[float], None], ahead_s: float
) -> None:
    set_clock(ahead_s)
    async with node(settings) as runtime:
        assert is_near(runtime.now().timestamp(), real_time())
        assert is_near(runtime.clock.sale_now_s(), real_time())
        assert is_near(runtime.tokens.entry.now(), real_time())
        assert is_near(runtime.clock.offset_s, ahead_s)
        # A clock that is set meanwhile changes nothing, before the next measurement too.
        set_clock(ahead_s + 500)
        assert is_near(runtime.now().timestamp(), real_time())
        assert is_near(runtime.clock.offset_s, ahead_s + 500)


async def opens_in(runtime: Runtime, seconds: float, prequeue_s: float = -MINUTE_S) -> None:
    """A draw whose prequeue and sale open then, by the real time."""
    async with runtime.postgres.transaction() as tx:
        await tx.send(
            b"update concerts set queueing_method = 'draw', "
            b"prequeue_opens_at = to_timestamp(%(prequeue)s::float8), "
            b"sale_opens_at = to_timestamp(%(sale)s::float8), "
            b"revision = nextval('catalogue_revision')",
            prequeue=real_time() + prequeue_s,
            sale=real_time() + seconds,
        )
    await runtime.catalogue.refresh()


async def test_a_draw_keeps_its_seed_until_the_clock_that_gives_numbers_out_has_opened(
    settings: Settings, set_clock: Callable[[float], None]
) -> None:
    set_clock(90)
    async with node(settings) as runtime:
        await opens_in(runtime, MINUTE_S)
        hall = runtime.catalogue.concert(HALL)
        assert (await draw_audit.audit(runtime, hall)).seed is None
        view = await runtime.board.view(HALL)
        assert policy.state_of(hall, runtime.now(), view.snapshot) == "prequeue"


@pytest.mark.parametrize("ahead_s", [HOUR_S, -HOUR_S])
async def test_joining_begins_at_the_same_moment_on_every_node(
    settings: Settings, set_clock: Callable[[float], None], ahead_s: float
) -> None:
    set_clock(ahead_s)
    async with node(settings) as runtime:
        for prequeue_s, is_open in ((-5, True), (30, False)):
            await opens_in(runtime, 2 * MINUTE_S, prequeue_s)
            hall = runtime.catalogue.concert(HALL)
            assert (policy.may_join_from(hall, runtime.now()) is None) is is_open


@pytest.mark.parametrize("ahead_s", [HOUR_S, -HOUR_S])
async def test_what_a_node_with_a_wrong_clock_wrote_is_repaired(
    settings: Settings, set_clock: Callable[[float], None], ahead_s: float
) -> None:
    """Valkey does not know of a payment, and the sweep has to find it by its id."""
    set_clock(ahead_s)
    async with node(settings) as runtime:
        fan = Fan(runtime, "fan")
        await fan.enter()
        await fan.top_up()
        order = await fan.hold("1")
        paid = await fan.pay()
        assert fan.entry is not None
        for made in (order.id, paid.payment.id):
            assert is_near((made.int >> 80) / 1000, real_time())
        # As if the end of the pass had got lost on its way.
        await runtime.valkey._client.flushall()
        lost, ends_at_s = fan.entry.pass_key, int(real_time()) + 600
        assert await passes.restore_pass(runtime.valkey, lost, ends_at_s, 100) == "open"
        assert await sweep.run_sweep(runtime) is not None
        (checked,) = await passes.check_entry(runtime.valkey, HALL, [fan.entry.pass_key])
        assert checked.word == "ended"


async def test_the_minute_of_a_sweep_is_the_databases(
    settings: Settings, set_clock: Callable[[float], None]
) -> None:
    set_clock(HOUR_S)
    async with node(settings) as runtime:
        await sweep.run_sweep(runtime)
        async with runtime.postgres.transaction() as tx:
            (run,) = await tx.fetch(b"select minute, yemae_now() as now from scheduler_runs")
        assert timedelta(0) <= run.now - run.minute < MINUTE + timedelta(seconds=5)


async def test_a_run_of_the_future_keeps_no_repair_from_being_done(runtime: Runtime) -> None:
    """As an older version on a node with a wrong clock has left it."""
    async with runtime.postgres.transaction() as tx:
        await tx.send(
            b"insert into scheduler_runs (minute, node, started_at, finished_at, failures) "
            b"values (date_trunc('minute', now()) + interval '1 hour', 'wrong', now(), now(), 0)"
        )
    fan = Fan(runtime, "fan")
    await fan.enter()
    await fan.top_up()
    await fan.hold("1")
    await fan.pay()
    assert fan.entry is not None
    await runtime.valkey._client.flushall()
    await sweep.sweep(runtime)
    (checked,) = await passes.check_entry(runtime.valkey, HALL, [fan.entry.pass_key])
    assert checked.word == "ended"


async def test_a_clock_that_is_off_is_an_error_in_the_log_and_a_metric(
    settings: Settings, set_clock: Callable[[float], None]
) -> None:
    async with node(settings) as runtime:
        with capture_logs() as lines:
            await runtime.clock.measure()
        assert lines == []
        set_clock(WARN_S + 1)
        with capture_logs() as lines:
            await runtime.clock.measure()
        (said,) = lines
        assert said["log_level"] == "error"
        assert said["event"].startswith("the clock of this node is wrong, or a store's is")
        assert said["not_ready"] is False
        for store in ("postgres", "valkey"):
            assert abs(said["seconds_ahead_of"][store] - WARN_S - 1) < 1
            assert metrics.CLOCK_OFFSET.labels(store)._value.get() > WARN_S


async def test_past_the_limit_a_node_is_too_far_off(
    settings: Settings, set_clock: Callable[[float], None]
) -> None:
    async with node(settings) as runtime:
        for ahead_s, is_too_far_off in ((0, False), (28, False), (32, True), (-32, True)):
            set_clock(ahead_s)
            assert runtime.clock.is_too_far_off is is_too_far_off


async def test_what_a_store_that_is_away_said_last_is_kept(
    settings: Settings, set_clock: Callable[[float], None]
) -> None:
    async with node(settings) as runtime:
        set_clock(300)
        await runtime.postgres.close()
        await runtime.clock.measure()
        assert is_near(runtime.clock.sale_now_s(), real_time())
        assert is_near(runtime.clock.offsets_s["postgres"], 300)


def test_a_job_that_is_late_does_not_run_twice_to_make_up_for_it() -> None:
    pause = scheduler.every(0.05)
    assert 0 < pause() <= 0.05
    deadline = time.monotonic() + 0.2
    while time.monotonic() < deadline:
        pass
    assert pause() == 0.0
    assert 0 < pause() <= 0.05


async def test_the_jobs_run_although_the_nodes_clock_is_set_back(
    settings: Settings, set_clock: Callable[[float], None]
) -> None:
    async with node(settings) as runtime, scheduler.running_clock(runtime):
        set_clock(-HOUR_S)
        fan = Fan(runtime, "fan")
        await fan.join()
        async with asyncio.timeout(20):
            while (await fan.poll()).word != "admitted":
                await runtime.board.beat()
