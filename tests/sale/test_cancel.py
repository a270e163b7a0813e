"""Cancelling an order or seats of it: what is left, what goes back, and what is refused."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from helpers.cancelling import FEE, POLICY, cancellable, to_the_day_before, to_the_fee
from helpers.concerts import SEAT_PRICE, SMALL, TEXT, load_concert
from helpers.fans import Fan
from helpers.paid_orders import bought, opens, stored
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.concerts.files.concert_file import parse
from yemae.refusals import (
    CancellationClosed,
    CancellationFeeChanged,
    IdempotencyConflict,
    InvalidRequest,
    OrderNotFound,
    OrderNotPaid,
    SeatsNotInOrder,
)
from yemae.runtime import Runtime
from yemae.sale import looks
from yemae.sale.cancel import By, CancelWish, cancel_seats, quote_cancellation
from yemae.settings import Settings

BOOKING_FEE = "\n[booking_fee]\namount = 1000\n"
TOP_UP = 1_000_000


@pytest.fixture
async def with_fee(settings: Settings, runtime: Runtime) -> Runtime:
    """The same with a booking fee of 1,000 for each ticket."""
    await load_concert(settings, cancellable(BOOKING_FEE))
    await runtime.catalogue.refresh()
    return runtime


async def balance(fan: Fan) -> int:
    """What a fan can spend."""
    return (await looks.own_wallet(fan.runtime, fan.user_id)).balance


async def lines(fan: Fan) -> list[tuple[str, str, str, int]]:
    """The fan's ledger lines, newest first."""
    found = await looks.own_transfers(fan.runtime, fan.user_id, before=None, limit=10)
    return [(t.kind, t.from_account, t.to_account, t.amount) for t in found]


async def test_a_whole_order_is_cancelled_and_its_seats_can_be_sold_once_more(
    hall: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "1", "2")
    done = await fan.cancel()
    assert (done.order.status, done.order.seat_numbers) == ("cancelled", ["1", "2"])
    assert (done.cancellation.seat_numbers, done.cancellation.fee) == (["1", "2"], 0)
    assert (done.refunds[0].amount, done.refunds[0].destination, done.refunds[0].state) == (
        2 * SEAT_PRICE,
        "wallet",
        "settled",
    )
    assert await stored(hall, order) == done.order
    assert await balance(fan) == TOP_UP
    assert [await opens(hall, order, seat) for seat in ("1", "2")] == [False, False]
    await assert_reconciled(hall)
    other = Fan(hall, "other")
    again = await bought(other, "1", "2")
    assert [await opens(hall, again, seat) for seat in ("1", "2")] == [True, True]
    assert not await opens(hall, order, "1")
    await assert_reconciled(hall)


async def test_one_seat_is_cancelled_and_the_others_stay(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1", "2", "3")
    done = await fan.cancel("2")
    left = await stored(hall, order)
    assert left == done.order
    assert (left.status, left.seat_numbers, left.total) == ("paid", ["1", "3"], 2 * SEAT_PRICE)
    assert [await opens(hall, order, seat) for seat in ("1", "2", "3")] == [True, False, True]
    await assert_reconciled(hall)
    await fan.cancel("1")
    await assert_reconciled(hall)
    last = await fan.cancel()
    assert (last.order.status, last.order.seat_numbers) == ("cancelled", ["3"])
    parts = (await looks.own_cancellations(hall, [last.order]))[order.id]
    assert [part.cancellation.seat_numbers for part in parts] == [["2"], ["1"], ["3"]]
    assert await balance(fan) == TOP_UP
    await assert_reconciled(hall)


async def test_what_is_kept_is_on_the_account_of_the_fees(with_fee: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1", "2")
    to_the_fee(with_fee)
    quoted = await quote_cancellation(with_fee, By(fan.user_id), order.id, ["2"])
    kept = FEE + 1_000
    assert (quoted.fee, quoted.refund) == (kept, SEAT_PRICE - FEE)
    done = await fan.cancel("2", fee=kept)
    assert (done.cancellation.fee, done.cancellation.booking_fee) == (kept, 1_000)
    assert (done.order.total, done.order.booking_fee) == (SEAT_PRICE + 1_000, 1_000)
    assert (await lines(fan))[:3] == [
        ("fee", fan.user_id, "@fees", kept),
        ("refund", "@sales", fan.user_id, SEAT_PRICE + 1_000),
        ("payment", fan.user_id, "@sales", 2 * SEAT_PRICE + 2_000),
    ]
    assert await balance(fan) == TOP_UP - SEAT_PRICE - 1_000 - kept
    await assert_reconciled(with_fee)


async def test_on_the_day_of_the_purchase_the_booking_fee_goes_back(
    with_fee: Runtime, fan: Fan
) -> None:
    await bought(fan, "1")
    done = await fan.cancel()
    assert (done.cancellation.fee, done.cancellation.amount) == (0, SEAT_PRICE + 1_000)
    assert await balance(fan) == TOP_UP
    await assert_reconciled(with_fee)


async def test_an_order_keeps_the_policy_that_it_was_held_under(
    hall: Runtime, settings: Settings, fan: Fan
) -> None:
    order = await bought(fan, "1")
    # From now on the concert is sold without a right to cancel.
    await load_concert(settings, parse(TEXT.format(**SMALL), "hall.toml"))
    await hall.catalogue.refresh()
    other = Fan(hall, "other")
    without = await bought(other, "2")
    assert without.cancellation is None
    with pytest.raises(CancellationClosed) as caught:
        await other.cancel()
    assert caught.value.closes_at is None
    assert (await fan.cancel()).order.id == order.id
    await assert_reconciled(hall)


async def test_an_order_from_before_there_were_policies_cannot_be_cancelled_by_its_fan(
    runtime: Runtime, fan: Fan
) -> None:
    await bought(fan, "1")
    with pytest.raises(CancellationClosed):
        await fan.cancel()
    await assert_reconciled(runtime)


async def test_it_closes_at_five_on_the_day_before(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1", "2")
    to_the_day_before(hall, hour=16)
    assert (await fan.cancel("1")).cancellation.fee == SEAT_PRICE * 30 // 100
    to_the_day_before(hall, hour=17)
    for refused in (fan.cancel(), quote_cancellation(hall, By(fan.user_id), order.id)):
        with pytest.raises(CancellationClosed) as caught:
            await refused
        assert caught.value.closes_at == datetime(2029, 12, 31, 17, tzinfo=UTC)
    assert (await stored(hall, order)).seat_numbers == ["2"]
    await assert_reconciled(hall)


async def test_a_fee_that_has_grown_since_the_quote_is_not_taken(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    quoted = await quote_cancellation(hall, By(fan.user_id), order.id)
    assert quoted.fee == 0
    to_the_fee(hall)
    with pytest.raises(CancellationFeeChanged) as caught:
        await fan.cancel(fee=quoted.fee)
    assert (caught.value.fee, caught.value.refund) == (FEE, SEAT_PRICE - FEE)
    assert (await stored(hall, order)).status == "paid"
    await fan.cancel(fee=FEE)
    await assert_reconciled(hall)


async def test_only_a_paid_order_is_cancelled(hall: Runtime, fan: Fan) -> None:
    await fan.top_up()
    order = await fan.hold("1")
    with pytest.raises(OrderNotPaid, match="held"):
        await fan.cancel()
    travel(hall, hall.settings.sale.hold_ttl_s)
    with pytest.raises(OrderNotPaid, match="expired"):
        await quote_cancellation(hall, By(fan.user_id), order.id)
    await bought(fan, "2")
    await fan.cancel()
    with pytest.raises(OrderNotPaid, match="cancelled"):
        await fan.cancel()


async def test_another_fans_order_is_not_found(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    other = Fan(hall, "other")
    for refused in (
        other.cancel(order_id=order.id),
        quote_cancellation(hall, By("other"), order.id),
        fan.cancel(order_id=uuid4()),
    ):
        with pytest.raises(OrderNotFound):
            await refused
    assert (await stored(hall, order)).status == "paid"


async def test_seats_that_the_order_does_not_have_are_refused_by_name(
    hall: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "1", "2")
    await fan.cancel("1")
    with pytest.raises(SeatsNotInOrder) as caught:
        await fan.cancel("1", "2", "9")
    assert caught.value.seats == ["1", "9"]
    with pytest.raises(InvalidRequest, match="twice"):
        await fan.cancel("2", "2")
    with pytest.raises(InvalidRequest, match=r"^seats: name at least one seat"):
        await cancel_seats(hall, By(fan.user_id), CancelWish(order.id, []))
    assert (await stored(hall, order)).seat_numbers == ["2"]


async def test_a_repeat_with_its_key_is_answered_as_before(hall: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1", "2")
    first = await fan.cancel("1", key="one")
    to_the_fee(hall)
    again = await fan.cancel("1", key="one", fee=0)
    assert (again.cancellation, again.refunds, again.order) == (
        first.cancellation,
        first.refunds,
        first.order,
    )
    with pytest.raises(IdempotencyConflict):
        await fan.cancel("2", key="one")
    other = await bought(fan, "5")
    with pytest.raises(IdempotencyConflict):
        await fan.cancel(order_id=other.id, key="one")
    assert (await stored(hall, order)).seat_numbers == ["2"]
    await assert_reconciled(hall)


async def test_free_tickets_are_cancelled_without_a_transfer(
    settings: Settings, runtime: Runtime
) -> None:
    free = TEXT.format(**SMALL).replace("price = 50000", "price = 0") + POLICY
    await load_concert(settings, parse(free, "hall.toml"))
    await runtime.catalogue.refresh()
    fan = Fan(runtime, "fan")
    await fan.hold("1")
    await fan.pay()
    to_the_fee(runtime)
    done = await fan.cancel()
    assert (done.refunds, done.cancellation.amount, done.order.status) == ([], 0, "cancelled")
    assert await lines(fan) == []
    await assert_reconciled(runtime)
