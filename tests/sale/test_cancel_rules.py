"""Cancelling against the other rules: limits, moves, price types, marks, the schema, operators."""

from datetime import UTC, datetime

import psycopg
import pytest

from helpers.cancelling import FEE, cancellable, to_the_fee
from helpers.concerts import FIRST, HALL, SEAT_PRICE, concert, load_concert
from helpers.fans import Fan
from helpers.paid_orders import bought, opens, stored
from helpers.reconcile import assert_reconciled
from races.interleaving import execute
from yemae.back_office import queue_control
from yemae.payments import refunds
from yemae.refusals import (
    CancellationClosed,
    InvalidRequest,
    SeatLimitExceeded,
    SeatsNotInOrder,
)
from yemae.runtime import Runtime
from yemae.sale.cancel import By, CancelWish, cancel_seats, quote_cancellation
from yemae.sale.move import MoveWish, move_order
from yemae.settings import Settings


async def test_the_seat_limit_counts_what_is_left(hall: Runtime, fan: Fan) -> None:
    await bought(fan, "1", "2", "3", "4")
    with pytest.raises(SeatLimitExceeded):
        await fan.hold("5")
    order = fan.order
    assert order is not None
    await fan.cancel("1", order_id=order.id)
    assert (await fan.hold("5")).status == "held"
    await assert_reconciled(hall)


async def test_a_moved_order_is_cancelled_with_the_seats_that_it_has(
    hall: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "1", "2")
    await move_order(hall, "op", MoveWish(order.id, ["1", "7"]))
    with pytest.raises(SeatsNotInOrder):
        await fan.cancel("2")
    await fan.cancel("7")
    await move_order(hall, "op", MoveWish(order.id, ["7"]))
    assert [await opens(hall, order, seat) for seat in ("1", "7")] == [False, True]
    await assert_reconciled(hall)


async def test_price_types_and_order_of_seats_stay_with_their_seats(
    settings: Settings, runtime: Runtime
) -> None:
    types = '\n[[price_types]]\nid = "half"\nname = "반값"\npercent_off = 50\n'
    await load_concert(settings, cancellable(types))
    await runtime.catalogue.refresh()
    fan = Fan(runtime, "fan")
    await fan.top_up()
    await fan.hold("3", "1", "2", price_types=("half", None, "half"))
    await fan.pay()
    done = await fan.cancel("2", "3")
    assert (done.cancellation.seat_numbers, done.cancellation.seat_prices) == (
        ["3", "2"],
        [SEAT_PRICE // 2] * 2,
    )
    assert [each and each["id"] for each in done.cancellation.price_types or ()] == ["half", "half"]
    assert (done.order.seat_numbers, done.order.price_types) == (["1"], None)
    await assert_reconciled(runtime)


async def test_a_wheelchair_place_is_not_cancelled_without_its_companion_seat(
    settings: Settings, runtime: Runtime
) -> None:
    marks = """
[[marks]]
mark = "wheelchair"
seats = ["1"]

[[marks]]
mark = "companion"
seats = ["2"]
"""
    await load_concert(settings, cancellable(marks))
    await runtime.catalogue.refresh()
    fan = Fan(runtime, "fan")
    order = await bought(fan, "1", "2")
    with pytest.raises(
        InvalidRequest, match=r"^seats: only with a wheelchair place: cancel 2 as well$"
    ):
        await fan.cancel("1")
    assert (await stored(runtime, order)).seat_numbers == ["1", "2"]
    await fan.cancel("2")
    await fan.cancel("1")
    await assert_reconciled(runtime)


async def test_the_schema_refuses_refunds_beyond_the_payment(
    hall: Runtime, fan: Fan, database_url: str
) -> None:
    order = await bought(fan, "1")
    now = datetime(2030, 1, 1, tzinfo=UTC)

    async def refund(amount: int) -> None:
        made = refunds.to_wallet(hall.new_id(), order.id, amount, now, by="op", reason=None)
        async with hall.postgres.transaction() as tx:
            await refunds.write(tx, made._replace(state="pending", settled_at=None))

    await refund(SEAT_PRICE - 1)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="than was paid"):
        await refund(2)
    # What was declined does not count, until it is tried again.
    await execute(database_url, "update refunds set state = 'declined'")
    await refund(2)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        await execute(database_url, "update refunds set state = 'in_doubt'")


async def test_what_was_cancelled_is_never_changed(
    hall: Runtime, fan: Fan, database_url: str
) -> None:
    await bought(fan, "1")
    await fan.cancel()
    for change in (
        "delete from cancellations",
        "truncate cancellations cascade",
        "delete from cancellation_policies",
        "update cancellation_policies set content = '{}'",
    ):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            await execute(database_url, change)
    await assert_reconciled(hall)


async def test_an_operator_cancels_without_a_fee_at_any_time_and_is_in_the_log(
    runtime: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "1", "2")
    op = By("op", is_operator=True, takes_fee=False, reason="the fan is ill")
    done = await cancel_seats(runtime, op, CancelWish(order.id, ["2"]))
    assert (done.cancellation.fee, done.cancellation.cancelled_by) == (0, "op")
    assert (done.refunds[0].requested_by, done.refunds[0].reason) == ("op", "the fan is ill")
    (line, *_) = await queue_control.actions(runtime, HALL, before=None, limit=1)
    assert (line.who, line.action) == ("op", "cancel")
    assert line.details == {
        "order": str(order.id),
        "performance": FIRST,
        "seats": ["2"],
        "fee": 0,
        "refund": SEAT_PRICE,
        "reason": "the fan is ill",
    }
    # With its fee, by the policy that this order does not have.
    with pytest.raises(CancellationClosed):
        await cancel_seats(runtime, By("op", is_operator=True), CancelWish(order.id))
    await assert_reconciled(runtime)


async def test_an_operator_takes_the_fee_of_the_day(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    to_the_fee(hall)
    op = By("op", is_operator=True)
    assert (await quote_cancellation(hall, op, order.id)).fee == FEE
    assert (await cancel_seats(hall, op, CancelWish(order.id))).cancellation.fee == FEE
    await assert_reconciled(hall)


def test_the_usual_hall_of_tests_has_no_policy() -> None:
    assert concert().cancellation is None
