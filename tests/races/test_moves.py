"""Moving an order against the fans who want its new seats, and against its own payment."""

from typing import Any

import pytest

from helpers.concerts import FIRST
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import ROW_LOCK, Pause, overtake, tally, without
from yemae.concerts import sold_seats
from yemae.orders import orders
from yemae.refusals import SeatsInTheWay
from yemae.runtime import Runtime
from yemae.sale import move as moves
from yemae.sale.move import MoveWish, move_order

TAKE_CONDITION = (
    "and (order_id is null or held_until <= yemae_now() or order_id = %(block_id)s::uuid)"
)


async def hold_first(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """An order is moved to a seat when another fan's hold has decided and not yet written."""
    order = await Fan(runtimes[1], "owner").hold("1")
    pause = Pause(monkeypatch, orders, "open_held")
    wish = MoveWish(order.id, ["2"])
    return await overtake(
        database_url,
        pause,
        Fan(runtimes[0], "fan").hold("2"),
        move_order(runtimes[1], "op", wish),
    )


async def test_a_move_waits_for_a_hold_and_finds_its_seat_taken(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    order, refusal = await hold_first(runtimes, monkeypatch, database_url)
    assert isinstance(refusal, SeatsInTheWay)
    assert refusal.seats_in_the_way[0].order_id == order.id
    await assert_reconciled(runtimes[0])


async def test_a_hold_waits_for_a_move_and_finds_the_seat_taken(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    order = await Fan(runtimes[1], "owner").hold("1")
    pause = Pause(monkeypatch, moves, "_write")
    answers = await overtake(
        database_url,
        pause,
        move_order(runtimes[0], "op", MoveWish(order.id, ["2"])),
        Fan(runtimes[1], "fan").hold("2"),
    )
    assert tally(answers) == {"Move": 1, "SeatTaken": 1}
    await assert_reconciled(runtimes[0])


async def test_control_without_lock_and_condition_a_held_seat_is_taken_by_the_move(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, sold_seats, "LOCK_BY_NUMBER", ROW_LOCK)
    without(monkeypatch, moves, "TAKE_SEATS", TAKE_CONDITION)
    answers = await hold_first(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Order": 1, "Move": 1}
    assert "seat_in_one_order" in await violations(runtimes[0])


async def test_a_payment_that_comes_during_a_move_pays_for_the_new_seats(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[1], "fan")
    await fan.top_up()
    order = await fan.hold("1")
    pause = Pause(monkeypatch, moves, "_write")
    moved, paid = await overtake(
        database_url,
        pause,
        move_order(runtimes[0], "op", MoveWish(order.id, ["2"])),
        fan.pay(),
    )
    assert moved.after.seat_numbers == paid.order.seat_numbers == ["2"]
    assert paid.order.performance_id == FIRST
    await assert_reconciled(runtimes[0])


async def test_a_move_that_comes_during_a_payment_moves_the_paid_order(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[0], "fan")
    await fan.top_up()
    order = await fan.hold("1")
    pause = Pause(monkeypatch, orders, "mark_paid")
    paid, moved = await overtake(
        database_url,
        pause,
        fan.pay(),
        move_order(runtimes[1], "op", MoveWish(order.id, ["2"])),
    )
    assert paid.order.seat_numbers == ["1"]
    assert (moved.after.status, moved.after.seat_numbers) == ("paid", ["2"])
    await assert_reconciled(runtimes[0])
