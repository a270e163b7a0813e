"""One fan, many holds at once: never more seats than the limit, never two orders for one key."""

from typing import Any

import pytest

from helpers.fans import Fan
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import TURN, Pause, all_at_once, count, execute, overtake, tally, without
from yemae.orders import orders
from yemae.orders.order import Order
from yemae.runtime import Runtime
from yemae.sale.batches import Batches

LIMIT = 4
# The fans' turns; what is left of the statement locks nothing.
OVER_THE_LIMIT = "seat_limit_kept"
ALL_ORDERS = "select count(*) from orders"


async def test_a_fan_who_holds_in_two_processes_at_once_stays_within_the_limit(
    runtimes: list[Runtime], desks: list[Batches]
) -> None:
    fan = Fan(runtimes[0], "fan")
    answers = await all_at_once(
        desks[n % 2].hold.submit(fan.hold_request(str(n + 1))) for n in range(10)
    )
    assert tally(answers) == {"Order": LIMIT, "SeatLimitExceeded": 10 - LIMIT}
    await assert_reconciled(runtimes[0])


async def test_many_fans_in_two_processes_stay_within_the_limit_each_and_do_not_block_each_other(
    runtimes: list[Runtime], desks: list[Batches]
) -> None:
    fans = [Fan(runtimes[0], f"fan-{n}") for n in range(20)]
    performances = ("hall-1", "hall-2")
    wanted = [(fan, str(n + 1), p) for fan in fans for n in range(10) for p in performances]
    answers = await all_at_once(
        desks[n % 2].hold.submit(fan.hold_request(seat, performance=performance))
        for n, (fan, seat, performance) in enumerate(wanted)
    )
    assert tally(answers)["Order"] == 20, "each seat of both dates has one holder"
    await assert_reconciled(runtimes[0])


async def test_the_same_hold_sent_to_two_processes_many_times_is_one_order(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    fan = Fan(runtimes[0], "fan")
    answers = await all_at_once(
        desks[n % 2].hold.submit(fan.hold_request("1", "2", key="once")) for n in range(40)
    )
    assert tally(answers) == {"Order": 40}
    assert all(answer == answers[0] for answer in answers)
    assert await count(database_url, ALL_ORDERS) == 1
    await assert_reconciled(runtimes[0])


# --- The same two holds, with and without the guards -------------------------------------------


async def two_holds(
    runtimes: list[Runtime],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    key: str | None = None,
) -> list[Any]:
    """Three seats and three others for one fan; the second comes before the first writes."""
    pause = Pause(monkeypatch, orders, "open_held")
    here, there = Fan(runtimes[0], "fan"), Fan(runtimes[1], "fan")
    return await overtake(
        database_url, pause, here.hold("1", "2", "3", key=key), there.hold("4", "5", "6", key=key)
    )


async def test_the_second_hold_of_a_fan_waits_and_counts_the_first(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    first, second = await two_holds(runtimes, monkeypatch, database_url)
    assert tally([first]) == {"Order": 1}
    assert tally([second]) == {"SeatLimitExceeded": 1}
    await assert_reconciled(runtimes[0])


async def test_control_when_the_holds_of_a_fan_take_no_turns_the_limit_is_exceeded(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, orders, "LOCK_BUYERS", TURN, "key")
    assert tally(await two_holds(runtimes, monkeypatch, database_url)) == {"Order": 2}
    assert OVER_THE_LIMIT in await violations(runtimes[0])


async def test_the_second_hold_with_a_key_finds_what_the_first_made_of_it(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    first, second = await two_holds(runtimes, monkeypatch, database_url, "once")
    assert isinstance(first, Order)
    assert tally([second]) == {"IdempotencyConflict": 1}, "it is for other seats"
    await assert_reconciled(runtimes[0])


async def test_control_without_turns_the_unique_index_refuses_a_second_order_of_one_key(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, orders, "LOCK_BUYERS", TURN, "key")
    first, second = await two_holds(runtimes, monkeypatch, database_url, "once")
    assert first.diag.constraint_name == "orders_idempotency"
    assert isinstance(second, Order)
    await assert_reconciled(runtimes[0])


async def test_control_without_turns_and_index_one_key_makes_two_orders(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, orders, "LOCK_BUYERS", TURN, "key")
    await execute(database_url, "drop index orders_idempotency")
    assert tally(await two_holds(runtimes, monkeypatch, database_url, "once")) == {"Order": 2}
    assert await count(database_url, ALL_ORDERS) == 2
