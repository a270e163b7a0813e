"""A date that is cancelled: its sale stops, and a run gives everybody their money back."""

import pytest
from structlog.testing import capture_logs

from helpers.cancelling import FEE, cancellable, to_the_fee
from helpers.concerts import FIRST, HALL, SEAT_PRICE, SECOND, load_concert
from helpers.fans import Fan
from helpers.paid_orders import bought, opens, stored
from helpers.reconcile import assert_reconciled, violations
from helpers.time_travel import travel
from yemae.back_office import queue_control
from yemae.concerts import seats
from yemae.concerts.controls import Action
from yemae.payments.refund_runs import RefundRun
from yemae.refusals import (
    OrderNotHeld,
    PerformanceNotFound,
    RefundRunNotFound,
    SaleClosed,
    SeatTaken,
)
from yemae.runtime import Runtime
from yemae.sale import cancel_date, looks, refund_run
from yemae.sale.cancel_date import cancel_date as cancel
from yemae.sale.refund_run import RunProgress, take_step
from yemae.settings import Settings

WHY = "The singer is ill"
TOP_UP = 1_000_000


async def run_to_its_end(runtime: Runtime, run: RefundRun) -> RunProgress:
    """Take steps until one finds nothing to do."""
    while await take_step(runtime, run):
        pass
    return await refund_run.progress(runtime, FIRST)


async def balance(fan: Fan) -> int:
    """What a fan can spend."""
    return (await looks.own_wallet(fan.runtime, fan.user_id)).balance


async def closed_seats(runtime: Runtime, run: RefundRun) -> int:
    """How many seats a run has."""
    async with runtime.postgres.transaction() as tx:
        rows = await tx.fetch(b"select from seats where order_id = %(id)s", id=run.id)
    return len(rows)


async def execute(runtime: Runtime, statement: bytes) -> None:
    """Change the database by hand."""
    async with runtime.postgres.transaction() as tx:
        await tx.send(statement)


async def test_everybody_gets_all_money_back_and_no_seat_is_left(runtime: Runtime) -> None:
    buyer, other, holder = (Fan(runtime, name) for name in ("ann", "ben", "eve"))
    orders = [await bought(buyer, "1", "2"), await bought(other, "3")]
    await holder.hold("4", "5")
    run = await cancel(runtime, "op", FIRST, WHY)
    assert (run.state, run.reason, run.requested_by) == ("running", WHY, "op")
    done = await run_to_its_end(runtime, run)
    assert (done.run.state, done.run.orders) == ("done", 2)
    assert (done.run.refunded, done.left.paid) == (3 * SEAT_PRICE, 0)
    assert [(await stored(runtime, order)).status for order in orders] == ["cancelled"] * 2
    assert [await balance(fan) for fan in (buyer, other)] == [TOP_UP, TOP_UP]
    assert holder.order is not None
    assert (await stored(runtime, holder.order)).status == "released"
    assert await closed_seats(runtime, run) == 10
    await assert_reconciled(runtime)


async def test_the_other_date_is_sold_on(runtime: Runtime) -> None:
    await run_to_its_end(runtime, await cancel(runtime, "op", FIRST, WHY))
    fan = Fan(runtime, "ann")
    await fan.hold("1", performance=SECOND)
    with pytest.raises(SaleClosed):
        await fan.hold("1")
    await assert_reconciled(runtime)


async def test_a_process_that_has_not_heard_of_it_sells_no_seat(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_to_its_end(runtime, await cancel(runtime, "op", FIRST, WHY))
    date = runtime.catalogue.performances[FIRST]
    late = {**runtime.catalogue.performances, FIRST: date._replace(cancelled_at=None)}
    monkeypatch.setattr(runtime.catalogue, "performances", late)
    with pytest.raises(SeatTaken):
        await Fan(runtime, "ann").hold("1")


async def test_a_held_order_cannot_be_paid_any_more(runtime: Runtime) -> None:
    fan = Fan(runtime, "ann")
    await fan.top_up()
    await fan.hold("1")
    await run_to_its_end(runtime, await cancel(runtime, "op", FIRST, WHY))
    with pytest.raises(OrderNotHeld):
        await fan.pay()
    assert await balance(fan) == TOP_UP


async def test_what_is_paid_before_the_run_comes_to_it_is_given_back(runtime: Runtime) -> None:
    fan = Fan(runtime, "ann")
    await fan.top_up()
    await fan.hold("1")
    run = await cancel(runtime, "op", FIRST, WHY)
    await take_step(runtime, run)
    await fan.pay()
    done = await run_to_its_end(runtime, run)
    assert (done.run.state, done.run.orders) == ("done", 1)
    assert await balance(fan) == TOP_UP
    await assert_reconciled(runtime)


async def test_a_ticket_opens_no_door_from_the_moment_of_the_cancellation(
    runtime: Runtime,
) -> None:
    order = await bought(Fan(runtime, "ann"), "1")
    assert await opens(runtime, order, "1")
    await cancel(runtime, "op", FIRST, WHY)
    assert not await opens(runtime, order, "1")


async def test_begun_again_it_is_the_same_run(runtime: Runtime) -> None:
    await bought(Fan(runtime, "ann"), "1")
    first = await cancel(runtime, "op", FIRST, WHY)
    assert await cancel(runtime, "other", FIRST, "Again") == first
    done = await run_to_its_end(runtime, first)
    again = await cancel(runtime, "other", FIRST, "Again")
    assert (again.id, again.state, again.orders) == (first.id, "done", 1)
    assert not await take_step(runtime, again)
    assert (await refund_run.progress(runtime, FIRST)).run == done.run


async def test_a_paused_run_takes_no_step_until_it_goes_on(runtime: Runtime) -> None:
    await bought(Fan(runtime, "ann"), "1")
    run = await cancel(runtime, "op", FIRST, WHY)
    assert (await refund_run.steer(runtime, "op", FIRST, "paused")).state == "paused"
    assert not await take_step(runtime, run)
    assert (await refund_run.progress(runtime, FIRST)).left.paid == 1
    await refund_run.steer(runtime, "op", FIRST, "running")
    assert (await run_to_its_end(runtime, run)).run.state == "done"
    # One that is done stays so.
    assert (await refund_run.steer(runtime, "op", FIRST, "paused")).state == "done"
    actions = await logged(runtime)
    assert [action.action for action in actions] == [
        "refunds done", "resume refunds", "pause refunds", "cancel date"
    ]  # fmt: skip
    assert actions[-1].details == {"performance": FIRST, "reason": WHY}


async def logged(runtime: Runtime) -> list[Action]:
    return await queue_control.actions(runtime, HALL, before=None, limit=10)


async def test_an_order_that_cannot_be_cancelled_holds_up_no_other(runtime: Runtime) -> None:
    first, second = [await bought(Fan(runtime, name), seat) for name, seat in ("a1", "b2")]
    # Its ticket is missing, so its seats and its tickets do not agree.
    await execute(runtime, b"delete from tickets where number = '1'")
    run = await cancel(runtime, "op", FIRST, WHY)
    with capture_logs():
        done = await run_to_its_end(runtime, run)
    assert (done.run.state, done.run.failed, done.run.orders) == ("paused", [first.id], 1)
    assert (await stored(runtime, second)).status == "cancelled"
    await execute(
        runtime,
        b"insert into tickets (performance_key, number, order_id)"
        b" select performance_key, '1', id from orders where seat_numbers = '{1}'",
    )
    await refund_run.steer(runtime, "op", FIRST, "running")
    assert (await run_to_its_end(runtime, run)).run.state == "done"
    assert (await stored(runtime, first)).status == "cancelled"
    await assert_reconciled(runtime)


async def test_blocked_seats_stay_in_their_block(runtime: Runtime) -> None:
    run = await cancel(runtime, "op", FIRST, WHY)
    await execute(
        runtime,
        b"with b as (insert into seat_blocks (id, concert_id, name, reason, note, changed_at,"
        b" changed_by) values (gen_random_uuid(), 'hall', 'house', 'house', '', now(), 'op')"
        b" returning id) update seats set order_id = b.id, held_until = 'infinity'"
        b" from b where number = '1'",
    )
    assert (await run_to_its_end(runtime, run)).run.state == "done"
    assert await closed_seats(runtime, run) == 9
    await assert_reconciled(runtime)


async def test_a_hold_that_has_run_out_is_closed_without_a_sweep(runtime: Runtime) -> None:
    await Fan(runtime, "ann").hold("1")
    travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
    run = await cancel(runtime, "op", FIRST, WHY)
    await run_to_its_end(runtime, run)
    assert await closed_seats(runtime, run) == 10


async def test_fans_hear_of_it_in_both_languages(runtime: Runtime) -> None:
    await cancel(runtime, "op", FIRST, WHY)
    concert = runtime.catalogue.concert(HALL)
    assert concert.has_message(runtime.now())
    assert concert.message_ko.startswith("2030년 1월 1일 10:00 공연이 취소되었습니다.")
    assert concert.message_en.startswith("The performance on 1 January 2030, 10:00 is cancelled.")
    assert concert.schedule == "as_planned"
    assert [date.schedule for date in concert.performances] == ["cancelled", "as_planned"]
    assert [date.id for date in concert.to_come(runtime.now())] == [SECOND]


async def test_a_concert_without_a_date_left_is_closed_and_still_listed(runtime: Runtime) -> None:
    for date in (FIRST, SECOND):
        await cancel(runtime, "op", date, WHY)
    concert, now = runtime.catalogue.concert(HALL), runtime.now()
    assert concert.schedule == "cancelled"
    assert concert.is_over(now)
    assert concert.is_listed(now)


async def test_a_fan_who_cancels_before_the_run_comes_pays_no_fee(
    settings: Settings, runtime: Runtime
) -> None:
    await load_concert(settings, cancellable())
    await runtime.catalogue.refresh()
    fan, other = Fan(runtime, "ann"), Fan(runtime, "ben")
    await bought(fan, "1")
    order = await bought(other, "2")
    to_the_fee(runtime)
    assert (await other.cancel(order_id=order.id)).cancellation.fee == FEE
    await cancel(runtime, "op", FIRST, WHY)
    assert (await fan.cancel()).cancellation.fee == 0
    await run_to_its_end(runtime, await cancel(runtime, "op", FIRST, WHY))
    await assert_reconciled(runtime)


async def test_the_reconcile_finds_an_order_that_a_run_has_left(runtime: Runtime) -> None:
    await bought(Fan(runtime, "ann"), "1")
    run = await cancel(runtime, "op", FIRST, WHY)
    await refund_run.steer(runtime, "op", FIRST, "paused")
    assert await violations(runtime) == {}
    await execute(runtime, b"update refund_runs set state = 'done', finished_at = now()")
    found = await violations(runtime)
    assert list(found) == ["cancelled_date_is_refunded"], run


async def test_there_is_no_run_for_a_date_that_takes_place(runtime: Runtime) -> None:
    with pytest.raises(RefundRunNotFound):
        await refund_run.progress(runtime, FIRST)
    with pytest.raises(RefundRunNotFound):
        await refund_run.steer(runtime, "op", FIRST, "paused")
    with pytest.raises(PerformanceNotFound):
        await cancel_date.cancel_date(runtime, "op", "no-such-date", WHY)


async def test_free_seats_of_a_booked_concert_are_none(runtime: Runtime) -> None:
    key = runtime.catalogue.performances[FIRST].key
    await run_to_its_end(runtime, await cancel(runtime, "op", FIRST, WHY))
    async with runtime.postgres.transaction() as tx:
        assert (await seats.seats_of_concert(tx, [key])).seats_left == 0
