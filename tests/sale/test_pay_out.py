"""Refunds of the box office's cash sales: cash that an operator hands out, once."""

from uuid import uuid4

import pytest

from helpers.concerts import HALL, SEAT_PRICE
from helpers.fans import Fan
from helpers.paid_orders import bought
from helpers.reconcile import assert_reconciled
from races.interleaving import all_at_once, several_runtimes, tally
from sale.test_sell import sell
from yemae.back_office import queue_control
from yemae.back_office.orders import open_refunds, show_order
from yemae.back_office.sales import report
from yemae.payments.refunds import Refund
from yemae.refusals import InvalidRequest
from yemae.runtime import Runtime
from yemae.sale import looks
from yemae.sale.cancel import By, CancelWish, cancel_seats
from yemae.sale.pay_out import pay_out_refund
from yemae.sale.refund import RefundWish, refund_order
from yemae.settings import Settings

OP = By("op", is_operator=True, takes_fee=False)


async def cancelled(runtime: Runtime) -> Refund:
    """Two seats that were sold for cash, and one of them cancelled."""
    sold = await sell(runtime, "1", "2")
    done = await cancel_seats(runtime, OP, CancelWish(sold.order.id, ["1"]))
    (refund,) = done.refunds
    return refund


async def test_cash_is_pending_until_it_is_handed_out_and_is_handed_out_once(
    runtime: Runtime,
) -> None:
    refund = await cancelled(runtime)
    assert (refund.destination, refund.state, refund.amount) == ("cash", "pending", SEAT_PRICE)
    order = (await show_order(runtime, refund.order_id)).order
    assert (await looks.own_wallet(runtime, order.user_id)).balance == 0
    (listed,) = await open_refunds(runtime, is_waiting=True, before=None, limit=9)
    assert (listed.id, listed.destination, listed.provider) == (refund.id, "cash", None)
    await assert_reconciled(runtime)

    paid = await pay_out_refund(runtime, "clerk", refund.id)
    assert (paid.state, paid.paid_out_by) == ("settled", "clerk")
    assert (await show_order(runtime, order.id)).refunds == [paid]
    assert await open_refunds(runtime, is_waiting=False, before=None, limit=9) == []
    (line, *_) = await queue_control.actions(runtime, HALL, before=None, limit=10)
    assert (line.who, line.action, line.details["refund"]) == ("clerk", "pay out", SEAT_PRICE)
    with pytest.raises(InvalidRequest) as refused:
        await pay_out_refund(runtime, "clerk", refund.id)
    assert "was paid out by clerk" in refused.value.detail()
    await assert_reconciled(runtime)


async def test_two_operators_hand_the_same_cash_out_once(settings: Settings) -> None:
    async with several_runtimes(settings, 2) as runtimes:
        refund = await cancelled(runtimes[0])
        answers = await all_at_once(
            [pay_out_refund(runtime, f"op{at}", refund.id) for at, runtime in enumerate(runtimes)]
        )
        assert tally(answers) == {"Refund": 1, "InvalidRequest": 1}
        await assert_reconciled(runtimes[0])


async def test_a_fan_who_bought_at_the_box_office_gets_cash_and_no_balance(
    runtime: Runtime,
) -> None:
    fan = Fan(runtime, "fan")
    await fan.top_up()
    before = (await looks.own_wallet(runtime, "fan")).balance
    sold = await sell(runtime, "1", user="fan")
    await refund_order(runtime, "op", RefundWish(sold.order.id, 1_000))
    given = await refund_order(runtime, "op", RefundWish(sold.order.id, 500, to="wallet"))
    assert given.refund.destination == "wallet"
    done = await cancel_seats(runtime, OP, CancelWish(sold.order.id))
    assert [(each.destination, each.amount) for each in done.refunds] == [
        ("cash", SEAT_PRICE - 1_500)
    ]
    assert (await looks.own_wallet(runtime, "fan")).balance == before + 500
    await assert_reconciled(runtime)


async def test_sales_and_books_agree_before_and_after_a_payout(runtime: Runtime) -> None:
    refund = await cancelled(runtime)
    before = (await report(runtime, HALL)).total
    assert (before.revenue, before.refunds, before.net) == (2 * SEAT_PRICE, SEAT_PRICE, SEAT_PRICE)
    await pay_out_refund(runtime, "op", refund.id)
    assert (await report(runtime, HALL)).total == before
    await assert_reconciled(runtime)


async def test_what_is_no_cash_is_not_handed_out(runtime: Runtime) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await pay_out_refund(runtime, "op", uuid4())
    assert "No refund" in refused.value.detail()
    order = await bought(Fan(runtime, "fan"), "1")
    done = await refund_order(runtime, "op", RefundWish(order.id, 100))
    with pytest.raises(InvalidRequest) as refused:
        await pay_out_refund(runtime, "op", done.refund.id)
    assert "goes to the wallet" in refused.value.detail()


async def test_a_complimentary_ticket_gives_nothing_back(runtime: Runtime) -> None:
    sold = await sell(runtime, "1", tender="complimentary")
    done = await cancel_seats(runtime, OP, CancelWish(sold.order.id))
    assert (done.order.status, done.refunds) == ("cancelled", [])
    await assert_reconciled(runtime)
