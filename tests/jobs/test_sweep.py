"""The :00 job and the admission tick, called once each: what they do, and what never stops them."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from structlog.testing import LogCapture
from valkey import Valkey as BlockingValkey

from helpers.concerts import concert, load_concert
from helpers.fans import Fan
from helpers.owner import as_owner
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.jobs import admission_tick, sweep
from yemae.refusals import EntryTokenExpired, StoreUnavailable
from yemae.runtime import Runtime, open_runtime
from yemae.sale import gate
from yemae.settings import Settings
from yemae.store.valkey import Valkey
from yemae.values.pass_key import PassKey
from yemae.waiting_room.keys import keys_of

MINUTE = datetime.now(UTC).replace(second=0, microsecond=0)
SEATS = [str(number) for number in range(1, 9)]


async def run(runtime: Runtime, *statements: str) -> None:
    """Change the database by hand."""
    async with runtime.postgres.transaction() as tx:
        for statement in statements:
            await tx.send(statement.encode())


async def statuses(runtime: Runtime) -> dict[str, str]:
    """The stored status of each order, by its first seat."""
    async with runtime.postgres.transaction() as tx:
        rows = await tx.fetch(b"select seat_numbers[1] as seat, status from orders")
    return {row.seat: row.status for row in rows}


async def hold_all(runtime: Runtime) -> None:
    """Eight fans hold a seat each."""
    for seat in SEATS:
        await Fan(runtime, f"fan-{seat}").hold(seat)


async def test_the_sweep_expires_orders_and_frees_their_seats(runtime: Runtime) -> None:
    await hold_all(runtime)
    travel(runtime, runtime.settings.sale.hold_ttl_s)
    swept = await sweep.sweep(runtime, MINUTE)
    assert swept == sweep.Swept(orders_expired=8, seats_released=8)
    assert set((await statuses(runtime)).values()) == {"expired"}
    await assert_reconciled(runtime)


async def test_orders_that_cannot_be_expired_never_stop_the_rest(
    runtime: Runtime, settings: Settings
) -> None:
    await hold_all(runtime)
    as_owner(
        settings,
        """create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'this order is broken'; end $$""",
        """create trigger broken before update on orders for each row
        when (old.seat_numbers[1] in ('2', '7')) execute function refuse()""",
    )
    travel(runtime, settings.sale.hold_ttl_s)
    swept = await sweep.sweep(runtime, MINUTE, step=3)
    assert swept == sweep.Swept(orders_expired=6, seats_released=6, failures=2)
    left = {seat for seat, status in (await statuses(runtime)).items() if status == "held"}
    assert left == {"2", "7"}
    as_owner(settings, "drop trigger broken on orders")
    swept = await sweep.sweep(runtime, MINUTE + timedelta(minutes=1), step=3)
    assert swept == sweep.Swept(orders_expired=2, seats_released=2)


async def test_the_sweep_ends_passes_whose_time_is_over(runtime: Runtime, fan: Fan) -> None:
    await fan.enter()
    travel(runtime, 600)
    swept = await sweep.sweep(runtime, MINUTE)
    assert swept is not None
    assert swept.passes_expired == 1
    assert (await runtime.board.snapshot(fan.concert_id)).active == 0


async def test_the_sweep_ends_a_pass_that_a_crash_left_open_after_its_payment(
    runtime: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fan.enter()
    await fan.top_up()
    await fan.hold("1")
    with monkeypatch.context() as crash:
        crash.setattr("yemae.sale.gate.end_passes", _valkey_is_not_updated)
        await fan.pay()
    await fan.check_entry()  # still open: Valkey does not know of the payment
    await sweep.sweep(runtime, datetime.now(UTC))
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()


async def test_the_sweep_extends_a_pass_that_a_crash_left_short_of_its_hold(
    runtime: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fan.enter()
    travel(runtime, 500)
    with monkeypatch.context() as crash:
        crash.setattr("yemae.sale.gate.extend_passes", _valkey_is_not_updated)
        await fan.hold("1")
    await sweep.sweep(runtime, datetime.now(UTC))
    travel(runtime, 200)  # beyond the pass's own 600 s, within the hold's 300 s
    await fan.check_entry()


async def _valkey_is_not_updated(*_: object) -> None:
    """What a process that dies here would do."""


async def test_a_minute_is_swept_once(runtime: Runtime) -> None:
    assert await sweep.sweep(runtime, MINUTE) is not None
    assert await sweep.sweep(runtime, MINUTE) is None
    assert await sweep.sweep(runtime, MINUTE + timedelta(minutes=1)) is not None


async def test_the_sweep_does_what_it_can_without_valkey(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hold_all(runtime)
    travel(runtime, runtime.settings.sale.hold_ttl_s)
    monkeypatch.setattr(Valkey, "run", _away)
    swept = await sweep.sweep(runtime, MINUTE)
    assert swept is not None
    assert (swept.orders_expired, swept.failures) == (8, 1)


async def test_neither_job_ever_raises(
    runtime: Runtime, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Valkey, "run", _away)
    await admission_tick.tick(runtime)
    monkeypatch.setattr(Valkey, "run", _broken)
    await admission_tick.tick(runtime)
    as_owner(settings, "drop table scheduler_runs")
    assert await sweep.run_sweep(runtime) is None


async def test_a_queue_that_cannot_be_ticked_does_not_stop_the_others(
    runtime: Runtime, settings: Settings
) -> None:
    await load_concert(settings, concert(concert_id="another"))
    await runtime.catalogue.refresh()
    assert next(iter(runtime.catalogue.concerts)) == "another"
    with BlockingValkey.from_url(runtime.settings.stores.valkey_url) as client:
        client.set(keys_of("another")[0], "no sorted set")
    fan = Fan(runtime, "fan")
    await fan.join()
    await admission_tick.tick(runtime)
    assert (await fan.poll()).word == "admitted"


async def _away(*_: object) -> None:
    raise StoreUnavailable


async def _broken(*_: object) -> None:
    raise ValueError("a fault of ours")


async def test_passes_that_could_not_be_updated_in_valkey_are_returned_to_the_caller(
    runtime: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fan.enter()
    order = await fan.hold("1")
    monkeypatch.setattr(Valkey, "run", _away)
    with pytest.raises(StoreUnavailable):
        await gate.extend_passes(runtime, [order])
    with pytest.raises(StoreUnavailable):
        await gate.end_passes(runtime, [PassKey(fan.concert_id, fan.user_id, 1)])


async def test_a_minute_in_which_nothing_ended_is_not_logged_as_news(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = LogCapture()
    logger = structlog.wrap_logger(
        structlog.ReturnLogger(), processors=[logged], wrapper_class=structlog.BoundLogger
    )
    monkeypatch.setattr(sweep, "log", logger)
    assert await sweep.sweep(runtime, MINUTE) == sweep.Swept()
    await hold_all(runtime)
    travel(runtime, runtime.settings.sale.hold_ttl_s)
    await sweep.sweep(runtime, MINUTE + timedelta(minutes=1))
    swept = [line["log_level"] for line in logged.entries if line["event"] == "swept"]
    assert swept == ["debug", "info"]


async def test_an_empty_queue_is_ticked_once_a_second_until_a_fan_joins(
    runtime: Runtime, settings: Settings
) -> None:
    await admission_tick.tick(runtime)
    async with open_runtime(settings) as other:
        elsewhere, here = Fan(other, "elsewhere"), Fan(runtime, "here")
        await elsewhere.join()
        await admission_tick.tick(runtime)
        assert (await elsewhere.poll()).word == "waiting"
        await here.join()
        await admission_tick.tick(runtime)
        assert {(await fan.poll()).word for fan in (elsewhere, here)} == {"admitted"}


async def test_a_fan_who_joined_through_a_process_that_died_is_admitted_by_another(
    runtime: Runtime, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await admission_tick.tick(runtime)
    async with open_runtime(settings) as other:
        fan = Fan(other, "elsewhere")
        await fan.join()
    later_s = time.monotonic() + admission_tick.EMPTY_INTERVAL_S
    monkeypatch.setattr(time, "monotonic", lambda: later_s)
    await admission_tick.tick(runtime)
    fan.runtime = runtime
    assert (await fan.poll()).word == "admitted"
