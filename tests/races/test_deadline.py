"""Payment against expiry against the next fan, around the very instant at which a hold ends."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from helpers.concerts import SEAT_PRICE, concert
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled, violations
from helpers.time_travel import travel
from races.interleaving import (
    DEADLINE_S,
    ROW_LOCK,
    Pause,
    all_at_once,
    execute,
    overtake,
    several_runtimes,
    tally,
    until_done_or_waiting,
    without,
)
from yemae.concerts import seats
from yemae.jobs import sweep
from yemae.orders import orders
from yemae.orders.order import Order
from yemae.runtime import Runtime
from yemae.settings import Settings

TTL_S = 60
# Where in its life the hold is when everybody comes, seconds before (-) or after its end.
MOMENTS_S = (-0.5 * TTL_S, *[ms / 1000 for ms in range(-12, 6)], 1.0)
ALL_SEATS = "order_has_its_seats"
OWN_SEATS = "and s.order_id = c.order_id"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Holds of a minute, which no machine takes for one round."""
    return settings.replace(hold_ttl_s=TTL_S)


@pytest.fixture
async def runtimes(settings: Settings) -> AsyncIterator[list[Runtime]]:
    """Two runtimes with a concert of 60 seats."""
    async with several_runtimes(settings, 2, concert(seats=60)) as opened:
        yield opened


def travel_to(runtimes: Sequence[Runtime], order: Order, moment_s: float) -> None:
    """Go to a moment before (-) or after the end of a hold, in every runtime."""
    offset_s = runtimes[0].postgres.clock_offset_s
    now = datetime.now(UTC) + timedelta(seconds=offset_s)
    for runtime in runtimes:
        travel(runtime, (order.expires_at - now).total_seconds() + moment_s)


# --- Everybody at once, at every moment around the end -----------------------------------------


async def one_round(runtimes: list[Runtime], seat: str, moment_s: float, *, swept: bool) -> str:
    """The fan pays while another wants the seat, and the clock strikes. Returns who has it."""
    fan, other = Fan(runtimes[0], f"fan-{seat}"), Fan(runtimes[1], f"other-{seat}")
    await fan.top_up(SEAT_PRICE)
    held = await fan.hold(seat)
    minute = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=int(seat))
    travel_to(runtimes, held, moment_s)
    sweeps = [sweep.sweep(runtime, minute) for runtime in runtimes] if swept else []
    paid, reheld, *_ = await all_at_once([fan.pay(), other.hold(seat), *sweeps])
    word = {
        ("Paid", "SeatTaken"): "paid",
        ("OrderExpired", "Order"): "re-held",
        # The other came too early, and the fan then too late.
        ("OrderExpired", "SeatTaken"): "neither",
    }[type(paid).__name__, type(reheld).__name__]
    await assert_reconciled(runtimes[0])
    return word


@pytest.mark.parametrize("swept", [False, True], ids=["alone", "swept"])
async def test_around_the_end_of_a_hold_the_seat_is_sold_or_held_again_and_never_both(
    runtimes: list[Runtime], *, swept: bool
) -> None:
    words = [
        await one_round(runtimes, str(n + 1), moment_s, swept=swept)
        for n, moment_s in enumerate(MOMENTS_S)
    ]
    assert words[0] == "paid"
    assert words[-1] == "re-held"


# --- The payment has decided in time; then the hold's end passes -------------------------------


async def paid_and_wanted(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """The fan pays in time; before that is written, another wants the seat after the end."""
    fan, other = Fan(runtimes[0], "fan"), Fan(runtimes[1], "other")
    await fan.top_up(SEAT_PRICE)
    await fan.hold("1")
    travel(runtimes[1], TTL_S + 1)
    pause = Pause(monkeypatch, orders, "mark_paid")
    return await overtake(database_url, pause, fan.pay(), other.hold("1"))


async def test_who_wants_a_seat_that_is_being_paid_waits_although_the_hold_has_ended(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    answers = await paid_and_wanted(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Paid": 1, "SeatTaken": 1}
    await assert_reconciled(runtimes[1])


async def test_control_without_the_seat_lock_of_a_payment_the_sale_itself_is_refused(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seats, "LOCK_SEATS_OF_ORDERS", ROW_LOCK)
    answers = await paid_and_wanted(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"RaiseException": 1, "Order": 1}
    await assert_reconciled(runtimes[1])


async def test_control_without_lock_and_owner_check_a_seat_is_sold_and_held_again(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seats, "LOCK_SEATS_OF_ORDERS", ROW_LOCK)
    without(monkeypatch, seats, "SELL_SEATS", OWN_SEATS)
    answers = await paid_and_wanted(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Paid": 1, "Order": 1}
    assert ALL_SEATS in await violations(runtimes[1])


# --- The next fan has the seat first; the payment comes later ----------------------------------


async def test_a_payment_that_waited_for_the_next_fan_to_take_the_seat_is_too_late(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan, other = Fan(runtimes[0], "fan"), Fan(runtimes[1], "other")
    await fan.top_up(SEAT_PRICE)
    held = await fan.hold("1")
    travel_to(runtimes, held, 0.001)
    pause = Pause(monkeypatch, seats, "claim_seats")
    answers = await overtake(database_url, pause, other.hold("1"), fan.pay())
    assert tally(answers) == {"Order": 1, "OrderExpired": 1}
    await assert_reconciled(runtimes[0])


# --- A payment that began in time and got its locks too late ------------------------------------

ORDER_LOCK = "select from orders for update"
ENDED = "select bool_and(expires_at + interval '{offset}s' < clock_timestamp()) from orders"
TIME_OF_BEGIN = """
    create or replace function yemae_now() returns timestamptz language sql volatile as $$
        select now() + coalesce(nullif(current_setting('yemae.clock_offset', true), ''), '0')
            ::interval $$"""


async def pay_behind_a_lock(runtimes: list[Runtime], database_url: str) -> list[Any]:
    """The fan pays two seconds before the end, and another transaction has the order locked until
    after it."""
    fan = Fan(runtimes[0], "fan")
    await fan.top_up(SEAT_PRICE)
    held = await fan.hold("1")
    async with asyncio.timeout(DEADLINE_S):
        async with await psycopg.AsyncConnection.connect(database_url) as session:
            await session.execute(ORDER_LOCK)
            travel_to(runtimes, held, -2)
            ended = ENDED.format(offset=-runtimes[0].postgres.clock_offset_s).encode()
            paying = asyncio.create_task(fan.pay())
            await until_done_or_waiting(database_url, paying)
            while (await (await session.execute(ended)).fetchone()) != (True,):
                pass
        return list(await asyncio.gather(paying, return_exceptions=True))


async def test_a_payment_counts_the_time_after_its_wait_for_locks(
    runtimes: list[Runtime], database_url: str
) -> None:
    assert tally(await pay_behind_a_lock(runtimes, database_url)) == {"OrderExpired": 1}
    await assert_reconciled(runtimes[0])


async def test_control_a_clock_that_stops_at_the_begin_of_a_transaction_sells_too_late(
    runtimes: list[Runtime], database_url: str
) -> None:
    await execute(database_url, TIME_OF_BEGIN)
    assert tally(await pay_behind_a_lock(runtimes, database_url)) == {"Paid": 1}
