"""Blocking and releasing seats against holds, against each other, and against the clock."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from helpers.blocks import block, blocked, unblock
from helpers.concerts import SEATS
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled, violations
from helpers.time_travel import travel
from races.interleaving import (
    DEADLINE_S,
    ROW_LOCK,
    Pause,
    all_at_once,
    overtake,
    tally,
    until_done_or_waiting,
    without,
)
from yemae.concerts import seat_blocks, seats
from yemae.orders import orders
from yemae.refusals import SeatInTheWay, SeatsInTheWay
from yemae.runtime import Runtime
from yemae.sale.batches import Batches

TAKE_CONDITION = "and (s.order_id is null or s.held_until <= yemae_now())"


# --- A hold and a block, in both orders ---------------------------------------------------------


async def hold_first(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """An operator comes when a hold has decided and not yet written."""
    pause = Pause(monkeypatch, orders, "open_held")
    return await overtake(
        database_url, pause, Fan(runtimes[0], "fan").hold("1"), block(runtimes[1], "1", "2")
    )


async def block_first(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """A fan comes when a block has decided and not yet written."""
    pause = Pause(monkeypatch, seat_blocks, "_take")
    return await overtake(
        database_url, pause, block(runtimes[0], "1", "2"), Fan(runtimes[1], "fan").hold("1")
    )


async def test_a_block_waits_for_a_hold_and_names_the_seat_with_its_order(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    order, refusal = await hold_first(runtimes, monkeypatch, database_url)
    assert isinstance(refusal, SeatsInTheWay)
    assert refusal.seats_in_the_way == [SeatInTheWay("hall-1", "1", "held", order.id)]
    assert await blocked(runtimes[1]) == {}
    await assert_reconciled(runtimes[0])


async def test_a_hold_waits_for_a_block_and_finds_the_seat_taken(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    answers = await block_first(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"BlockState": 1, "SeatTaken": 1}
    assert await blocked(runtimes[1]) == {"press": ["1", "2"]}
    await assert_reconciled(runtimes[0])


async def test_control_without_the_lock_of_the_block_its_write_refuses_what_was_held(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seat_blocks, "LOCK_TO_BLOCK", ROW_LOCK)
    order, failure = await hold_first(runtimes, monkeypatch, database_url)
    assert "expected 2 rows, touched 1" in str(failure)
    assert order.seat_numbers == ["1"]
    await assert_reconciled(runtimes[0])


async def test_control_without_lock_and_condition_a_held_seat_is_blocked(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seat_blocks, "LOCK_TO_BLOCK", ROW_LOCK)
    without(monkeypatch, seat_blocks, "TAKE_FOR_BLOCK", TAKE_CONDITION)
    answers = await hold_first(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Order": 1, "BlockState": 1}
    assert {"order_has_its_seats", "blocked_seat_is_not_sold"} <= (
        await violations(runtimes[0])
    ).keys()


async def test_control_without_the_lock_of_the_hold_its_claim_refuses_what_was_blocked(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seats, "LOCK_SEATS", ROW_LOCK)
    answers = await block_first(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"BlockState": 1, "RaiseException": 1}
    await assert_reconciled(runtimes[0])


# --- Many at once -------------------------------------------------------------------------------


async def test_of_fans_and_operators_who_want_the_same_seats_each_seat_goes_to_one(
    runtimes: list[Runtime], desks: list[Batches]
) -> None:
    fans = [Fan(runtimes[n % 2], f"fan-{n}") for n in range(60)]
    holds = [
        desks[n % 2].hold.submit(fan.hold_request(SEATS[n % 10], SEATS[(n + 3) % 10]))
        for n, fan in enumerate(fans)
    ]
    blocks = [
        block(runtimes[n % 2], SEATS[n % 10], SEATS[(n + 1) % 10], name=f"b-{n}") for n in range(20)
    ]
    mixed = [each for pair in zip(holds, [*blocks, *[None] * 40], strict=True) for each in pair]
    answers = await all_at_once(each for each in mixed if each is not None)
    counted = tally(answers)
    assert set(counted) <= {"Order", "SeatTaken", "BlockState", "SeatsInTheWay"}
    won = [order.seat_numbers for order in answers if hasattr(order, "seat_numbers")]
    won += [numbers for numbers in (await blocked(runtimes[0])).values() if numbers]
    taken = [number for numbers in won for number in numbers]
    assert len(taken) == len(set(taken))
    assert len(won) == counted.get("Order", 0) + counted.get("BlockState", 0)
    await assert_reconciled(runtimes[0])


async def test_of_fans_who_want_a_seat_while_it_is_released_one_gets_it(
    runtimes: list[Runtime], desks: list[Batches]
) -> None:
    for n, number in enumerate(SEATS):
        await block(runtimes[0], number)
        fans = [Fan(runtimes[k % 2], f"fan-{n}-{k}") for k in range(10)]
        holds = [desks[k % 2].hold.submit(fan.hold_request(number)) for k, fan in enumerate(fans)]
        answers = await all_at_once([*holds[:5], unblock(runtimes[1]), *holds[5:]])
        counted = tally(answers)
        assert counted.get("Order", 0) <= 1
        assert counted["int"] == 1
        assert counted["int"] + counted.get("Order", 0) + counted.get("SeatTaken", 0) == 11
    await assert_reconciled(runtimes[0])


async def test_two_operators_cannot_put_one_seat_into_two_blocks(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    pause = Pause(monkeypatch, seat_blocks, "_take")
    first, second = await overtake(
        database_url,
        pause,
        block(runtimes[0], "1", name="press"),
        block(runtimes[1], "1", "2", name="house"),
    )
    assert first.total == 1
    assert isinstance(second, SeatsInTheWay)
    assert second.seats_in_the_way == [SeatInTheWay("hall-1", "1", "blocked", block="press")]
    assert await blocked(runtimes[0]) == {"press": ["1"]}
    await assert_reconciled(runtimes[0])


async def test_two_releases_of_one_block_release_each_seat_once(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    await block(runtimes[0], "1", "2")
    pause = Pause(monkeypatch, seat_blocks, "announce")
    answers = await overtake(
        database_url, pause, unblock(runtimes[0], "1"), unblock(runtimes[1], "1", "2")
    )
    assert answers == [1, 1]
    assert await blocked(runtimes[0]) == {}


# --- A set time ---------------------------------------------------------------------------------


async def test_from_its_release_time_on_one_fan_gets_a_blocked_seat_without_any_job(
    runtimes: list[Runtime], desks: list[Batches]
) -> None:
    at = runtimes[0].now() + timedelta(hours=1)
    await block(runtimes[0], "1", "2", releases_at=at)
    early = await all_at_once(
        desks[n].hold.submit(Fan(runtimes[n], f"early-{n}").hold_request("1")) for n in range(2)
    )
    assert tally(early) == {"SeatTaken": 2}
    for runtime in runtimes:
        travel(runtime, 3_601)
    late = await all_at_once(
        desks[n % 2].hold.submit(Fan(runtimes[n % 2], f"late-{n}").hold_request("1"))
        for n in range(20)
    )
    assert tally(late) == {"Order": 1, "SeatTaken": 19}
    assert await blocked(runtimes[0]) == {"press": []}
    await assert_reconciled(runtimes[0])


async def test_a_release_time_that_is_put_off_too_late_takes_no_seat_from_a_fan(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    at = runtimes[0].now() + timedelta(hours=1)
    await block(runtimes[0], "1", "2", releases_at=at)
    travel(runtimes[0], 3_601)
    # The second process is a little behind, so for it the block is not over yet.
    travel(runtimes[1], 3_500)
    pause = Pause(monkeypatch, orders, "open_held")
    later = at + timedelta(hours=1)
    order, state = await overtake(
        database_url,
        pause,
        Fan(runtimes[0], "fan").hold("1"),
        block(runtimes[1], name="press", performances=(), releases_at=later),
    )
    assert order.seat_numbers == ["1"]
    assert state.block.releases_at == later
    assert await blocked(runtimes[1]) == {"press": ["2"]}
    await assert_reconciled(runtimes[1])


async def test_a_block_behind_a_batch_that_waits_is_no_deadlock(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    pause = Pause(monkeypatch, orders, "open_held")
    async with asyncio.timeout(DEADLINE_S):
        first = asyncio.create_task(Fan(runtimes[0], "one").hold("1", "9"))
        await pause.reached.wait()
        blocking = asyncio.create_task(block(runtimes[1], "9", "5", "1"))
        third = asyncio.create_task(Fan(runtimes[0], "two").hold("5", "9"))
        await until_done_or_waiting(database_url, blocking, third)
        pause.go_on.set()
        answers = await asyncio.gather(first, blocking, third, return_exceptions=True)
    assert tally(answers) == {"Order": 1, "SeatsInTheWay": 1, "SeatTaken": 1}
    await assert_reconciled(runtimes[0])
