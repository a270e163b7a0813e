"""Requests for several seats that overlap: all or nothing."""

import asyncio
import itertools
from typing import Any

import pytest

from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled, violations
from helpers.time_travel import travel
from races.interleaving import (
    ROW_LOCK,
    Pause,
    all_at_once,
    count,
    overtake,
    tally,
    without,
)
from yemae.concerts import seats
from yemae.orders import orders
from yemae.runtime import Runtime
from yemae.sale import hold
from yemae.sale.batches import Batches

ROUNDS = 12
CLAIM_COUNT = "expect_rows(count(*), cardinality(%(numbers)s::text[]))"
LIVE_SEATS = "select count(*) from seats where held_until > yemae_now() + {offset} * interval '1s'"
SEATS_OF_LIVE_ORDERS = """
    select coalesce(sum(cardinality(seat_numbers)), 0) from orders
    where status = 'held' and expires_at > yemae_now() + {offset} * interval '1s'"""


async def assert_no_partial_hold(runtime: Runtime, database_url: str) -> None:
    """Held seats are exactly the seats of live orders."""
    offset = runtime.postgres.clock_offset_s
    held = await count(database_url, LIVE_SEATS.format(offset=offset))
    assert held == await count(database_url, SEATS_OF_LIVE_ORDERS.format(offset=offset))
    await assert_reconciled(runtime)


async def test_overlapping_requests_in_opposite_orders_are_all_or_nothing(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    wanted = list(itertools.combinations("123456", 3))
    held = 0
    for round_number in range(ROUNDS):
        fans = [Fan(runtimes[n % 2], f"fan-{round_number}-{n}") for n in range(len(wanted))]
        answers = await all_at_once(
            desks[n % 2].hold.submit(fan.hold_request(*seats_of[:: 1 if n % 2 else -1]))
            for n, (fan, seats_of) in enumerate(zip(fans, wanted, strict=True))
        )
        assert set(tally(answers)) <= {"Order", "SeatTaken"}
        held += tally(answers)["Order"]
        await assert_no_partial_hold(runtimes[0], database_url)
        for runtime in runtimes:
            travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
    assert ROUNDS <= held <= 2 * ROUNDS


async def test_batches_of_the_same_fans_and_seats_in_opposite_orders_do_not_block_each_other(
    runtimes: list[Runtime], database_url: str
) -> None:
    fans = [Fan(runtimes[0], f"fan-{n}") for n in range(10)]
    for round_number in range(ROUNDS):
        requests = [fan.hold_request(str(n + 1)) for n, fan in enumerate(fans)]
        one, other = await asyncio.gather(
            carried_out(hold.hold(runtimes[0], requests)),
            carried_out(hold.hold(runtimes[1], requests[::-1])),
        )
        assert tally(one + other) == {"Order": 10, "SeatTaken": 10}, round_number
        await assert_no_partial_hold(runtimes[0], database_url)
        for runtime in runtimes:
            travel(runtime, runtime.settings.sale.hold_ttl_s + 1)


# --- All or nothing, forced --------------------------------------------------------------------


async def overlap(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """Seats 1 and 2 for one fan, 2 and 3 for the other, who comes before the first writes."""
    pause = Pause(monkeypatch, orders, "open_held")
    first, second = Fan(runtimes[0], "first"), Fan(runtimes[1], "second")
    return await overtake(database_url, pause, first.hold("1", "2"), second.hold("2", "3"))


async def test_a_request_that_loses_one_seat_holds_none(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    answers = await overlap(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Order": 1, "SeatTaken": 1}
    assert answers[1].seats == ["2"]
    assert tally(await all_at_once([Fan(runtimes[0], "third").hold("3")])) == {"Order": 1}
    await assert_no_partial_hold(runtimes[0], database_url)


async def test_control_without_the_row_lock_the_count_of_claims_refuses_half_a_hold(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seats, "LOCK_SEATS", ROW_LOCK)
    answers = await overlap(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"RaiseException": 1, "Order": 1}
    await assert_no_partial_hold(runtimes[0], database_url)


async def test_control_without_lock_and_count_half_a_hold_appears(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seats, "LOCK_SEATS", ROW_LOCK)
    without(monkeypatch, seats, "CLAIM_SEATS", CLAIM_COUNT, "count(*)")
    assert tally(await overlap(runtimes, monkeypatch, database_url)) == {"Order": 2}
    assert "order_has_its_seats" in await violations(runtimes[0])
