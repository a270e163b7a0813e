"""One seat, many callers: one of them gets it."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest

from helpers.concerts import SEAT_PRICE
from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import (
    ROW_LOCK,
    Pause,
    all_at_once,
    overtake,
    several_runtimes,
    tally,
    without,
)
from yemae.concerts import seats
from yemae.orders import orders
from yemae.orders.order import Order
from yemae.refusals import Refusal
from yemae.runtime import Runtime
from yemae.sale import hold
from yemae.sale.batches import Batches, open_batches
from yemae.sale.decide_holds import HoldRequest, decide_holds
from yemae.settings import Settings

CLAIM_CONDITION = "and (s.order_id is null or s.held_until <= yemae_now())"
CLAIM_COUNT = "expect_rows(count(*), cardinality(%(numbers)s::text[]))"
SHARED_SEAT = "seat_in_one_order"


async def test_of_200_callers_at_one_desk_one_gets_the_seat(
    runtime: Runtime, batches: Batches
) -> None:
    fans = [Fan(runtime, f"fan-{n}") for n in range(200)]
    answers = await all_at_once(batches.hold.submit(fan.hold_request("1")) for fan in fans)
    assert tally(answers) == {"Order": 1, "SeatTaken": 199}
    await assert_reconciled(runtime)


async def test_of_200_callers_in_four_processes_one_gets_the_seat(settings: Settings) -> None:
    async with several_runtimes(settings, 4) as runtimes, AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(open_batches(runtime, size_max=5))
            for runtime in runtimes
        ]
        requests = [Fan(runtimes[0], f"fan-{n}").hold_request("1") for n in range(200)]
        answers = await all_at_once(
            desks[n % 4].hold.submit(request) for n, request in enumerate(requests)
        )
        assert tally(answers) == {"Order": 1, "SeatTaken": 199}
        await assert_reconciled(runtimes[0])


async def test_the_winner_of_200_buys_the_seat_and_no_other_fan_is_charged(
    runtimes: list[Runtime], desks: list[Batches]
) -> None:
    fans = [Fan(runtimes[n % 2], f"fan-{n}") for n in range(200)]
    answers = await all_at_once(
        desks[n % 2].hold.submit(fan.hold_request("1")) for n, fan in enumerate(fans)
    )
    for fan, answer in zip(fans, answers, strict=True):
        if isinstance(answer, Order):
            await fan.top_up(SEAT_PRICE)
            paid = await fan.pay(answer.id)
            assert (paid.payment.amount, paid.payment.balance_after) == (SEAT_PRICE, 0)
    loser = next(f for f, a in zip(fans, answers, strict=True) if not isinstance(a, Order))
    assert tally(await all_at_once([loser.hold("1")])) == {"SeatTaken": 1}
    await assert_reconciled(runtimes[0])


# --- The same two callers, with fewer and fewer guards -----------------------------------------


async def two_callers(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """Two fans want one seat; the second comes when the first has decided and not yet written."""
    pause = Pause(monkeypatch, orders, "open_held")
    first, second = Fan(runtimes[0], "first"), Fan(runtimes[1], "second")
    return await overtake(database_url, pause, first.hold("1"), second.hold("1"))


async def test_a_second_caller_waits_for_the_first_and_finds_the_seat_taken(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    first, second = await two_callers(runtimes, monkeypatch, database_url)
    assert tally([first]) == {"Order": 1}
    assert tally([second]) == {"SeatTaken": 1}
    await assert_reconciled(runtimes[0])


async def test_control_without_the_row_lock_the_claim_itself_refuses_the_second(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seats, "LOCK_SEATS", ROW_LOCK)
    answers = await two_callers(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"RaiseException": 1, "Order": 1}
    await assert_reconciled(runtimes[0])


async def test_control_without_lock_and_condition_the_seat_is_held_twice(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, seats, "LOCK_SEATS", ROW_LOCK)
    without(monkeypatch, seats, "CLAIM_SEATS", CLAIM_CONDITION)
    answers = await two_callers(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Order": 2}
    assert SHARED_SEAT in await violations(runtimes[0])


# --- The same within one batch -----------------------------------------------------------------


def decide_each_alone(requests: Sequence[HoldRequest], *rows: Any, **rest: Any) -> list[Any]:
    """A decision that forgets what it has just given to batch-mates."""
    return [decide_holds([request], *rows, **rest)[0] for request in requests]


async def one_batch(runtime: Runtime) -> list[Order | Refusal]:
    return await carried_out(
        hold.hold(runtime, [Fan(runtime, f"fan-{n}").hold_request("1") for n in range(20)])
    )


async def test_batch_mates_never_get_the_same_seat(runtime: Runtime) -> None:
    assert tally(await one_batch(runtime)) == {"Order": 1, "SeatTaken": 19}
    await assert_reconciled(runtime)


async def test_control_when_batch_mates_are_decided_alone_the_count_refuses_the_batch(
    runtime: Runtime, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold, "decide_holds", decide_each_alone)
    with pytest.raises(Exception, match="expected 20 rows, touched 1"):
        await one_batch(runtime)
    # The batches then tries them one by one, and one wins after all.
    fans = [Fan(runtime, f"fan-{n}") for n in range(20)]
    answers = await all_at_once(batches.hold.submit(fan.hold_request("1")) for fan in fans)
    assert tally(answers) == {"Order": 1, "SeatTaken": 19}
    await assert_reconciled(runtime)


async def test_control_when_batch_mates_are_decided_alone_without_a_count_all_get_the_seat(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold, "decide_holds", decide_each_alone)
    without(monkeypatch, seats, "CLAIM_SEATS", CLAIM_COUNT, "count(*)")
    assert tally(await one_batch(runtime)) == {"Order": 20}
    assert SHARED_SEAT in await violations(runtime)
