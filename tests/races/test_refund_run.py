"""The refunds of a cancelled date against a hold, a payment, a fan's cancellation, a move, another
run."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from helpers.cancelling import cancellable
from helpers.concerts import FIRST, SEATS
from helpers.fans import Fan
from helpers.paid_orders import bought
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import Pause, overtake, several_runtimes, tally, without
from yemae.concerts import date_changes, sold_seats
from yemae.orders import orders
from yemae.payments.refund_runs import RefundRun
from yemae.runtime import Runtime
from yemae.sale import looks, refund_run
from yemae.sale import move as moves
from yemae.sale.cancel_date import cancel_date
from yemae.sale.move import MoveWish, move_order
from yemae.sale.refund_run import take_step
from yemae.settings import Settings

TOP_UP = 1_000_000


@pytest.fixture
async def runtimes(settings: Settings) -> AsyncIterator[list[Runtime]]:
    """Two runtimes with the hall whose orders can be cancelled."""
    async with several_runtimes(settings, 2, cancellable()) as opened:
        yield opened


async def cancelled(runtime: Runtime) -> RefundRun:
    return await cancel_date(runtime, "op", FIRST, "Why")


async def to_the_end(runtime: Runtime, run: RefundRun) -> str:
    for _ in range(100):
        if not await take_step(runtime, run):
            if (await refund_run.progress(runtime, FIRST)).run.state == "done":
                return "done"
            await asyncio.sleep(0)
    return "not done"


async def money(runtime: Runtime, *users: str) -> list[int]:
    return [(await looks.own_wallet(runtime, user)).balance for user in users]


async def test_a_hold_that_comes_first_is_released_and_its_seat_closed(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    async def begun() -> RefundRun:
        run = await cancelled(runtimes[0])
        await take_step(runtimes[0], run)
        return run

    # It has locked its seat, and was decided before the date was cancelled.
    pause = Pause(monkeypatch, orders, "open_held")
    answers = await overtake(database_url, pause, Fan(runtimes[1], "fan").hold("1"), begun())
    assert tally(answers) == {"Order": 1, "RefundRun": 1}
    assert await to_the_end(runtimes[0], answers[1]) == "done"
    await assert_reconciled(runtimes[0])


async def test_a_payment_that_comes_first_is_given_back(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[1], "fan")
    await fan.top_up()
    await fan.hold("1")
    run = await cancelled(runtimes[0])
    await take_step(runtimes[0], run)
    pause = Pause(monkeypatch, orders, "mark_paid")
    answers = await overtake(database_url, pause, fan.pay(), take_step(runtimes[0], run))
    assert tally(answers)["Paid"] == 1
    assert await to_the_end(runtimes[0], run) == "done"
    assert await money(runtimes[0], "fan") == [TOP_UP]
    await assert_reconciled(runtimes[0])


async def test_a_fan_who_cancels_first_is_refunded_once(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[1], "fan")
    await bought(fan, "1", "2")
    run = await cancelled(runtimes[0])
    await take_step(runtimes[0], run)
    pause = Pause(monkeypatch, sold_seats, "drop_tickets")
    answers = await overtake(database_url, pause, fan.cancel(), take_step(runtimes[0], run))
    assert tally(answers) == {"Cancelled": 1, "bool": 1}
    assert await to_the_end(runtimes[0], run) == "done"
    assert (await refund_run.progress(runtimes[0], FIRST)).run.orders == 0
    assert await money(runtimes[0], "fan") == [TOP_UP]
    await assert_reconciled(runtimes[0])


async def test_an_order_that_is_moved_first_is_refunded_with_its_new_seat(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[1], "fan")
    order_id = (await bought(fan, "1")).id

    async def begun() -> RefundRun:
        run = await cancelled(runtimes[0])
        await take_step(runtimes[0], run)
        return run

    pause = Pause(monkeypatch, moves, "_write")
    moving = move_order(runtimes[1], "op", MoveWish(order_id, ["2"]))
    answers = await overtake(database_url, pause, moving, begun())
    assert tally(answers) == {"Move": 1, "RefundRun": 1}
    assert await to_the_end(runtimes[0], answers[1]) == "done"
    assert (await refund_run.progress(runtimes[0], FIRST)).run.orders == 1
    order = await looks.own_order(runtimes[0], "fan", order_id)
    assert (order.status, order.seat_numbers) == ("cancelled", ["2"])
    assert await money(runtimes[0], "fan") == [TOP_UP]
    await assert_reconciled(runtimes[0])


async def test_an_order_that_is_refunded_first_is_not_moved(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[1], "fan")
    order_id = (await bought(fan, "1")).id
    run = await cancelled(runtimes[0])
    await take_step(runtimes[0], run)
    pause = Pause(monkeypatch, sold_seats, "drop_tickets")
    moving = move_order(runtimes[1], "op", MoveWish(order_id, ["2"]))
    answers = await overtake(database_url, pause, take_step(runtimes[0], run), moving)
    assert tally(answers) == {"bool": 1, "InvalidRequest": 1}
    assert await to_the_end(runtimes[0], run) == "done"
    assert await money(runtimes[0], "fan") == [TOP_UP]
    await assert_reconciled(runtimes[0])


async def test_two_processes_and_two_beginnings_refund_everybody_once(
    runtimes: list[Runtime],
) -> None:
    fans = [Fan(runtimes[0], f"fan-{seat}") for seat in SEATS]
    for fan, seat in zip(fans, SEATS, strict=True):
        await bought(fan, seat)
    runs = await asyncio.gather(*(cancelled(runtime) for runtime in runtimes))
    assert runs[0].id == runs[1].id
    await asyncio.gather(
        *(to_the_end(runtime, run) for runtime, run in zip(runtimes, runs, strict=True))
    )
    assert await to_the_end(runtimes[0], runs[0]) in ("done", "not done")
    found = await refund_run.progress(runtimes[0], FIRST)
    assert (found.run.state, found.run.orders) == ("done", len(SEATS))
    assert set(await money(runtimes[0], *(fan.user_id for fan in fans))) == {TOP_UP}
    await assert_reconciled(runtimes[0])


async def test_control_without_the_condition_of_the_row_a_live_hold_loses_its_seat(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    await Fan(runtimes[1], "fan").hold("1")
    run = await cancelled(runtimes[0])
    guard = "(order_id is null or held_until <= (select yemae_now()))"
    without(monkeypatch, date_changes, "CLOSE_FREE_SEATS", guard, "true")
    await take_step(runtimes[0], run)
    assert "order_has_its_seats" in await violations(runtimes[0])
