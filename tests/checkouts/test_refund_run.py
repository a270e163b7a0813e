"""The refunds of a cancelled date whose orders were paid by card, or are just being paid."""

import pytest

from helpers.bank import Bank, entry_of
from helpers.card_refunds import balance, bought, refunds_of, waiting
from helpers.checkouts import Payer
from helpers.concerts import FIRST, SEAT_PRICE
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.accounts.access import Identity
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.jobs.refund_runs import run_refunds
from yemae.jobs.send_refunds import send_refunds
from yemae.payments.refund_runs import RefundRun
from yemae.refusals import InvalidRequest
from yemae.runtime import Runtime
from yemae.sale import refund_run
from yemae.sale.account_deletion import delete_account
from yemae.sale.cancel_date import cancel_date
from yemae.sale.refund import RefundWish, refund_order

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


async def test_what_cards_have_paid_goes_back_to_each_card_and_the_rest_to_the_wallet(
    payer: Payer, bank: Bank
) -> None:
    fans = [Payer(payer.runtime, payer.batches, f"fan-{seat}") for seat in "123"]
    paid = [await bought(fan, bank, seat) for fan, seat in zip(fans, "123", strict=True)]
    order = await payer.hold_inside("4")
    await payer.top_up(SEAT_PRICE)
    await payer.pay(order.id)
    await cancelled(payer.runtime)
    done = await run_of(payer.runtime)
    assert (done.run.state, done.run.orders, done.run.refunded) == ("done", 4, 4 * SEAT_PRICE)
    assert [await balance(fan) for fan in (*fans, payer)] == [0, 0, 0, SEAT_PRICE]
    await assert_reconciled(payer.runtime)

    assert await send_refunds(payer.runtime) == 3
    for bought_order, checkout in paid:
        (refund,) = await refunds_of(payer.runtime, bought_order)
        assert (refund.destination, refund.state) == ("checkout", "settled")
        assert (await entry_of(payer.runtime, checkout.id)).refunded == SEAT_PRICE
    await cancelled(payer.runtime)
    await run_of(payer.runtime)
    assert await send_refunds(payer.runtime) == 0
    await assert_reconciled(payer.runtime)


async def test_a_card_gets_what_was_not_given_back_to_it_before(payer: Payer, bank: Bank) -> None:
    order, checkout = await bought(payer, bank, "1", "2")
    await refund_order(payer.runtime, "op", RefundWish(order.id, 5_000, "The view"))
    await cancelled(payer.runtime)
    done = await run_of(payer.runtime)
    assert (done.run.state, done.run.refunded) == ("done", order.total - 5_000)
    assert await send_refunds(payer.runtime) == 2
    assert (await entry_of(payer.runtime, checkout.id)).refunded == order.total
    assert await balance(payer) == 0
    await assert_reconciled(payer.runtime)


async def test_a_card_that_takes_no_refund_stops_no_run_and_waits_for_an_operator(
    payer: Payer, bank: Bank
) -> None:
    other = Payer(payer.runtime, payer.batches, "other")
    order, _ = await bought(payer, bank, "1", refunds="decline")
    _, taken = await bought(other, bank, "2")
    await cancelled(payer.runtime)
    assert (await run_of(payer.runtime)).run.state == "done"
    await send_refunds(payer.runtime)
    (refund,) = await refunds_of(payer.runtime, order)
    assert refund.state == "declined"
    assert await waiting(payer.runtime) == [refund.id]
    assert (await entry_of(payer.runtime, taken.id)).refunded == SEAT_PRICE
    await assert_reconciled(payer.runtime)


async def test_no_account_is_deleted_before_the_run_has_given_its_money_back(
    payer: Payer, bank: Bank
) -> None:
    runtime = payer.runtime
    await bought(payer, bank, "1")
    async with runtime.postgres.transaction() as tx:
        await tx.execute(b"update performances set starts_at = yemae_now() - interval '1 hour'")
    await cancelled(runtime)
    issued_s = runtime.now().timestamp()
    with pytest.raises(InvalidRequest) as refused:
        await delete_account(runtime, Identity(payer.user_id), issued_s, password=None, address="x")
    assert [error.field for error in refused.value.errors] == ["orders"]
    assert (await run_of(runtime)).run.state == "done"
    # The bank may still decline it.
    with pytest.raises(InvalidRequest):
        await delete_account(runtime, Identity(payer.user_id), issued_s, password=None, address="x")
    await send_refunds(runtime)
    await delete_account(runtime, Identity(payer.user_id), issued_s, password=None, address="x")
