"""Many fans, one phase with an allotment: never more seats of a date than it may sell."""

from collections.abc import AsyncIterator

import pytest

from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled, violations
from helpers.sales import PRESALE, in_phases
from helpers.time_travel import travel
from races.interleaving import TURN, Pause, all_at_once, overtake, several_runtimes, tally, without
from yemae.orders import orders
from yemae.orders.order import Order
from yemae.runtime import Runtime
from yemae.sale import hold, pay
from yemae.sale.batches import Batches, open_batches
from yemae.settings import Settings

ALLOTMENT = 3
EXCEEDED = "allotment_kept"


@pytest.fixture
async def runtimes(settings: Settings) -> AsyncIterator[list[Runtime]]:
    """Two runtimes with a presale of three of ten seats of each date."""
    async with several_runtimes(settings, 2, in_phases(f"allotment = {ALLOTMENT}")) as opened:
        yield opened


async def test_two_processes_sell_no_more_than_the_allotment_of_each_date(
    runtimes: list[Runtime], desks: list[Batches]
) -> None:
    dates = ("hall-1", "hall-2")
    fans = [Fan(runtimes[0], f"fan-{n}", PRESALE) for n in range(10)]
    answers = await all_at_once(
        desks[n % 2].hold.submit(fan.hold_request(str(n + 1), performance=date))
        for n, fan in enumerate(fans)
        for date in dates
    )
    assert tally(answers) == {"Order": 2 * ALLOTMENT, "AllotmentExceeded": 2 * (10 - ALLOTMENT)}
    held = [answer.performance_id for answer in answers if isinstance(answer, Order)]
    assert [held.count(date) for date in dates] == [ALLOTMENT, ALLOTMENT]
    await assert_reconciled(runtimes[0])


async def test_two_phases_sell_from_one_stock_and_only_one_has_an_allotment(
    runtimes: list[Runtime], desks: list[Batches]
) -> None:
    fans = [Fan(runtimes[0], f"fan-{n}", "hall" if n % 2 else PRESALE) for n in range(20)]
    answers = await all_at_once(
        desks[n // 2 % 2].hold.submit(fan.hold_request(str(n // 2 + 1)))
        for n, fan in enumerate(fans)
    )
    sold = [answer for answer in answers if isinstance(answer, Order)]
    assert sum(order.sale == PRESALE for order in sold) <= ALLOTMENT
    # What the presale was refused, the general sale has.
    assert len({order.seat_numbers[0] for order in sold}) == len(sold) == 10
    await assert_reconciled(runtimes[0])


async def test_a_batch_counts_what_it_has_given_itself(runtimes: list[Runtime]) -> None:
    wanted = [
        Fan(runtimes[0], f"fan-{n}", PRESALE).hold_request(*seats)
        for n, seats in enumerate((("1", "2"), ("3", "4"), ("5",), ("6",)))
    ]
    answers = await carried_out(hold.hold(runtimes[0], wanted))
    assert [type(answer).__name__ for answer in answers] == [
        "Order",
        "AllotmentExceeded",
        "Order",
        "AllotmentExceeded",
    ]


async def test_what_is_released_or_has_run_out_is_given_back_at_once(
    runtimes: list[Runtime],
) -> None:
    runtime = runtimes[0]
    one, two, three = (Fan(runtime, name, PRESALE) for name in ("one", "two", "three"))
    await one.hold("1", "2")
    await two.hold("3")
    await one.release()
    await three.hold("4", "5")
    travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
    for fan, seat in ((one, "6"), (two, "7"), (three, "8")):
        await fan.hold(seat)
    await assert_reconciled(runtime)


# --- The same, with and without the turns -------------------------------------------------------


async def two_holds(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> dict[str, int]:
    """Two seats for one fan and two others for another, in two processes; the second comes before
    the first writes."""
    pause = Pause(monkeypatch, orders, "open_held")
    first, second = Fan(runtimes[0], "one", PRESALE), Fan(runtimes[1], "two", PRESALE)
    return tally(await overtake(database_url, pause, first.hold("1", "2"), second.hold("3", "4")))


async def test_the_second_hold_of_a_phase_waits_and_counts_the_first(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    found = await two_holds(runtimes, monkeypatch, database_url)
    assert found == {"Order": 1, "AllotmentExceeded": 1}
    await assert_reconciled(runtimes[0])


async def test_control_when_the_holds_of_a_phase_take_no_turns_the_allotment_is_exceeded(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, orders, "LOCK_BUYERS", TURN, "key")
    assert await two_holds(runtimes, monkeypatch, database_url) == {"Order": 2}
    assert EXCEEDED in await violations(runtimes[0])


async def a_payment_and_a_hold(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> dict[str, int]:
    """A payment is made in the last moment of a hold of two seats; two others are held after that
    moment, and before the payment is written."""
    first, second = Fan(runtimes[0], "one", PRESALE), Fan(runtimes[1], "two", PRESALE)
    await first.top_up()
    await first.hold("1", "2")
    travel(runtimes[1], runtimes[1].settings.sale.hold_ttl_s + 1)
    pause = Pause(monkeypatch, orders, "mark_paid")
    return tally(await overtake(database_url, pause, first.pay(), second.hold("3", "4")))


async def test_a_hold_waits_for_a_payment_of_its_phase_and_counts_it(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    found = await a_payment_and_a_hold(runtimes, monkeypatch, database_url)
    assert found == {"Paid": 1, "AllotmentExceeded": 1}
    await assert_reconciled(runtimes[0])


async def test_control_when_payments_take_no_turn_of_the_phase_the_allotment_is_exceeded(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setattr(pay, "turns_of_payments", lambda *_: [])
    assert await a_payment_and_a_hold(runtimes, monkeypatch, database_url) == {
        "Paid": 1,
        "Order": 1,
    }
    assert EXCEEDED in await violations(runtimes[0])


async def test_a_payment_waits_in_the_second_batch_when_its_phase_has_a_turn_elsewhere(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    payer, holder = Fan(runtimes[1], "one", PRESALE), Fan(runtimes[0], "two", PRESALE)
    await payer.top_up()
    await payer.hold("1", "2")
    pause = Pause(monkeypatch, orders, "open_held")
    async with open_batches(runtimes[1]) as desk:
        answers = await overtake(
            database_url, pause, holder.hold("3"), desk.pay.submit(payer.pay_request())
        )
    assert tally(answers) == {"Order": 1, "Paid": 1}
    await assert_reconciled(runtimes[0])
