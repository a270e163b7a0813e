"""The refunds of a cancelled date while its orders are being paid by card."""

from helpers.bank import Bank, entry_of
from helpers.checkouts import Payer
from helpers.concerts import FIRST
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.jobs.refund_runs import run_refunds
from yemae.payments.refund_runs import RefundRun
from yemae.runtime import Runtime
from yemae.sale import refund_run
from yemae.sale.cancel_date import cancel_date

MINUTE_S = 60.0


async def cancelled(runtime: Runtime) -> RefundRun:
    return await cancel_date(runtime, "op", FIRST, "The singer is ill")


async def run_of(runtime: Runtime) -> refund_run.RunProgress:
    await run_refunds(runtime)
    return await refund_run.progress(runtime, FIRST)


async def test_a_payment_in_doubt_is_waited_for_and_given_back(payer: Payer, bank: Bank) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await bank.choose(checkout.id, "lose_answer")
    await payer.confirm(checkout.id)
    await cancelled(payer.runtime)
    waits = await run_of(payer.runtime)
    assert (waits.run.state, waits.left.held, waits.left.being_paid) == ("running", 1, 1)
    travel(payer.runtime, MINUTE_S)
    assert await look_up_checkouts(payer.runtime) == 1
    assert await payer.status(order) == "paid"
    done = await run_of(payer.runtime)
    assert (done.run.state, done.run.orders, done.run.refunded) == ("done", 1, order.total)
    assert await payer.status(order) == "cancelled"
    await assert_reconciled(payer.runtime)


async def test_a_charge_of_a_released_order_is_void_and_captures_nothing(
    payer: Payer, bank: Bank
) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    await cancelled(payer.runtime)
    assert (await run_of(payer.runtime)).run.state == "done"
    assert await payer.status(order) == "released"
    await bank.choose(checkout.id, "webhook_only")
    travel(payer.runtime, MINUTE_S + 1)
    await look_up_checkouts(payer.runtime)
    entry = await entry_of(payer.runtime, checkout.id)
    assert (entry.state, entry.captured) == ("cancelled", 0)
    await assert_reconciled(payer.runtime)
