"""Giving money back without cancelling: how much, once, and what a cancellation gives back then."""

from uuid import uuid4

import pytest

from helpers.cancelling import FEE, to_the_fee
from helpers.concerts import HALL, SEAT_PRICE
from helpers.fans import Fan
from helpers.paid_orders import bought, opens, stored
from helpers.reconcile import assert_reconciled
from races.interleaving import all_at_once, tally
from yemae.back_office import queue_control
from yemae.orders.order import Order
from yemae.refusals import (
    IdempotencyConflict,
    InvalidRequest,
    OrderNotFound,
    OrderNotPaid,
    RefundExceedsPayment,
)
from yemae.runtime import Runtime
from yemae.sale import looks
from yemae.sale.cancel import By, quote_cancellation
from yemae.sale.refund import Refunded, RefundWish, refund_order

TOP_UP = 1_000_000


async def refund(
    runtime: Runtime, order: Order, amount: int, key: str | None = None, reason: str | None = None
) -> Refunded:
    """Refund as an operator."""
    return await refund_order(runtime, "op", RefundWish(order.id, amount, reason, key))


async def balance(fan: Fan) -> int:
    """What a fan can spend."""
    return (await looks.own_wallet(fan.runtime, fan.user_id)).balance


async def test_the_order_keeps_its_seats_and_the_fan_has_the_money(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    done = await refund(hall, order, 10_000, reason="bad view")
    assert (done.refund.amount, done.refund.state, done.left) == (10_000, "settled", 40_000)
    assert await balance(fan) == TOP_UP - 40_000
    assert await stored(hall, order) == order
    assert await opens(hall, order, "1")
    (line, *_) = await queue_control.actions(hall, HALL, before=None, limit=9)
    assert (line.who, line.action) == ("op", "refund")
    assert line.details == {"order": str(order.id), "refund": 10_000, "reason": "bad view"}
    (top, *_) = await looks.own_transfers(hall, fan.user_id, before=None, limit=1)
    assert (top.kind, top.from_account, top.amount) == ("refund", "@refunds", 10_000)
    await assert_reconciled(hall)


async def test_no_more_goes_back_than_was_paid(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    await refund(hall, order, SEAT_PRICE - 1)
    with pytest.raises(RefundExceedsPayment) as caught:
        await refund(hall, order, 2)
    assert caught.value.left == 1
    assert (await refund(hall, order, 1)).left == 0
    with pytest.raises(RefundExceedsPayment):
        await refund(hall, order, 1)
    await assert_reconciled(hall)


async def test_of_refunds_at_once_only_as_many_are_paid_as_fit(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    answers = await all_at_once(refund(hall, order, 20_000) for _ in range(5))
    assert tally(answers) == {"Refunded": 2, "RefundExceedsPayment": 3}
    assert await balance(fan) == TOP_UP - SEAT_PRICE + 40_000
    await assert_reconciled(hall)


async def test_a_cancellation_gives_back_what_is_left(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1", "2")
    await refund(hall, order, 70_000)
    to_the_fee(hall)
    quoted = await quote_cancellation(hall, By(fan.user_id), order.id)
    assert (quoted.fee, quoted.refund) == (2 * FEE, 30_000)
    first = await fan.cancel("1")
    assert (first.cancellation.fee, first.refunds[0].amount) == (FEE, 30_000)
    await assert_reconciled(hall)
    second = await fan.cancel()
    assert (second.cancellation.fee, second.refunds) == (FEE, [])
    assert await balance(fan) == TOP_UP
    await assert_reconciled(hall)


async def test_the_fee_of_a_cancelled_order_can_be_given_back(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    to_the_fee(hall)
    await fan.cancel()
    with pytest.raises(RefundExceedsPayment):
        await refund(hall, order, FEE + 1)
    assert (await refund(hall, order, FEE)).left == 0
    assert await balance(fan) == TOP_UP
    await assert_reconciled(hall)


async def test_a_repeat_with_its_key_gives_nothing_back_again(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    first = await refund(hall, order, 10_000, "one")
    again = await refund(hall, order, 10_000, "one")
    assert again == first
    with pytest.raises(IdempotencyConflict):
        await refund(hall, order, 10_001, "one")
    assert await balance(fan) == TOP_UP - SEAT_PRICE + 10_000
    await assert_reconciled(hall)


async def test_what_was_not_paid_is_not_refunded(hall: Runtime, fan: Fan) -> None:
    await fan.top_up()
    order = await fan.hold("1")
    with pytest.raises(OrderNotPaid, match="held"):
        await refund(hall, order, 1)
    with pytest.raises(OrderNotFound):
        await refund(hall, order._replace(id=uuid4()), 1)
    with pytest.raises(InvalidRequest):
        await refund(hall, order, 0)
