"""Cancelling against another cancellation, a move, the next buyer and the door."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from helpers.blocks import block
from helpers.cancelling import cancellable
from helpers.concerts import SEAT_PRICE
from helpers.fans import Fan
from helpers.paid_orders import bought, opens
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import (
    ROW_LOCK,
    TURN,
    Pause,
    all_at_once,
    execute,
    overtake,
    several_runtimes,
    tally,
    without,
)
from yemae.concerts import seat_blocks, sold_seats
from yemae.orders import cancellations, orders
from yemae.orders.order import Order
from yemae.payments import refunds
from yemae.refusals import OrderNotPaid, SeatsNotInOrder
from yemae.runtime import Runtime
from yemae.sale.cancel import By, CancelWish, cancel_seats
from yemae.sale.move import MoveWish, move_order
from yemae.settings import Settings
from yemae.wallet import ledger

EXPECTED = "expect_rows(count(*), cardinality(%(numbers)s::text[]))"


@pytest.fixture
async def runtimes(settings: Settings) -> AsyncIterator[list[Runtime]]:
    """Two runtimes with the hall whose orders can be cancelled."""
    async with several_runtimes(settings, 2, cancellable()) as opened:
        yield opened


async def twice(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str, *seats: str
) -> tuple[Order, list[Any]]:
    """Seat 1 of an order is cancelled by two at once; the first has decided and not written."""
    fan = Fan(runtimes[0], "fan")
    order = await bought(fan, "1", *seats)
    pause = Pause(monkeypatch, sold_seats, "drop_tickets")
    again = Fan(runtimes[1], "fan")
    answers = await overtake(
        database_url, pause, fan.cancel("1"), again.cancel("1", order_id=order.id)
    )
    return order, answers


async def test_of_two_cancellations_of_one_seat_the_second_finds_it_cancelled(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    _, answers = await twice(runtimes, monkeypatch, database_url, "2")
    assert tally(answers) == {"Cancelled": 1, "SeatsNotInOrder": 1}
    assert isinstance(answers[1], SeatsNotInOrder)
    await assert_reconciled(runtimes[0])


async def test_of_two_cancellations_of_an_order_the_second_finds_it_cancelled(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    _, answers = await twice(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Cancelled": 1, "OrderNotPaid": 1}
    assert isinstance(answers[1], OrderNotPaid)
    await assert_reconciled(runtimes[0])


async def test_control_without_locks_and_counts_a_seat_is_cancelled_and_refunded_twice(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, orders, "LOCK_BUYERS", TURN, "key")
    for module, statement in (
        (ledger, "LOCK_WALLETS"),
        (orders, "LOCK_ORDERS"),
        (sold_seats, "LOCK_BY_NUMBER"),
    ):
        without(monkeypatch, module, statement, ROW_LOCK)
    for statement in ("DROP_TICKETS", "LEAVE_SEATS"):
        without(monkeypatch, sold_seats, statement, EXPECTED, "count(*)")
    _, answers = await twice(runtimes, monkeypatch, database_url, "2")
    assert tally(answers) == {"Cancelled": 2}
    assert {"cancellation_has_its_money", "balance_is_sum_of_transfers"} & (
        await violations(runtimes[0])
    ).keys()


async def refunded_at_once(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """Two refunds of most of an order are written by programs that lock nothing."""
    order = await bought(Fan(runtimes[0], "fan"), "1")
    now = runtimes[0].now()

    async def refund(runtime: Runtime) -> str:
        made = refunds.to_wallet(
            runtime.new_id(), order.id, SEAT_PRICE - 1, now, by="op", reason=None
        )
        async with runtime.postgres.transaction() as tx:
            await refunds.write(tx, made)
            await cancellations.of_orders(tx, [order.id])
        return "refunded"

    pause = Pause(monkeypatch, cancellations, "of_orders")
    return await overtake(database_url, pause, refund(runtimes[0]), refund(runtimes[1]))


async def test_two_refunds_at_once_never_exceed_what_was_paid(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    answers = await refunded_at_once(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"str": 1, "IntegrityConstraintViolation": 1}


async def test_control_without_the_trigger_both_are_written(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    await execute(database_url, "drop trigger refunded_at_most_what_was_paid on refunds")
    answers = await refunded_at_once(runtimes, monkeypatch, database_url)
    assert answers == ["refunded", "refunded"]
    assert "refunded_at_most_what_was_paid" in await violations(runtimes[0])


async def test_a_move_that_comes_during_a_cancellation_finds_the_order_cancelled(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[0], "fan")
    order = await bought(fan, "1")
    pause = Pause(monkeypatch, sold_seats, "drop_tickets")
    answers = await overtake(
        database_url, pause, fan.cancel(), move_order(runtimes[1], "op", MoveWish(order.id, ["2"]))
    )
    assert tally(answers) == {"Cancelled": 1, "InvalidRequest": 1}
    assert not await opens(runtimes[0], order, "2")
    await assert_reconciled(runtimes[0])


async def test_a_cancellation_that_comes_during_a_move_cancels_the_new_seat(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[0], "fan")
    order = await bought(fan, "1")
    pause = Pause(monkeypatch, sold_seats, "drop_tickets")
    _, done = await overtake(
        database_url, pause, move_order(runtimes[1], "op", MoveWish(order.id, ["2"])), fan.cancel()
    )
    assert done.cancellation.seat_numbers == ["2"]
    assert [await opens(runtimes[0], order, seat) for seat in ("1", "2")] == [False, False]
    await assert_reconciled(runtimes[0])


async def test_a_block_and_an_operators_cancellation_of_its_seat_never_wait_for_each_other(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    order = await bought(Fan(runtimes[0], "fan"), "1")
    # The block has locked the concert, and no seat.
    pause = Pause(monkeypatch, seat_blocks, "block_seats")
    by = By("op", is_operator=True, takes_fee=False)
    answers = await overtake(
        database_url,
        pause,
        block(runtimes[0], "1"),
        cancel_seats(runtimes[1], by, CancelWish(order.id)),
    )
    assert tally(answers) == {"SeatsInTheWay": 1, "Cancelled": 1}
    await assert_reconciled(runtimes[0])


async def next_buyer(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """Two fans want the seat of an order that is just being cancelled."""
    fan, other, third = (Fan(runtimes[0], "fan"), *(Fan(runtimes[1], x) for x in ("b", "c")))
    await bought(fan, "1")

    async def both() -> list[Any]:
        return await all_at_once([other.hold("1"), third.hold("1")])

    pause = Pause(monkeypatch, cancellations, "write")
    done, answers = await overtake(database_url, pause, fan.cancel(), both())
    assert done.order.status == "cancelled"
    return list(answers)


async def test_a_cancelled_seat_is_sold_once_more_and_not_twice(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    answers = await next_buyer(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Order": 1, "SeatTaken": 1}
    await assert_reconciled(runtimes[0])


async def test_the_door_opens_until_the_cancellation_is_committed_and_not_after(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[0], "fan")
    order = await bought(fan, "1")
    pause = Pause(monkeypatch, cancellations, "write")
    _, during = await overtake(database_url, pause, fan.cancel(), opens(runtimes[1], order, "1"))
    # The check waits for nothing: it was before the commit, so the ticket was good.
    assert during is True
    assert await opens(runtimes[1], order, "1") is False


async def test_control_where_the_tickets_stay_the_door_opens_for_a_cancelled_seat(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def keep(*_: object) -> None:
        """Forget the tickets."""

    monkeypatch.setattr(sold_seats, "drop_tickets", keep)
    fan = Fan(runtimes[0], "fan")
    order = await bought(fan, "1", "2")
    await fan.cancel("1")
    assert await opens(runtimes[1], order, "1") is True
    assert "cancelled_seat_has_no_ticket" in await violations(runtimes[0])
