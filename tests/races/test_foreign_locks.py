"""Rows that another session has locked: those who need others do not wait for them, those who need
these wait for a while, and nothing is decided by what may be rolled back."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from helpers.concerts import SMALL, TEXT, concert, load_concert
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from races.interleaving import (
    DEADLINE_S,
    Pause,
    all_at_once,
    overtake,
    tally,
    until_done_or_waiting,
    without,
)
from races.test_best_available import wanted
from yemae.base.batching import Later
from yemae.concerts import seats
from yemae.concerts.files.import_files import load_files
from yemae.jobs import sweep
from yemae.orders.order import Order
from yemae.refusals import Overloaded, SeatTaken, StoreUnavailable
from yemae.runtime import Runtime, open_runtime
from yemae.sale import hold
from yemae.sale.batches import Batches, open_batches
from yemae.sale.decide_payments import Paid
from yemae.sale.row_locks import LockedRow
from yemae.settings import Settings
from yemae.wallet.decide import TopUpRequest, Transfer

TRY_LOCK = "for no key update skip locked"


@asynccontextmanager
async def locked(database_url: str, query: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Another session that has locked something, and rolls back in the end unless it commits."""
    async with await psycopg.AsyncConnection.connect(database_url) as session:
        await session.execute(query.encode())
        yield session
        await session.rollback()


async def fans_with_orders(runtime: Runtime, count: int) -> list[Fan]:
    """Fans with money, each of whom holds the seat of their number."""
    fans = [Fan(runtime, f"fan-{n}") for n in range(count)]
    for n, fan in enumerate(fans):
        await fan.top_up()
        await fan.hold(str(n + 1))
    return fans


# --- Who needs other rows does not wait; who needs these gets them after a rollback --------------

Ask = Callable[[Batches, Fan], Awaitable[Any]]


def hold_own(batches: Batches, fan: Fan) -> Awaitable[Order]:
    number = int(fan.user_id.partition("-")[2])
    return batches.hold.submit(fan.hold_request(str(number + 5)))


def pay_own(batches: Batches, fan: Fan) -> Awaitable[Paid]:
    return batches.pay.submit(fan.pay_request())


def top_up_own(batches: Batches, fan: Fan) -> Awaitable[Transfer]:
    return batches.top_up.submit(TopUpRequest(fan.user_id, 1, "more"))


BUYER = "select pg_advisory_xact_lock(hashtextextended('fan-0', 0))"
WALLET = "select from wallets where user_id = 'fan-0' for update"
ORDER = "select from orders where user_id = 'fan-0' for update"
HELD_SEAT = "select from seats where number = '1' and performance_key = 1 for update"
FREE_SEAT = "select from seats where number = '5' and performance_key = 1 for update"
CASES = [
    (hold_own, BUYER),
    (hold_own, FREE_SEAT),
    (pay_own, BUYER),
    (pay_own, WALLET),
    (pay_own, ORDER),
    (pay_own, HELD_SEAT),
    (top_up_own, WALLET),
]


@pytest.mark.parametrize(
    ("ask", "query"), CASES, ids=[f"{a.__name__}-{q.split()[3 - ('pg' in q)]}" for a, q in CASES]
)
async def test_a_row_that_is_locked_elsewhere_holds_up_only_who_needs_it(
    runtime: Runtime, batches: Batches, database_url: str, ask: Ask, query: str
) -> None:
    fans = await fans_with_orders(runtime, 4)
    async with asyncio.timeout(DEADLINE_S):
        async with locked(database_url, query):
            # In the same moment, and so in one batch.
            first = asyncio.ensure_future(ask(batches, fans[0]))
            answers = await asyncio.gather(*(ask(batches, fan) for fan in fans[1:]))
            assert len(answers) == 3
            await until_done_or_waiting(database_url, first)
            assert not first.done(), "it was decided by what was rolled back then"
        assert type(await first) is type(answers[0])
    await assert_reconciled(runtime)


async def test_a_seat_whose_taker_commits_is_taken_for_who_waited(
    runtime: Runtime, batches: Batches, database_url: str
) -> None:
    await Fan(runtime, "taker").hold("9")
    claim = (
        "update seats set held_until = now() + interval '1 hour',"
        " order_id = (select order_id from seats where number = '9' and performance_key = 1)"
        " where number = '5' and performance_key = 1"
    )
    async with asyncio.timeout(DEADLINE_S):
        async with locked(database_url, claim) as session:
            waiting = asyncio.create_task(
                batches.hold.submit(Fan(runtime, "fan").hold_request("5"))
            )
            await until_done_or_waiting(database_url, waiting)
            assert not waiting.done()
            await session.commit()
        with pytest.raises(SeatTaken):
            await waiting


async def test_a_seat_that_is_held_is_taken_at_once_though_its_row_is_locked(
    runtime: Runtime, batches: Batches, database_url: str
) -> None:
    await Fan(runtime, "owner").hold("1")
    async with locked(database_url, HELD_SEAT):
        with pytest.raises(SeatTaken):
            await batches.hold.submit(Fan(runtime, "fan").hold_request("1"))


# --- The wait has an end --------------------------------------------------------------------------


@pytest.fixture
def short(settings: Settings) -> Settings:
    """Settings that wait for a lock for four seconds."""
    return settings.replace(postgres_transaction_timeout_s=16)


async def test_the_wait_for_a_lock_ends_with_try_again(short: Settings, database_url: str) -> None:
    await load_concert(short)
    async with open_runtime(short) as runtime, open_batches(runtime) as batches:
        await Fan(runtime, "another").top_up()
        started = time.monotonic()
        async with locked(database_url, FREE_SEAT):
            fans = [Fan(runtime, f"fan-{n}") for n in range(20)]
            answers = await all_at_once(batches.hold.submit(fan.hold_request("5")) for fan in fans)
        assert set(tally(answers)) <= {"StoreUnavailable", "Overloaded"}
        assert time.monotonic() - started < 30, "they waited one after the other"
        assert (await batches.hold.submit(fans[0].hold_request("5"))).seat_numbers == ["5"]
        await assert_reconciled(runtime)


async def test_a_load_waits_for_a_lock_as_long_as_a_fan_does(
    short: Settings, database_url: str, tmp_path: Path
) -> None:
    """It holds locks of its own meanwhile, and fans wait for those."""
    await load_concert(short)
    file = tmp_path / "hall.toml"
    file.write_text(TEXT.format(**SMALL).replace("price = 50000", "price = 60000"))
    async with locked(database_url, FREE_SEAT):
        async with asyncio.timeout(30):
            with pytest.raises(StoreUnavailable):
                await asyncio.to_thread(load_files, short, [file])
    await asyncio.to_thread(load_files, short, [file])


async def test_holds_of_other_seats_are_as_many_while_one_row_is_locked(
    short: Settings, database_url: str
) -> None:
    """Crowds who want the locked seat among others; the others do not notice."""
    await load_concert(short, concert(seats=400))
    async with open_runtime(short) as runtime, open_batches(runtime) as batches:

        async def sell(first: int, *, with_locked: bool) -> float:
            """Seconds for 150 holds, each of a seat of its own, and as many of the locked seat."""
            started = time.monotonic()
            extra: list[asyncio.Task[Any]] = []
            for step in range(first, first + 150, 10):
                if with_locked:
                    fan = Fan(runtime, f"unlucky-{step}")
                    extra.append(asyncio.create_task(batches.hold.submit(fan.hold_request("5"))))
                holds = (
                    batches.hold.submit(Fan(runtime, f"fan-{n}").hold_request(str(n)))
                    for n in range(step, step + 10)
                )
                assert set(tally(await all_at_once(holds))) == {"Order"}
            took = time.monotonic() - started
            await asyncio.gather(*extra, return_exceptions=True)
            return took

        before = await sell(10, with_locked=False)
        async with locked(database_url, FREE_SEAT):
            during = await sell(200, with_locked=True)
        # One wait for that lock would be a second.
        assert during < max(3 * before, 0.9), (before, during)


async def test_best_available_offers_other_seats_than_locked_ones(
    runtime: Runtime, batches: Batches, database_url: str
) -> None:
    async with asyncio.timeout(DEADLINE_S), locked(database_url, FREE_SEAT):
        answers = await all_at_once(
            batches.hold_best.submit(wanted(runtime, f"fan-{n}", 2)) for n in range(3)
        )
    orders = [answer for answer in answers if isinstance(answer, Order)]
    assert orders
    assert all("5" not in order.seat_numbers for order in orders)
    assert all(isinstance(answer, Order | Overloaded | StoreUnavailable) for answer in answers)


# --- The locks of the first try -------------------------------------------------------------------


async def first_tries(runtime: Runtime, pause: Pause, database_url: str) -> list[Any]:
    """Two fans want one seat; the second comes between the first's decision and its write."""
    one, two = (Fan(runtime, name).hold_request("1") for name in ("one", "two"))
    return await overtake(
        database_url,
        pause,
        hold.hold(runtime, [one], wait=False),
        hold.hold(runtime, [two], wait=False),
    )


async def test_a_first_try_leaves_alone_what_another_first_try_decides(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    pause = Pause(monkeypatch, seats, "claim_seats")
    first, second = await first_tries(runtime, pause, database_url)
    assert isinstance(first.answers[0], Order)
    assert second.answers == [Later(LockedRow("seat", (1, "1")))]


async def test_control_without_its_lock_a_first_try_decides_on_what_another_takes(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seats, "TRY_SEATS", TRY_LOCK)
    pause = Pause(monkeypatch, seats, "claim_seats")
    answers = await first_tries(runtime, pause, database_url)
    (damage,) = [answer for answer in answers if isinstance(answer, Exception)]
    assert "expect" in str(damage) or "rows" in str(damage)


async def test_the_sweep_expires_every_order_but_the_one_whose_seat_is_locked(
    short: Settings, database_url: str
) -> None:
    await load_concert(short)
    async with open_runtime(short) as runtime:
        for n in range(1, 5):
            await Fan(runtime, f"fan-{n}").hold(str(n))
        travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
        minute = datetime.now(UTC).replace(second=0, microsecond=0)
        async with locked(database_url, HELD_SEAT):
            swept = await sweep.sweep(runtime, minute)
        assert swept is not None
        assert (swept.orders_expired, swept.failures) == (3, 1)
        swept = await sweep.sweep(runtime, minute + timedelta(minutes=1))
        assert swept is not None
        assert (swept.orders_expired, swept.failures) == (1, 0)
        await assert_reconciled(runtime)
