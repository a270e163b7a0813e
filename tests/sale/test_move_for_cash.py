"""An order of the box office gets seats of another price: the difference is handed over, or handed
out, in cash."""

import pytest

from helpers.concerts import HALL, SEAT_PRICE, load_concert
from helpers.fans import Fan
from helpers.merging import merge
from helpers.moves import TWO_GRADES
from helpers.paid_orders import bought
from helpers.reconcile import assert_reconciled
from sale.test_sell import sell
from yemae.back_office import money, payment_list, queue_control
from yemae.back_office.orders import show_order
from yemae.back_office.payment_list import Period
from yemae.back_office.sales_sheets import Language, sheet
from yemae.base.spreadsheets import Amount
from yemae.concerts.files.concert_file import parse
from yemae.orders.order import Order
from yemae.refusals import InvalidRequest
from yemae.runtime import Runtime
from yemae.sale import looks
from yemae.sale.cancel import By, CancelWish, cancel_seats
from yemae.sale.decide_moves import Move
from yemae.sale.move import MoveWish, move_order
from yemae.sale.pay_out import pay_out_refund
from yemae.settings import Settings

# Seats 11 and 12.
CHEAP = 20_000
DIFFERENCE = SEAT_PRICE - CHEAP
OP = By("op", is_operator=True, takes_fee=False)


async def moved(runtime: Runtime, order: Order, *seats: str) -> Move:
    """Move an order, and take what it costs more in cash."""
    wish = MoveWish(order.id, seats, pricing="new", surcharge="cash")
    return await move_order(runtime, "clerk", wish)


async def balance_of(runtime: Runtime, order: Order) -> int:
    """What the buyer has in the wallet."""
    return (await looks.own_wallet(runtime, order.user_id)).balance


async def test_cash_pays_for_dearer_seats_and_goes_back_in_cash(two_grades: Runtime) -> None:
    order = (await sell(two_grades, "11", "12")).order
    move = await moved(two_grades, order, "1", "12")
    assert (move.after.total, move.surcharge, move.refund) == (SEAT_PRICE + CHEAP, DIFFERENCE, 0)
    assert await balance_of(two_grades, order) == 0
    (line, *_) = await queue_control.actions(two_grades, HALL, before=None, limit=10)
    assert (line.who, line.action) == ("clerk", "move")
    assert (line.details["surcharge"], line.details["surcharge_from"]) == (DIFFERENCE, "cash")
    await assert_reconciled(two_grades)
    # Once more: the seats are there, and cost nothing more.
    assert (await moved(two_grades, order, "1", "12")).surcharge == 0
    assert (await moved(two_grades, order, "1", "2")).surcharge == DIFFERENCE
    await assert_reconciled(two_grades)
    found = await money.report(two_grades, HALL)
    charged = [(line.method, line.figures.charged) for line in found.lines]
    assert (charged, found.difference) == ([("cash", 2 * SEAT_PRICE)], 0)
    done = await cancel_seats(two_grades, OP, CancelWish(order.id, None))
    (refund,) = done.refunds
    assert (refund.destination, refund.state, refund.amount) == ("cash", "pending", 2 * SEAT_PRICE)
    await pay_out_refund(two_grades, "clerk", refund.id)
    assert await balance_of(two_grades, order) == 0
    await assert_reconciled(two_grades)


async def test_cheaper_seats_give_the_difference_back_in_cash(two_grades: Runtime) -> None:
    order = (await sell(two_grades, "1")).order
    assert (await moved(two_grades, order, "11")).refund == DIFFERENCE
    (refund,) = (await show_order(two_grades, order.id)).refunds
    assert (refund.destination, refund.state, refund.amount) == ("cash", "pending", DIFFERENCE)
    await assert_reconciled(two_grades)
    # And dearer ones again, while it is not handed out yet.
    assert (await moved(two_grades, order, "2")).surcharge == DIFFERENCE
    assert await balance_of(two_grades, order) == 0
    await assert_reconciled(two_grades)


async def test_the_cash_of_a_guest_adds_up_after_a_merge_too(two_grades: Runtime) -> None:
    order = (await sell(two_grades, "11", user="guest")).order
    await moved(two_grades, order, "1")
    await merge(two_grades, "guest", "ann")
    await assert_reconciled(two_grades)
    await moved(two_grades, order, "11")
    await moved(two_grades, order, "2")
    await assert_reconciled(two_grades)


async def test_only_an_order_that_was_sold_for_cash_takes_cash(
    two_grades: Runtime, fan: Fan
) -> None:
    complimentary = (await sell(two_grades, "11", tender="complimentary")).order
    for order in (complimentary, await bought(fan, "12")):
        with pytest.raises(InvalidRequest) as refused:
            await moved(two_grades, order, "1")
        assert refused.value.errors[0].field == "surcharge"
        assert "sold for cash" in refused.value.detail()
    await assert_reconciled(two_grades)


async def test_without_the_cash_the_balance_pays_as_before(two_grades: Runtime) -> None:
    order = (await sell(two_grades, "11")).order
    with pytest.raises(InvalidRequest) as refused:
        await move_order(two_grades, "clerk", MoveWish(order.id, ["1"], pricing="new"))
    assert "30,000" in refused.value.detail()


async def test_the_list_of_payments_tells_cash_from_the_wallet(two_grades: Runtime) -> None:
    order, other = (await sell(two_grades, "11")).order, (await sell(two_grades, "12")).order
    await moved(two_grades, order, "1")
    fan = Fan(two_grades, other.user_id)
    await fan.top_up()
    await move_order(two_grades, "clerk", MoveWish(other.id, ["2"], pricing="new"))
    found = await payment_list.report(two_grades, HALL, Period())
    each = {line.order_id: (line.surcharges, line.surcharges_in_cash) for line in found.payments}
    assert each == {order.id: (DIFFERENCE, DIFFERENCE), other.id: (DIFFERENCE, 0)}
    headings: dict[Language, str] = {"en": "Surcharges in cash (KRW)", "ko": "그중 현금 (KRW)"}
    for language, heading in headings.items():
        table = sheet(found, language)
        at = table.headings.index(heading)
        assert [row[at] for row in table.rows] == [Amount(DIFFERENCE, "KRW"), Amount(0, "KRW")]


async def test_an_order_of_seats_that_cost_nothing_moves_for_cash_too(
    settings: Settings, runtime: Runtime
) -> None:
    free = TWO_GRADES.replace("price = 20000", "price = 0")
    await load_concert(settings, parse(free, "hall.toml"))
    await runtime.catalogue.refresh()
    order = (await sell(runtime, "11")).order
    assert order.total == 0
    assert (await moved(runtime, order, "1")).surcharge == SEAT_PRICE
    await assert_reconciled(runtime)
    (refund,) = (await cancel_seats(runtime, OP, CancelWish(order.id, None))).refunds
    assert (refund.destination, refund.amount) == ("cash", SEAT_PRICE)
    await assert_reconciled(runtime)
