"""The last line: what the schema refuses although the code is wrong.

Each act goes past every guard of the code, straight to the statements that write. Each test ends
with its control: the same act goes through when its constraint is gone, so it is this constraint
that refuses, and no other.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest

from helpers.concerts import SEAT_PRICE
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from races.interleaving import execute
from yemae.concerts import seats
from yemae.orders import orders
from yemae.orders.order import Order
from yemae.payments import payments
from yemae.payments.payment import Payment
from yemae.runtime import Runtime
from yemae.sale.decide_payments import Paid
from yemae.store.postgres import Transaction
from yemae.wallet import ledger
from yemae.wallet.decide import CASH, SALES, Transfer

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Sold(NamedTuple):
    """A runtime in which seat 1 is sold, and another order that is not paid."""

    runtime: Runtime
    paid: Paid
    other: Order
    topped_up: Transfer

    def new_id(self) -> UUID:
        """An id that nothing has yet."""
        return self.runtime.new_id()

    def debit(self, order: Order, amount: int = SEAT_PRICE) -> Transfer:
        """A line that charges the fan for an order."""
        return Transfer(
            self.new_id(), "fan", "payment", "fan", SALES, amount, 0, order.id, None, NOW
        )

    def credit(self, key: str) -> Transfer:
        """A line that credits the fan."""
        return Transfer(self.new_id(), "fan", "top_up", CASH, "fan", 1, 1, None, key, NOW)

    def payment(self, order: Order, key: str | None = None) -> Payment:
        """A payment of an order by the fan."""
        amount = order.total
        return Payment(self.new_id(), order.id, "fan", "hall", 1, amount, 0, NOW, key)


@pytest.fixture
async def sold(runtime: Runtime) -> Sold:
    """One sale; whatever a refused act tried, both stores reconcile afterwards."""
    fan, other = Fan(runtime, "fan"), Fan(runtime, "other")
    topped_up = await fan.top_up(2 * SEAT_PRICE, "once")
    await fan.hold("1", key="hold")
    paid = await fan.pay(key="pay")
    return Sold(runtime, paid, await other.hold("2"), topped_up)


Act = Callable[[Transaction, Sold], Awaitable[None]]


async def sell_the_seat_again(tx: Transaction, sold: Sold) -> None:
    seat = (sold.paid.order.performance_key, "1", sold.other.id)
    await tx.send(
        seats.ISSUE_TICKETS,
        performance_keys=[seat[0]],
        numbers=[seat[1]],
        order_ids=[seat[2]],
    )


async def pay_the_order_again(tx: Transaction, sold: Sold) -> None:
    await payments.write_payments(tx, [sold.payment(sold.paid.order)._replace(pass_number=10**9)])


async def pay_with_the_same_key(tx: Transaction, sold: Sold) -> None:
    await payments.write_payments(tx, [sold.payment(sold.other, "pay")._replace(pass_number=10**9)])


async def pay_with_the_same_pass(tx: Transaction, sold: Sold) -> None:
    again = sold.payment(sold.other)._replace(pass_number=sold.paid.payment.pass_number)
    await payments.write_payments(tx, [again])


async def hold_with_the_same_key(tx: Transaction, sold: Sold) -> None:
    order = sold.paid.order._replace(id=sold.new_id())
    await orders.open_held(tx, [order])


async def debit_the_order_again(tx: Transaction, sold: Sold) -> None:
    await ledger.append(tx, [sold.debit(sold.paid.order)])


async def credit_the_key_again(tx: Transaction, sold: Sold) -> None:
    await ledger.append(tx, [sold.credit("once")])


async def overdraw(tx: Transaction, sold: Sold) -> None:
    assert sold.runtime
    await tx.send(ledger.SET_BALANCES, user_ids=["fan"], balances=[-1])


async def move_money_between_strangers(tx: Transaction, sold: Sold) -> None:
    await ledger.append(tx, [sold.credit("new")._replace(to_account=SALES)])


async def move_money_from_the_fan_to_the_fan(tx: Transaction, sold: Sold) -> None:
    await ledger.append(tx, [sold.credit("new")._replace(from_account="fan")])


async def rewrite_the_ledger(tx: Transaction, sold: Sold) -> None:
    await tx.send(b"update transfers set amount = 1 where id = %(id)s", id=sold.topped_up.id)


async def erase_the_ledger(tx: Transaction, sold: Sold) -> None:
    await tx.send(b"delete from transfers where id = %(id)s", id=sold.topped_up.id)


NEVER_CHANGED = "alter table transfers disable trigger transfers_are_immutable"
ACTS = {
    "seat_sold_once": (
        sell_the_seat_again,
        "alter table tickets drop constraint seat_sold_once",
    ),
    "order_paid_once": (
        pay_the_order_again,
        "alter table payments drop constraint order_paid_once",
    ),
    "pass_pays_once": (
        pay_with_the_same_pass,
        "alter table payments drop constraint pass_pays_once",
    ),
    "payments_idempotency": (pay_with_the_same_key, "drop index payments_idempotency"),
    "orders_idempotency": (hold_with_the_same_key, "drop index orders_idempotency"),
    "payment_debited_once": (debit_the_order_again, "drop index payment_debited_once"),
    "top_up_credited_once": (credit_the_key_again, "drop index top_up_credited_once"),
    "balance_not_negative": (
        overdraw,
        "alter table wallets drop constraint balance_not_negative",
    ),
    "both_sides": (
        move_money_between_strangers,
        "alter table transfers drop constraint both_sides",
    ),
    "both_sides (one account)": (
        move_money_from_the_fan_to_the_fan,
        "alter table transfers drop constraint both_sides",
    ),
    "a line of transfers is never changed (update)": (rewrite_the_ledger, NEVER_CHANGED),
    "a line of transfers is never changed (delete)": (erase_the_ledger, NEVER_CHANGED),
}
CASES = [pytest.param(refusal, *case, id=case[0].__name__) for refusal, case in ACTS.items()]


async def attempt(sold: Sold, act: Act) -> None:
    async with sold.runtime.postgres.transaction() as tx:
        await act(tx, sold)


@pytest.mark.parametrize(("refusal", "act", "drop"), CASES)
async def test_the_schema_refuses_and_accepts_only_without_its_constraint(
    sold: Sold, database_url: str, refusal: str, act: Act, drop: str
) -> None:
    # That the server's role may not even try is in store/test_roles.py; this is what comes after.
    await execute(database_url, "grant update, delete on transfers to yemae_app")
    with pytest.raises(psycopg.IntegrityError) as refused:
        await attempt(sold, act)
    said = refused.value.diag.constraint_name or refused.value.diag.message_primary
    assert said == refusal.partition(" (")[0]
    await assert_reconciled(sold.runtime)
    await execute(database_url, drop)
    await attempt(sold, act)


# --- A sale of seats that the order does not have -----------------------------------------------


async def test_seats_of_another_order_cannot_be_sold(sold: Sold) -> None:
    seat = (sold.other.performance_key, "2", sold.paid.order.id)
    with pytest.raises(psycopg.errors.RaiseException, match="expected 1 rows, touched 0"):
        async with sold.runtime.postgres.transaction() as tx:
            await seats.sell_seats(tx, [seat])
    await assert_reconciled(sold.runtime)


async def test_an_order_cannot_be_marked_paid_twice(sold: Sold) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="expected 1 rows, touched 0"):
        async with sold.runtime.postgres.transaction() as tx:
            await orders.mark_paid(tx, [sold.paid.order.id])
    await assert_reconciled(sold.runtime)


async def test_a_sold_seat_cannot_be_claimed_at_any_time(sold: Sold) -> None:
    sold.runtime.postgres.clock_offset_s = 10 * 365 * 86_400
    claim = seats.Claim(sold.paid.order.performance_key, "1", sold.other.id, NOW)
    with pytest.raises(psycopg.errors.RaiseException, match="expected 1 rows, touched 0"):
        async with sold.runtime.postgres.transaction() as tx:
            await seats.claim_seats(tx, [claim])


async def sell_with_a_refused_debit(sold: Sold) -> None:
    """Mark the other order paid and its seat sold, then debit the first order again."""
    async with sold.runtime.postgres.transaction() as tx:
        await orders.mark_paid(tx, [sold.other.id])
        await seats.sell_seats(tx, [(sold.other.performance_key, "2", sold.other.id)])
        await ledger.append(tx, [sold.debit(sold.paid.order)])


async def test_a_debit_that_is_refused_takes_the_sale_with_it(sold: Sold) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        await sell_with_a_refused_debit(sold)
    async with sold.runtime.postgres.transaction() as tx:
        order = await orders.order_of(tx, sold.other.id, "other")
    assert order is not None
    assert order.status == "held"
    await assert_reconciled(sold.runtime)
