"""Spots of areas are sold by count: each to one fan, in the order of their entry numbers, to many
batches at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from helpers.areas import PIT, load, spots_of, standing_hall
from helpers.concerts import FIRST, SECOND
from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled, violations
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
from races.test_foreign_locks import locked
from yemae.concerts import seats
from yemae.orders import orders
from yemae.orders.order import Order
from yemae.refusals import AreaFull, Refusal, SeatLimitExceeded, SeatNotFound, SeatTaken
from yemae.runtime import Runtime, open_runtime
from yemae.sale import hold, pay, release
from yemae.sale.batches import Batches, open_batches
from yemae.sale.decide_holds import HoldRequest
from yemae.settings import Settings


@pytest.fixture
async def runtimes(settings: Settings) -> AsyncIterator[list[Runtime]]:
    """Two runtimes with an area of 40 and one of 3."""
    await load(settings, standing_hall(40, pit=3))
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_runtime(settings)) for _ in range(2)]


async def wants(
    runtime: Runtime,
    user_id: str,
    *numbers: str,
    performance: str = FIRST,
    key: str | None = None,
    **areas: int,
) -> HoldRequest:
    """A hold of seats by number and of areas by count."""
    request = Fan(runtime, user_id).hold_request(*numbers, performance=performance, key=key)
    return request._replace(spots=await spots_of(runtime, performance, **areas))


async def test_many_fans_of_two_processes_get_every_spot_once(
    runtimes: list[Runtime], desks: list[Batches]
) -> None:
    asked = [await wants(runtimes[n % 2], f"fan-{n}", standing=2) for n in range(30)]
    answers = await all_at_once(
        desks[n % 2].hold.submit(request) for n, request in enumerate(asked)
    )
    assert tally(answers) == {"Order": 20, "AreaFull": 10}
    held = [
        number for order in answers if isinstance(order, Order) for number in order.seat_numbers
    ]
    assert sorted(held) == sorted(f"스탠딩A-{entry}" for entry in range(1, 41))
    assert {answer.left for answer in answers if isinstance(answer, AreaFull)} == {0}
    await assert_reconciled(runtimes[0])


async def test_entry_numbers_go_in_the_order_of_arrival(runtimes: list[Runtime]) -> None:
    asked = [await wants(runtimes[0], f"fan-{n}", standing=2) for n in range(3)]
    answers = await carried_out(hold.hold(runtimes[0], asked))
    assert [each.seat_numbers for each in answers if isinstance(each, Order)] == [
        ["스탠딩A-1", "스탠딩A-2"],
        ["스탠딩A-3", "스탠딩A-4"],
        ["스탠딩A-5", "스탠딩A-6"],
    ]


async def test_seats_and_spots_are_one_order_all_or_nothing(runtimes: list[Runtime]) -> None:
    runtime = runtimes[0]
    (order,) = await carried_out(
        hold.hold(runtime, [await wants(runtime, "ann", "1", standing=1, pit=2)])
    )
    assert isinstance(order, Order)
    assert order.seat_numbers == ["1", "스탠딩A-1", "PIT-1", "PIT-2"]
    assert order.seat_grades == ["R", "ST", "ST", "ST"]
    taken, full = await carried_out(
        hold.hold(
            runtime,
            [
                await wants(runtime, "ben", "1", standing=1),
                await wants(runtime, "cho", "2", pit=2),
            ],
        )
    )
    assert isinstance(taken, SeatTaken)
    assert isinstance(full, AreaFull)
    assert (full.area, full.count, full.left) == (PIT, 2, 1)
    (next_one,) = await carried_out(
        hold.hold(runtime, [await wants(runtime, "dae", "2", standing=1)])
    )
    assert isinstance(next_one, Order)
    assert next_one.seat_numbers == ["2", "스탠딩A-2"]
    await assert_reconciled(runtime)


async def test_spots_count_against_the_seat_limit(runtimes: list[Runtime]) -> None:
    runtime = runtimes[0]
    first, second = await carried_out(
        hold.hold(
            runtime,
            [await wants(runtime, "ann", standing=3), await wants(runtime, "ann", standing=2)],
        )
    )
    assert isinstance(first, Order)
    assert isinstance(second, SeatLimitExceeded)


async def test_a_spot_cannot_be_chosen_by_its_number(runtimes: list[Runtime]) -> None:
    with pytest.raises(SeatNotFound):
        await Fan(runtimes[0], "ann").hold("스탠딩A-1")
    batches = await carried_out(
        hold.hold(runtimes[0], [await wants(runtimes[0], "ann", "스탠딩A-1")], wait=False)
    )
    assert isinstance(batches[0], SeatNotFound)


async def test_a_hold_that_has_run_out_is_a_free_spot_at_once(runtimes: list[Runtime]) -> None:
    runtime = runtimes[0]
    await carried_out(hold.hold(runtime, [await wants(runtime, "ann", pit=3)]))
    request = await wants(runtime, "ben", pit=1)
    for wait in (True, False):
        (refused,) = (await hold.hold(runtime, [request], wait=wait)).answers
        assert isinstance(refused, AreaFull)
    travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
    (order,) = (await hold.hold(runtime, [request], wait=False)).answers
    assert isinstance(order, Order)
    assert order.seat_numbers == ["PIT-1"]
    await assert_reconciled(runtime)


async def test_released_spots_are_the_next_fans(runtimes: list[Runtime]) -> None:
    runtime = runtimes[0]
    (first,) = await carried_out(hold.hold(runtime, [await wants(runtime, "ann", pit=2)]))
    assert isinstance(first, Order)
    await release.release(runtime, "ann", first.id)
    (order,) = await carried_out(hold.hold(runtime, [await wants(runtime, "ben", pit=3)]))
    assert isinstance(order, Order)
    assert order.seat_numbers == ["PIT-1", "PIT-2", "PIT-3"]


async def test_the_same_key_is_answered_with_the_same_spots(runtimes: list[Runtime]) -> None:
    runtime = runtimes[0]
    asked = await wants(runtime, "ann", "1", standing=2, key="k")
    first, again = await carried_out(hold.hold(runtime, [asked, asked]))
    assert isinstance(first, Order)
    assert first == again
    for other in (
        await wants(runtime, "ann", "1", standing=3, key="k"),
        await wants(runtime, "ann", "2", standing=2, key="k"),
        await wants(runtime, "ann", "1", pit=2, key="k"),
        await wants(runtime, "ann", "1", standing=1, pit=1, key="k"),
    ):
        (answer,) = await carried_out(hold.hold(runtime, [other]))
        assert type(answer).__name__ == "IdempotencyConflict"


async def test_a_date_has_spots_of_its_own(runtimes: list[Runtime]) -> None:
    runtime = runtimes[0]
    answers = await carried_out(
        hold.hold(
            runtime,
            [
                await wants(runtime, "ann", pit=3),
                await wants(runtime, "ben", pit=3, performance=SECOND),
            ],
        )
    )
    assert [each.seat_numbers for each in answers if isinstance(each, Order)] == [
        ["PIT-1", "PIT-2", "PIT-3"]
    ] * 2


# --- Locked elsewhere ---------------------------------------------------------------------------


async def test_spots_that_are_locked_elsewhere_are_passed_over(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = Pause(monkeypatch, orders, "open_held")
    first = asyncio.create_task(
        carried_out(hold.hold(runtimes[0], [await wants(runtimes[0], "ann", standing=2)]))
    )
    await pause.reached.wait()
    (second,) = (
        await hold.hold(runtimes[1], [await wants(runtimes[1], "ben", standing=2)], wait=False)
    ).answers
    pause.go_on.set()
    assert isinstance(second, Order)
    assert second.seat_numbers == ["스탠딩A-3", "스탠딩A-4"]
    (order,) = await first
    assert isinstance(order, Order)
    assert order.seat_numbers == ["스탠딩A-1", "스탠딩A-2"]


async def last_spots(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Order | Refusal]:
    """Two fans want two of three spots, the second before the first writes."""
    pause = Pause(monkeypatch, orders, "open_held")
    one, other = [await wants(runtimes[n], f"fan-{n}", pit=2) for n in range(2)]

    async def first() -> Order | Refusal:
        (answer,) = await carried_out(hold.hold(runtimes[0], [one]))
        return answer

    async with open_batches(runtimes[1]) as desk:
        return await overtake(database_url, pause, first(), desk.hold.submit(other))


async def test_who_wants_what_is_locked_elsewhere_waits_for_the_truth(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    first, second = await last_spots(runtimes, monkeypatch, database_url)
    assert isinstance(first, Order)
    assert isinstance(second, AreaFull)
    assert second.left == 1
    await assert_reconciled(runtimes[0])


async def test_spots_that_another_session_lets_go_are_for_the_fan_who_waited(
    runtimes: list[Runtime], database_url: str
) -> None:
    spots = "select from seats where area is not null for update"
    request = await wants(runtimes[0], "ann", pit=2)
    async with locked(database_url, spots) as session, open_batches(runtimes[0]) as desk:
        async with asyncio.timeout(DEADLINE_S):
            holding = asyncio.create_task(desk.hold.submit(request))
            await until_done_or_waiting(database_url, holding)
            assert not holding.done()
            await session.rollback()
            assert len((await holding).seat_numbers) == 2


async def test_control_without_lock_and_condition_one_spot_goes_to_two(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    free = "(s.order_id is null or s.held_until <= yemae_now())"
    without(monkeypatch, seats, "TRY_SPOTS", "for no key update skip locked")
    without(monkeypatch, seats, "CLAIM_SEATS", free, "true")
    await last_spots(runtimes, monkeypatch, database_url)
    assert "order_has_its_seats" in await violations(runtimes[0])


async def test_holds_payments_and_releases_of_seats_and_spots_never_block_each_other(
    runtimes: list[Runtime],
) -> None:
    """Expired orders are paid and released while others take over their seats and spots."""
    for round_number in range(8):
        late = []
        for n in range(3):
            fan = Fan(runtimes[0], f"late-{round_number}-{n}")
            await fan.top_up()
            request = await wants(runtimes[0], fan.user_id, str(n + 1), standing=2, pit=1)
            (fan.order,) = await carried_out(hold.hold(runtimes[0], [request]))  # type: ignore[assignment]
            assert isinstance(fan.order, Order)
            late.append(fan)
        for runtime in runtimes:
            travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
        others = [
            await wants(runtimes[1], f"new-{round_number}-{n}", str(3 - n), standing=2, pit=1)
            for n in range(3)
        ]
        answers = await asyncio.gather(
            carried_out(pay.pay(runtimes[0], [late[1].pay_request(), late[0].pay_request()])),
            carried_out(hold.hold(runtimes[1], others)),
            release.release(runtimes[0], late[2].user_id, late[2].order.id),  # type: ignore[union-attr]
            return_exceptions=True,
        )
        assert not any("deadlock" in repr(answer).lower() for answer in answers), answers
        assert tally(answers[1]) == {"Order": 3}  # type: ignore[arg-type]
        await assert_reconciled(runtimes[1])
        for runtime in runtimes:
            travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
