"""The :00 job against itself, and against fans who pay, release and hold in the same instant."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from helpers.concerts import concert
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled, violations
from helpers.time_travel import travel
from races.interleaving import (
    Pause,
    all_at_once,
    count,
    execute,
    overtake,
    several_runtimes,
    tally,
    without,
)
from yemae.concerts import seats
from yemae.jobs.sweep import Swept, sweep
from yemae.orders import orders
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.settings import Settings

MINUTE = datetime.now(UTC).replace(second=0, microsecond=0)
SKIP = "for no key update skip locked"
ALL_SEATS = "order_has_its_seats"
EXPIRED = "select count(*) from orders where status = 'expired'"


async def ten_holds(runtimes: Sequence[Runtime]) -> list[Fan]:
    """Ten fans with money, who hold all ten seats."""
    fans = [Fan(runtimes[n % len(runtimes)], f"fan-{n}") for n in range(10)]
    for n, fan in enumerate(fans):
        await fan.top_up()
        await fan.hold(str(n + 1))
    return fans


def after_the_holds(*runtimes: Runtime) -> None:
    for runtime in runtimes:
        travel(runtime, runtime.settings.sale.hold_ttl_s)


# --- The sweep against itself ------------------------------------------------------------------


async def eight_sweeps(settings: Settings) -> list[Swept | None]:
    """Four runtimes strike the same minute, twice each, over ten holds that have ended."""
    async with several_runtimes(settings, 4) as runtimes:
        await ten_holds(runtimes)
        after_the_holds(*runtimes)
        swept = await all_at_once(sweep(runtime, MINUTE) for runtime in runtimes * 2)
        await assert_reconciled(runtimes[0])
        return swept


async def test_of_many_sweeps_of_one_minute_one_runs(settings: Settings, database_url: str) -> None:
    swept = await eight_sweeps(settings)
    assert tally(swept) == {"Swept": 1, "NoneType": 7}
    (done,) = [one for one in swept if one is not None]
    assert (done.orders_expired, done.seats_released, done.failures) == (10, 10, 0)
    assert await count(database_url, "select count(*) from scheduler_runs") == 1


async def test_control_without_the_key_of_the_minute_every_sweep_runs(
    settings: Settings, database_url: str
) -> None:
    await execute(database_url, "alter table scheduler_runs drop constraint scheduler_runs_pkey")
    assert tally(await eight_sweeps(settings)) == {"Swept": 8}


async def test_sweeps_of_different_minutes_at_once_expire_each_order_once(
    runtimes: list[Runtime], database_url: str
) -> None:
    await ten_holds(runtimes)
    after_the_holds(*runtimes)
    swept = await all_at_once(
        sweep(runtimes[n % 2], MINUTE - timedelta(minutes=n)) for n in range(6)
    )
    assert tally(swept) == {"Swept": 6}
    assert sum(one.orders_expired for one in swept) == 10
    assert sum(one.seats_released for one in swept) == 10
    assert sum(one.failures for one in swept) == 0
    assert await count(database_url, EXPIRED) == 10
    await assert_reconciled(runtimes[0])


# --- The sweep among fans ----------------------------------------------------------------------


async def one_round(runtimes: list[Runtime], round_number: int) -> list[Any]:
    """Eight seats: two fans pay, two release, two others want seats of all four, and the clock
    strikes twice; all within milliseconds of the holds' end."""
    seat = [str(round_number * 8 + n) for n in range(1, 9)]
    fans = [Fan(runtimes[n % 2], f"fan-{round_number}-{n}") for n in range(4)]
    others = [Fan(runtimes[n], f"other-{round_number}-{n}") for n in range(2)]
    for n, fan in enumerate(fans):
        await fan.top_up()
        await fan.hold(seat[n], seat[7 - n])
    for runtime in runtimes:
        travel(runtime, runtime.settings.sale.hold_ttl_s - 0.03 + round_number * 0.004)
    minute = MINUTE - timedelta(minutes=round_number * 2)
    return await all_at_once(
        [
            *(fan.pay() for fan in fans[:2]),
            *(fan.release() for fan in fans[2:]),
            others[0].hold(*seat[:4]),
            others[1].hold(*seat[3::-1]),
            sweep(runtimes[0], minute),
            sweep(runtimes[1], minute - timedelta(minutes=1)),
        ]
    )


async def test_sweeps_payments_releases_and_holds_at_the_end_of_holds_stay_consistent(
    settings: Settings,
) -> None:
    async with several_runtimes(settings, 2, concert(seats=80)) as runtimes:
        for round_number in range(10):
            *fans, first, second = await one_round(runtimes, round_number)
            assert (first.failures, second.failures) == (0, 0)
            assert set(tally(fans[:2])) <= {"Paid", "OrderExpired"}
            assert set(tally(fans[2:4])) <= {"Order", "OrderNotHeld"}
            assert set(tally(fans[4:])) <= {"Order", "SeatTaken"}
            await assert_reconciled(runtimes[0])


# --- The sweep meets a payment or a release, forced --------------------------------------------


async def swept_while_paying(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """A payment has decided in time; before it is written the hold ends and the clock strikes."""
    fan = Fan(runtimes[0], "fan")
    await fan.top_up()
    await fan.hold("1", "2")
    after_the_holds(runtimes[1])
    pause = Pause(monkeypatch, orders, "mark_paid")
    return await overtake(database_url, pause, fan.pay(), sweep(runtimes[1], MINUTE))


async def test_the_sweep_leaves_an_order_alone_that_is_being_paid(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    paid, swept = await swept_while_paying(runtimes, monkeypatch, database_url)
    assert tally([paid]) == {"Paid": 1}
    assert (swept.orders_expired, swept.seats_released, swept.failures) == (0, 0, 0)
    await assert_reconciled(runtimes[1])


async def test_the_sweep_does_not_wait_for_a_payment(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    fan, late = Fan(runtimes[0], "fan"), Fan(runtimes[0], "late")
    await fan.top_up()
    await fan.hold("1")
    await late.hold("2")
    after_the_holds(runtimes[1])
    pause = Pause(monkeypatch, orders, "mark_paid")
    paying = asyncio.create_task(fan.pay())
    await pause.reached.wait()
    (swept,) = await all_at_once([sweep(runtimes[1], MINUTE)])
    assert swept.orders_expired == 1, "the other order"
    pause.go_on.set()
    assert tally([await paying]) == {"Paid": 1}
    await assert_reconciled(runtimes[1])


async def test_control_a_sweep_that_locks_no_orders_frees_sold_seats(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, orders, "RUN_OUT", SKIP)
    answers = await swept_while_paying(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Paid": 1, "Swept": 1}
    assert ALL_SEATS in await violations(runtimes[1])


async def test_a_payment_that_meets_the_sweep_waits_and_is_not_charged(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[0], "fan")
    await fan.top_up()
    await fan.hold("1", "2")
    after_the_holds(runtimes[1])
    pause = Pause(monkeypatch, orders, "mark_expired")
    swept, paid = await overtake(database_url, pause, sweep(runtimes[1], MINUTE), fan.pay())
    assert (swept.orders_expired, swept.seats_released) == (1, 2)
    assert tally([paid]) == {"OrderExpired": 1}
    await assert_reconciled(runtimes[1])


async def released_while_rehold(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """A fan releases in time; before that is written, another has taken the ended hold over."""
    fan, other = Fan(runtimes[0], "fan"), Fan(runtimes[1], "other")
    await fan.hold("1")
    after_the_holds(runtimes[1])
    pause = Pause(monkeypatch, seats, "lock_seats_of_orders")
    return await overtake(database_url, pause, fan.release(), other.hold("1"))


async def test_a_late_release_does_not_free_the_seat_of_the_next_fan(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    answers = await released_while_rehold(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Order": 2}
    await assert_reconciled(runtimes[1])


async def test_control_a_release_that_forgets_whose_seat_it_is_frees_the_next_fans(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seats, "FREE_SEATS_OF_ORDERS", "and s.order_id = o.id")
    answers = await released_while_rehold(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Order": 2}
    assert ALL_SEATS in await violations(runtimes[1])


# --- Orders before seats -----------------------------------------------------------------------


async def swept_while_releasing(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """A release has its order and not yet the seats; then the hold ends and the clock strikes."""
    fan = Fan(runtimes[0], "fan")
    await fan.hold("1", "2")
    after_the_holds(runtimes[1])
    pause = Pause(monkeypatch, seats, "lock_seats_of_orders")
    return await overtake(database_url, pause, fan.release(), sweep(runtimes[1], MINUTE))


async def test_the_sweep_never_waits_in_a_circle_with_a_release(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    released, swept = await swept_while_releasing(runtimes, monkeypatch, database_url)
    assert released.status == "released"
    assert (swept.orders_expired, swept.failures) == (0, 0)
    await assert_reconciled(runtimes[1])


async def test_control_a_sweep_that_locks_seats_before_orders_deadlocks_with_a_release(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, orders, "RUN_OUT", SKIP)
    answers = await swept_while_releasing(runtimes, monkeypatch, database_url)
    victims = [answer for answer in answers if isinstance(answer, StoreUnavailable)]
    assert len(victims) == 1, answers
    assert isinstance(victims[0].__cause__, psycopg.errors.DeadlockDetected)
