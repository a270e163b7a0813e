"""What was sold of a concert: each seat and each won is counted once, on its line."""

from datetime import timedelta

import pytest

from helpers.blocks import block
from helpers.cancelling import POLICY, to_the_fee
from helpers.concerts import FIRST, HALL, SECOND, SMALL, TEXT, load_concert
from helpers.fans import Fan
from helpers.paid_orders import bought
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.back_office import money
from yemae.back_office.sales import SalesFigures, SalesReport, by_minute, report
from yemae.concerts.files.concert_file import parse
from yemae.refusals import ConcertNotFound
from yemae.runtime import Runtime
from yemae.sale.cancel import By, CancelWish, cancel_seats
from yemae.sale.move import MoveWish, move_order
from yemae.sale.refund import RefundWish, refund_order
from yemae.settings import Settings

MORE = """
[booking_fee]
amount = 1000

[[price_types]]
id = "child"
name = "어린이"
name_en = "Child"
percent_off = 50
"""
# Two grades: seats 11 and 12 cost less.
TWO_GRADES = TEXT.format(**SMALL).replace(
    "[[performances]]",
    """[[grades]]
name = "S"
price = 20000

[[sections]]
name = "Back"
grade = "S"
rows = ["B:11-12"]

[[performances]]""",
    1,
)
# Of both accounts that money comes to and of that which it goes from.
LEDGER = b"""
select coalesce(sum(case when to_account in ('@sales', '@fees', '@refunds') then amount
                         when from_account in ('@sales', '@fees', '@refunds') then -amount end), 0)
           ::bigint as kept,
       (select coalesce(sum(amount), 0)::bigint from payments)
       + coalesce(sum(amount) filter (where kind = 'surcharge'), 0)::bigint as charged,
       (select coalesce(sum(amount), 0)::bigint from refunds where state <> 'declined') as refunded
from transfers"""


@pytest.fixture
async def hall(settings: Settings, runtime: Runtime) -> Runtime:
    """The usual hall with two grades, a booking fee, a price type and a cancellation policy."""
    await load_concert(settings, parse(TWO_GRADES + POLICY + MORE, "hall.toml"))
    await runtime.catalogue.refresh()
    return runtime


def lines(found: SalesReport) -> dict[tuple[str, str, str | None], SalesFigures]:
    """The figures by date, grade and price type."""
    return {
        (line.performance.id, line.grade, line.price_type and line.price_type.id): line.figures
        for line in found.lines
    }


async def assert_adds_up(runtime: Runtime) -> SalesFigures:
    """The table, the minutes, the methods and the books say the same. Returns the total."""
    await assert_reconciled(runtime)
    total = (await report(runtime, HALL)).total
    async with runtime.postgres.transaction() as tx:
        (books,) = await tx.fetch(LEDGER)
    assert total.revenue + total.booking_fees == books.charged
    assert total.refunds == books.refunded
    assert total.net == books.kept == books.charged - books.refunded
    by_method = await money.report(runtime, HALL)
    assert (by_method.difference, by_method.total.charged) == (0, books.charged)
    assert by_method.total.refunded + by_method.total.refunding == books.refunded
    minutes = (await by_minute(runtime, HALL)).minutes
    assert sum(each.charged for each in minutes) == books.charged
    assert sum(each.refunded for each in minutes) == books.refunded
    assert sum(each.seats - each.cancelled for each in minutes) == total.sold
    assert sum(each.cancelled for each in minutes) == total.cancelled
    return total


async def test_before_the_first_sale_each_grade_of_each_date_is_free(hall: Runtime) -> None:
    found = await report(hall, HALL)
    assert [(line.performance.id, line.grade, line.price_type) for line in found.lines] == [
        (FIRST, "R", None),
        (FIRST, "S", None),
        (SECOND, "R", None),
        (SECOND, "S", None),
    ]
    assert [line.figures for line in found.lines] == 2 * [
        SalesFigures(free=10),
        SalesFigures(free=2),
    ]
    assert found.total == SalesFigures(free=24)
    assert (await by_minute(hall, HALL)).minutes == []
    with pytest.raises(ConcertNotFound):
        await report(hall, "another")
    with pytest.raises(ConcertNotFound):
        await by_minute(hall, "another")


async def test_sold_held_blocked_and_free_seats_are_on_their_lines(hall: Runtime) -> None:
    ann, bob, eve = (Fan(hall, name) for name in ("ann", "bob", "eve"))
    await ann.top_up()
    await ann.hold("1", "2", "11", price_types=("child", None, None))
    await ann.pay()
    await bob.hold("3", "4", price_types=("child", None))
    await block(hall, "5", "6", "7")
    await eve.hold("8")
    await eve.release()
    found = lines(await report(hall, HALL))
    assert found[FIRST, "R", None] == SalesFigures(
        sold=1, held=1, blocked=3, free=3, revenue=50_000, booking_fees=1_000
    )
    child = (await report(hall, HALL)).lines[1]
    assert child.price_type == ("child", "어린이", "Child")
    assert child.figures == SalesFigures(sold=1, held=1, revenue=25_000, booking_fees=1_000)
    assert found[FIRST, "S", None] == SalesFigures(
        sold=1, free=1, revenue=20_000, booking_fees=1_000
    )
    assert found[SECOND, "R", None] == SalesFigures(free=10)
    # A hold that ran out is free, swept or not.
    travel(hall, 3_600)
    assert lines(await report(hall, HALL))[FIRST, "R", None].held == 0
    total = await assert_adds_up(hall)
    assert (total.sold, total.held, total.blocked, total.free) == (3, 0, 3, 18)


async def test_cancelled_seats_keep_their_revenue_and_show_what_went_back(hall: Runtime) -> None:
    ann = Fan(hall, "ann")
    await ann.top_up()
    await ann.hold("1", "2", "11", price_types=("child", None, None))
    order = (await ann.pay()).order
    to_the_fee(hall)
    await ann.cancel("1", "11")
    found = lines(await report(hall, HALL))
    # 10 % of 25,000 and of 20,000, and the booking fees, are kept.
    total = await assert_adds_up(hall)
    assert found[FIRST, "R", None] == SalesFigures(
        sold=1, free=9, revenue=50_000, booking_fees=1_000
    )
    cheap, child = found[FIRST, "S", None], found[FIRST, "R", "child"]
    assert (child.cancelled, child.sold, child.revenue, child.booking_fees) == (1, 0, 25_000, 1_000)
    assert (cheap.cancelled, cheap.free, cheap.revenue) == (1, 2, 20_000)
    assert child.cancellation_fees + cheap.cancellation_fees == 6_500
    assert child.refunds + cheap.refunds == 40_500
    assert child.net == child.cancellation_fees
    assert total.net == 51_000 + 6_500
    # What is left goes with its fee waived.
    await cancel_seats(
        hall, By("op", is_operator=True, takes_fee=False, reason="x"), CancelWish(order.id)
    )
    total = await assert_adds_up(hall)
    assert (total.sold, total.cancelled, total.net) == (0, 3, 6_500)


async def test_money_that_went_back_for_no_seat_is_on_the_lines_of_its_order(
    hall: Runtime,
) -> None:
    ann = Fan(hall, "ann")
    await ann.top_up()
    await ann.hold("1", "2")
    order = (await ann.pay()).order
    await refund_order(hall, "op", RefundWish(order.id, 10_001, "Bad view"))
    assert lines(await report(hall, HALL))[FIRST, "R", None].refunds == 10_001
    # A move to cheaper seats: they were charged as the seats before, and the difference went back.
    await move_order(hall, "op", MoveWish(order.id, ["11", "12"], pricing="new"))
    cheap = lines(await report(hall, HALL))[FIRST, "S", None]
    assert cheap == SalesFigures(sold=2, revenue=100_000, booking_fees=2_000, refunds=70_001)
    assert lines(await report(hall, HALL))[FIRST, "R", None] == SalesFigures(free=10)
    await assert_adds_up(hall)
    by = By("op", is_operator=True, takes_fee=False, reason="x")
    await cancel_seats(hall, by, CancelWish(order.id, ["11"]))
    await assert_adds_up(hall)
    # No more than is left goes back.
    await cancel_seats(hall, by, CancelWish(order.id))
    total = await assert_adds_up(hall)
    assert (total.sold, total.cancelled, total.net) == (0, 2, 0)


async def test_a_move_to_dearer_seats_charges_the_difference_on_their_line(hall: Runtime) -> None:
    ann = Fan(hall, "ann")
    order = await bought(ann, "11", "12")
    await move_order(hall, "op", MoveWish(order.id, ["1", "12"], pricing="new"))
    found = lines(await report(hall, HALL))
    assert found[FIRST, "R", None] == SalesFigures(
        sold=1, free=9, revenue=50_000, booking_fees=1_000
    )
    assert found[FIRST, "S", None] == SalesFigures(
        sold=1, free=1, revenue=20_000, booking_fees=1_000
    )
    await assert_adds_up(hall)
    # And back, which gives the difference back, and more for a bad view.
    await move_order(hall, "op", MoveWish(order.id, ["11", "12"], pricing="new"))
    await refund_order(hall, "op", RefundWish(order.id, 500, "Bad view"))
    await ann.cancel("12", order_id=order.id)
    total = await assert_adds_up(hall)
    assert (total.sold, total.revenue, total.refunds) == (1, 70_000, 51_500)


async def test_free_tickets_are_sold_and_bring_nothing(
    settings: Settings, runtime: Runtime
) -> None:
    free = TEXT.format(**SMALL).replace("price = 50000", "price = 0")
    await load_concert(settings, parse(free + POLICY, "hall.toml"))
    await runtime.catalogue.refresh()
    ann = Fan(runtime, "ann")
    await ann.hold("1", "2")
    await ann.pay()
    await ann.cancel("1")
    assert await assert_adds_up(runtime) == SalesFigures(sold=1, cancelled=1, free=19)


async def test_minutes_are_those_of_payments_cancellations_and_refunds(hall: Runtime) -> None:
    first = await bought(Fan(hall, "ann"), "1", "2")
    travel(hall, 120)
    second = await bought(Fan(hall, "bob"), "3")
    await Fan(hall, "ann").cancel("2", order_id=first.id)
    await refund_order(hall, "op", RefundWish(second.id, 500, "x"))
    found = (await by_minute(hall, HALL)).minutes
    assert [(each.orders, each.seats, each.charged) for each in found] == [
        (1, 2, 102_000),
        (1, 1, 51_000),
    ]
    assert [(each.cancelled, each.refunded) for each in found] == [(0, 0), (1, 51_500)]
    assert found[1].minute - found[0].minute == timedelta(minutes=2)
    since = found[1].minute + timedelta(seconds=59)
    assert (await by_minute(hall, HALL, since=since)).minutes == found[1:]
    assert (await by_minute(hall, HALL, limit=1)).minutes == found[:1]
