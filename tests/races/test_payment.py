"""One order, many payments: one debit, one set of tickets. One wallet, many orders: never below
zero."""

from typing import Any

import psycopg
import pytest

from helpers.concerts import SEAT_PRICE
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import (
    ROW_LOCK,
    TURN,
    Pause,
    all_at_once,
    count,
    execute,
    overtake,
    tally,
    without,
)
from yemae.concerts import seats
from yemae.orders import orders
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.sale.decide_payments import Paid
from yemae.wallet import ledger

DEBITS = "select count(*) from transfers where kind = 'payment'"
TICKETS = "select count(*) from tickets"
BALANCE = "select balance from wallets where user_id = 'fan'"
EXPLAINED = "balance_is_sum_of_transfers"
STILL_HELD = "and coalesce(status = 'held', false)"


async def fan_with_order(runtimes: list[Runtime]) -> Fan:
    """A fan who holds two seats and has money for three."""
    fan = Fan(runtimes[0], "fan")
    await fan.enter()
    await fan.top_up(3 * SEAT_PRICE)
    await fan.hold("1", "2")
    return fan


async def assert_paid_once(runtime: Runtime, database_url: str) -> None:
    assert await count(database_url, DEBITS) == 1
    assert await count(database_url, TICKETS) == 2
    assert await count(database_url, BALANCE) == SEAT_PRICE
    await assert_reconciled(runtime)


async def test_an_order_that_is_paid_many_times_at_once_is_debited_once(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    fan = await fan_with_order(runtimes)
    answers = await all_at_once(desks[n % 2].pay.submit(fan.pay_request()) for n in range(60))
    assert tally(answers) == {"Paid": 1, "OrderAlreadyPaid": 59}
    await assert_paid_once(runtimes[0], database_url)


async def test_payments_with_one_key_are_all_answered_with_the_one_payment(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    fan = await fan_with_order(runtimes)
    request = fan.pay_request(key="once")
    answers = await all_at_once(desks[n % 2].pay.submit(request) for n in range(60))
    assert tally(answers) == {"Paid": 60}
    assert all(answer == answers[0] for answer in answers)
    await assert_paid_once(runtimes[0], database_url)


async def test_payments_with_different_keys_and_none_are_one_payment(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    fan = await fan_with_order(runtimes)
    keys = [None, "this", "that"]
    answers = await all_at_once(
        desks[n % 2].pay.submit(fan.pay_request(key=keys[n % 3])) for n in range(60)
    )
    paid = [answer for answer in answers if isinstance(answer, Paid)]
    assert all(answer == paid[0] for answer in paid)
    assert len(paid) == (20 if paid[0].payment.idempotency_key else 1)
    assert tally(answers)["OrderAlreadyPaid"] == 60 - len(paid)
    await assert_paid_once(runtimes[0], database_url)


async def test_a_payment_of_another_fan_s_order_is_refused_and_disturbs_no_batch_mate(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    fan = await fan_with_order(runtimes)
    assert fan.order is not None
    thief = Fan(runtimes[1], "thief")
    await thief.top_up()
    requests = [fan.pay_request(), thief.pay_request(fan.order.id)] * 20
    answers = await all_at_once(desks[n % 2].pay.submit(r) for n, r in enumerate(requests))
    assert tally(answers) == {"Paid": 1, "OrderAlreadyPaid": 19, "OrderNotFound": 20}
    await assert_paid_once(runtimes[0], database_url)


# --- Two payments of one order, with fewer and fewer guards ------------------------------------


async def two_payments(
    runtimes: list[Runtime],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    key: str | None = None,
) -> list[Any]:
    """The second payment comes when the first has decided and not yet written."""
    fan = await fan_with_order(runtimes)
    assert fan.order is not None
    pause = Pause(monkeypatch, orders, "mark_paid")
    again = Fan(runtimes[1], "fan")
    return await overtake(database_url, pause, fan.pay(key=key), again.pay(fan.order.id, key))


async def test_the_second_payment_waits_and_finds_the_order_paid(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    first, second = await two_payments(runtimes, monkeypatch, database_url)
    assert tally([first]) == {"Paid": 1}
    assert tally([second]) == {"OrderAlreadyPaid": 1}
    await assert_paid_once(runtimes[0], database_url)


async def test_the_second_payment_with_the_same_key_waits_and_repeats_the_first(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    first, second = await two_payments(runtimes, monkeypatch, database_url, "once")
    assert isinstance(first, Paid)
    assert first == second
    await assert_paid_once(runtimes[0], database_url)


def pay_without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, orders, "LOCK_BUYERS", TURN, "key")
    without(monkeypatch, ledger, "LOCK_WALLETS", ROW_LOCK)
    without(monkeypatch, orders, "LOCK_ORDERS", ROW_LOCK)
    without(monkeypatch, seats, "LOCK_SEATS_OF_ORDERS", ROW_LOCK)


async def test_control_without_locks_the_order_itself_refuses_to_be_paid_again(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    pay_without_locks(monkeypatch)
    answers = await two_payments(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"RaiseException": 1, "Paid": 1}
    await assert_paid_once(runtimes[0], database_url)


@pytest.mark.parametrize(
    ("gone", "refused_by"),
    [
        ((), "seat_sold_once"),
        (("seat_sold_once",), "order_paid_once"),
        (("seat_sold_once", "order_paid_once"), "payment_debited_once"),
    ],
)
async def test_control_without_locks_and_status_the_schema_refuses_a_second_payment(
    runtimes: list[Runtime],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    gone: tuple[str, ...],
    refused_by: str,
) -> None:
    pay_without_locks(monkeypatch)
    without(monkeypatch, orders, "MARK_PAID", STILL_HELD)
    await execute(database_url, *(DROP[constraint] for constraint in gone))
    first, second = await two_payments(runtimes, monkeypatch, database_url)
    assert isinstance(first, psycopg.errors.UniqueViolation)
    assert first.diag.constraint_name == refused_by
    assert isinstance(second, Paid)
    await assert_paid_once(runtimes[0], database_url)


DROP = {
    "seat_sold_once": "alter table tickets drop constraint seat_sold_once",
    "order_paid_once": "alter table payments drop constraint order_paid_once",
    "payment_debited_once": "drop index payment_debited_once",
}


async def test_control_without_any_guard_the_order_is_debited_twice(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    pay_without_locks(monkeypatch)
    without(monkeypatch, orders, "MARK_PAID", STILL_HELD)
    await execute(database_url, *DROP.values())
    answers = await two_payments(runtimes, monkeypatch, database_url)
    assert tally(answers) == {"Paid": 2}
    assert await count(database_url, DEBITS) == 2
    assert await count(database_url, TICKETS) == 4


# --- Two orders of one wallet ------------------------------------------------------------------


async def two_orders(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> list[Any]:
    """A fan with money for one seat pays one order here and another there."""
    here, there = Fan(runtimes[0], "fan"), Fan(runtimes[1], "fan")
    await here.top_up(SEAT_PRICE)
    await here.hold("1")
    await there.hold("2")
    pause = Pause(monkeypatch, orders, "mark_paid")
    return await overtake(database_url, pause, here.pay(), there.pay())


async def test_two_payments_of_one_wallet_take_turns(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    first, second = await two_orders(runtimes, monkeypatch, database_url)
    assert tally([first]) == {"Paid": 1}
    assert (second.balance, second.required) == (0, SEAT_PRICE)
    await assert_reconciled(runtimes[0])


async def test_control_without_turns_and_the_lock_of_the_wallet_it_is_spent_twice(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    without(monkeypatch, orders, "LOCK_BUYERS", TURN, "key")
    without(monkeypatch, ledger, "LOCK_WALLETS", ROW_LOCK)
    assert tally(await two_orders(runtimes, monkeypatch, database_url)) == {"Paid": 2}
    assert EXPLAINED in await violations(runtimes[0])


async def test_many_orders_of_one_wallet_never_spend_more_than_it_holds(
    runtimes: list[Runtime], desks: list[Batches], database_url: str
) -> None:
    fan = Fan(runtimes[0], "fan")
    await fan.top_up(3 * SEAT_PRICE)
    held = [
        await fan.hold(str(n + 1), performance=performance)
        for performance in ("hall-1", "hall-2")
        for n in range(4)
    ]
    answers = await all_at_once(
        desks[n % 2].pay.submit(fan.pay_request(order.id)) for n, order in enumerate(held * 3)
    )
    # A payment ends the fan's older passes, so how many get through depends on who comes first.
    paid = tally(answers)["Paid"]
    assert 1 <= paid <= 3
    refusals = {"OrderAlreadyPaid", "InsufficientBalance", "EntryTokenExpired"}
    assert set(tally(answers)) <= {"Paid", *refusals}
    assert await count(database_url, BALANCE) == (3 - paid) * SEAT_PRICE
    await assert_reconciled(runtimes[0])
