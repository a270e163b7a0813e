"""A sale at the box office against fans who hold and pay the same seats, and against itself."""

from typing import Any

import pytest

from helpers.concerts import FIRST
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import ROW_LOCK, Pause, all_at_once, overtake, tally, without
from yemae.concerts import sold_seats
from yemae.orders import orders
from yemae.refusals import SeatsInTheWay
from yemae.runtime import Runtime
from yemae.sale import pay, sell
from yemae.sale.decide_box_office import SellWish
from yemae.sale.sell import BoxOfficeOrder, sell_at_box_office

TAKE_CONDITION = (
    "and (order_id is null or held_until <= yemae_now() or order_id = %(block_id)s::uuid)"
)


def sold(runtime: Runtime, *seats: str, key: str | None = None) -> Any:
    """Sell seats of the first date for cash."""
    wish = SellWish(FIRST, seats, "cash", name="Ann", idempotency_key=key)
    return sell_at_box_office(runtime, "op", wish)


async def hold_first(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """A seat is sold when a fan's hold has decided and not yet written."""
    pause = Pause(monkeypatch, orders, "open_held")
    return await overtake(
        database_url, pause, Fan(runtimes[0], "fan").hold("1"), sold(runtimes[1], "1")
    )


async def test_a_sale_waits_for_a_hold_and_finds_its_seat_taken(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    order, refusal = await hold_first(runtimes, monkeypatch, database_url)
    assert isinstance(refusal, SeatsInTheWay)
    assert refusal.seats_in_the_way[0].order_id == order.id
    await assert_reconciled(runtimes[0])


async def test_control_without_lock_and_condition_a_held_seat_is_sold(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, sold_seats, "LOCK_BY_NUMBER", ROW_LOCK)
    without(monkeypatch, sell, "TAKE_SEATS", TAKE_CONDITION)
    answers = await hold_first(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Order": 1, "BoxOfficeOrder": 1}
    assert "seat_in_one_order" in await violations(runtimes[0])


async def test_a_hold_waits_for_a_sale_and_finds_the_seat_taken(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    pause = Pause(monkeypatch, sell, "_write")
    answers = await overtake(
        database_url, pause, sold(runtimes[0], "1"), Fan(runtimes[1], "fan").hold("1")
    )
    assert tally(answers) == {"BoxOfficeOrder": 1, "SeatTaken": 1}
    await assert_reconciled(runtimes[0])


async def test_a_sale_waits_for_a_payment_and_finds_the_seat_sold(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    fan = Fan(runtimes[0], "fan")
    await fan.top_up()
    await fan.hold("1")
    pause = Pause(monkeypatch, pay, "write_sales")
    answers = await overtake(database_url, pause, fan.pay(), sold(runtimes[1], "1", "2"))
    assert tally(answers) == {"Paid": 1, "SeatsInTheWay": 1}
    await assert_reconciled(runtimes[0])


async def test_one_seat_is_sold_to_one_of_many(runtimes: list[Runtime]) -> None:
    answers = await all_at_once(
        [
            *(sold(runtime, "1", "2") for runtime in runtimes),
            *(Fan(runtime, f"fan-{n}").hold("2") for n, runtime in enumerate(runtimes)),
        ]
    )
    won = tally(answers)
    assert won.get("BoxOfficeOrder", 0) + won.get("Order", 0) == 1
    await assert_reconciled(runtimes[0])


async def test_a_key_that_comes_twice_at_once_sells_once(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    pause = Pause(monkeypatch, sell, "_write")
    answers = await overtake(
        database_url, pause, sold(runtimes[0], "1", key="one"), sold(runtimes[1], "1", key="one")
    )
    first, second = answers
    assert isinstance(first, BoxOfficeOrder)
    assert isinstance(second, BoxOfficeOrder)
    assert first.order.id == second.order.id
    await assert_reconciled(runtimes[0])
