"""The box office: what is sold, to whom and for what, once for each key, and what is refused."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from helpers.blocks import block, blocked
from helpers.concerts import FIRST, HALL, SEAT_PRICE, SECOND, SMALL, TEXT, load_concert
from helpers.fans import Fan
from helpers.paid_orders import opens
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.accounts import users
from yemae.back_office import queue_control
from yemae.back_office.orders import show_order
from yemae.back_office.sales import SalesFigures, report
from yemae.concerts import controls
from yemae.concerts.files.concert_file import parse
from yemae.concerts.pricing import offered
from yemae.jobs.sweep import sweep
from yemae.orders.booking_number import TAIL_BITS, booking_number
from yemae.orders.box_office import Tender
from yemae.refusals import (
    BlockNotFound,
    CompanionSeatAlone,
    IdempotencyConflict,
    InvalidRequest,
    PerformanceNotFound,
    PriceTypeUnavailable,
    Refusal,
    SaleClosed,
    SeatNotFound,
    SeatsInTheWay,
)
from yemae.runtime import Runtime
from yemae.sale.cancel import By, CancelWish, cancel_seats
from yemae.sale.decide_box_office import SellWish
from yemae.sale.sell import BoxOfficeOrder, sell_at_box_office
from yemae.settings import Settings
from yemae.store import node_clock

MORE = """
[booking_fee]
amount = 1000

[[price_types]]
id = "child"
name = "어린이"
percent_off = 50
until = 2026-01-02T00:00:00Z
"""

MARKS = """
[[marks]]
mark = "wheelchair"
seats = ["1"]

[[marks]]
mark = "companion"
seats = ["2"]
"""


def wish(*seats: str, tender: Tender = "cash", **more: Any) -> SellWish:
    """Seats of the first date for a person without an account."""
    named: dict[str, Any] = {} if "user" in more or "name" in more else {"name": "Ann"}
    return SellWish(FIRST, seats, tender)._replace(**named, **more)


async def sell(
    runtime: Runtime, *seats: str, tender: Tender = "cash", **more: Any
) -> BoxOfficeOrder:
    """Sell them as the operator `op`."""
    return await sell_at_box_office(runtime, "op", wish(*seats, tender=tender, **more))


async def test_a_cash_sale_is_a_paid_order_with_tickets_and_its_cash_in_the_books(
    runtime: Runtime,
) -> None:
    sold = await sell(runtime, "1", "2")
    order = sold.order
    assert (order.status, order.total, order.booking_fee) == ("paid", 2 * SEAT_PRICE, 0)
    assert [await opens(runtime, order, seat) for seat in ("1", "2")] == [True, True]
    whole = await show_order(runtime, order.id)
    assert whole.order.status == "paid"
    assert whole.fan.name == "Ann"
    assert whole.payment is not None
    assert whole.payment.amount == 2 * SEAT_PRICE
    assert whole.box_office == sold.sale
    assert (sold.sale.tender, sold.sale.sold_by) == ("cash", "op")
    (line,) = await queue_control.actions(runtime, HALL, before=None, limit=10)
    assert (line.who, line.action, line.details["total"]) == ("op", "sell", 2 * SEAT_PRICE)
    await assert_reconciled(runtime)


async def test_a_complimentary_ticket_costs_nothing_and_says_so(runtime: Runtime) -> None:
    sold = await sell(runtime, "1", tender="complimentary")
    assert (sold.order.total, sold.sale.transfer_id) == (0, None)
    assert [each and each.name_en for each in sold.order.sold_as()] == ["Complimentary"]
    assert await opens(runtime, sold.order, "1")
    await assert_reconciled(runtime)


async def test_a_price_type_is_sold_also_after_its_end_and_without_the_booking_fee(
    settings: Settings, runtime: Runtime
) -> None:
    await load_concert(settings, parse(TEXT.format(**SMALL) + MORE, "hall.toml"))
    await runtime.catalogue.refresh()
    sold = await sell(runtime, "1", "2", price_types=["child", None])
    assert sold.order.seat_prices == [SEAT_PRICE // 2, SEAT_PRICE]
    assert sold.order.total == SEAT_PRICE * 3 // 2
    with pytest.raises(PriceTypeUnavailable):
        await sell(runtime, "3", price_types=["senior"])
    await assert_reconciled(runtime)


async def test_a_price_type_of_the_box_office_is_sold_there_and_to_no_fan(
    settings: Settings, runtime: Runtime
) -> None:
    staff = '[[price_types]]\nid = "staff"\nname = "직원"\npercent_off = 90\nbox_office = true\n'
    await load_concert(settings, parse(TEXT.format(**SMALL) + staff, "hall.toml"))
    await runtime.catalogue.refresh()
    types = runtime.catalogue.concert(HALL).pricing
    assert offered(types, "R", SEAT_PRICE) == []
    with pytest.raises(PriceTypeUnavailable):
        await Fan(runtime, "fan").hold("1", price_types=("staff",))
    assert (await sell(runtime, "1", price_types=["staff"])).order.total == SEAT_PRICE // 10
    await assert_reconciled(runtime)


async def test_a_fan_has_the_order_beside_their_own_whatever_their_limit_and_pass(
    runtime: Runtime,
) -> None:
    fan = Fan(runtime, "fan")
    await fan.enter()
    await fan.top_up()
    await fan.hold("1", "2", "3", "4")
    await fan.pay()
    await fan.enter()
    for seats in (("5", "6"), ("7",)):
        sold = await sell(runtime, *seats, user="fan")
        assert sold.order.user_id == "fan"
    await sweep(runtime)
    # The pass is open as before.
    await fan.check_entry()
    await assert_reconciled(runtime)


async def test_a_fan_is_named_by_an_address_or_an_id_that_reads_like_one(runtime: Runtime) -> None:
    async with runtime.postgres.transaction() as tx:
        await users.sign_up(
            tx, user_id="ann", name="Ann", email="ann@example.com", password_hash="x"
        )
        await users.ensure_users(tx, ["bob@example.com"])
    for seat, named, user_id in (("1", "Ann@example.com", "ann"), ("2", *2 * ("bob@example.com",))):
        assert (await sell(runtime, seat, user=named)).order.user_id == user_id


async def test_a_key_sells_once(runtime: Runtime) -> None:
    first = await sell(runtime, "1", idempotency_key="one")
    again = await sell(runtime, "1", idempotency_key="one")
    assert (again.order.id, again.sale) == (first.order.id, first.sale)
    for other in (wish("2"), wish("1", tender="complimentary")):
        with pytest.raises(IdempotencyConflict):
            await sell_at_box_office(runtime, "op", other._replace(idempotency_key="one"))
    # Another operator's key is another one.
    with pytest.raises(SeatsInTheWay):
        await sell_at_box_office(runtime, "two", wish("1", idempotency_key="one"))
    await assert_reconciled(runtime)


async def test_an_order_that_meets_the_number_of_another_gets_another(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (await sell(runtime, "1")).order
    met = iter([first.id.int])

    def same_end() -> UUID:
        own = uuid7().int
        return UUID(int=(own >> TAIL_BITS << TAIL_BITS) | next(met, own) & (1 << TAIL_BITS) - 1)

    monkeypatch.setattr(node_clock, "uuid7", same_end)
    other = (await sell(runtime, "2", idempotency_key="one")).order
    assert next(met, None) is None
    assert booking_number(other.id) != booking_number(first.id)
    await assert_reconciled(runtime)


async def test_a_blocked_seat_is_sold_from_its_block_only(runtime: Runtime) -> None:
    await block(runtime, "1", "2", name="press")
    for other in (None, "house"):
        with pytest.raises((SeatsInTheWay, BlockNotFound)):
            await sell(runtime, "1", from_block=other)
    sold = await sell(runtime, "1", "3", from_block="press", tender="complimentary")
    assert await blocked(runtime) == {"press": ["2"]}
    assert await opens(runtime, sold.order, "1")
    await assert_reconciled(runtime)


async def test_a_hold_that_ran_out_is_sold_and_a_live_one_is_not(runtime: Runtime) -> None:
    held = await Fan(runtime, "fan").hold("1")
    with pytest.raises(SeatsInTheWay) as refused:
        await sell(runtime, "1")
    assert refused.value.seats_in_the_way[0].order_id == held.id
    travel(runtime, 3_600)
    assert (await sell(runtime, "1")).order.status == "paid"
    await assert_reconciled(runtime)


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (wish("77"), SeatNotFound),
        (wish("1", "1"), InvalidRequest),
        (wish(), InvalidRequest),
        (wish("1", price_types=["child", "child"]), InvalidRequest),
        (wish("1", tender="complimentary", price_types=["child"]), InvalidRequest),
        (wish("1", name=None, user=None), InvalidRequest),
        (wish("1", name="Ann", user="fan"), InvalidRequest),
        (wish("1", user="unknown@example.com"), InvalidRequest),
        (wish("1", user="김철수"), InvalidRequest),
        (wish("1", performance_id="hall-9"), PerformanceNotFound),
    ],
    ids=str,
)
async def test_what_cannot_be_sold_changes_nothing(
    runtime: Runtime, wanted: SellWish, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await sell_at_box_office(runtime, "op", wanted)
    assert (await report(runtime, HALL)).total == SalesFigures(free=20)
    assert await queue_control.actions(runtime, HALL, before=None, limit=10) == []


async def test_an_archived_concert_is_not_sold_and_no_companion_seat_alone(
    settings: Settings, runtime: Runtime
) -> None:
    text = TEXT.format(**SMALL) + MARKS
    await load_concert(settings, parse(text, "hall.toml"))
    await runtime.catalogue.refresh()
    with pytest.raises(CompanionSeatAlone):
        await sell(runtime, "2")
    await load_concert(settings, parse("archived = true\n" + text, "hall.toml"))
    await runtime.catalogue.refresh()
    with pytest.raises(SaleClosed):
        await sell(runtime, "1")


async def test_a_date_that_is_cancelled_is_not_sold(runtime: Runtime) -> None:
    async with runtime.postgres.transaction() as tx:
        await tx.execute(b"update performances set cancelled_at = now() where id = 'hall-1'")
        await controls.announce(tx, HALL)
    await runtime.catalogue.refresh()
    with pytest.raises(SaleClosed):
        await sell(runtime, "1")
    assert (await sell(runtime, "1", performance_id=SECOND)).order.status == "paid"


async def test_the_box_office_has_lines_of_its_own_in_the_sales(runtime: Runtime) -> None:
    fan = Fan(runtime, "fan")
    await fan.top_up()
    await fan.hold("1")
    await fan.pay()
    sold = await sell(runtime, "2", "3")
    await sell(runtime, "4", tender="complimentary")
    by = By("op", is_operator=True, takes_fee=False, reason="x")
    await cancel_seats(runtime, by, CancelWish(sold.order.id, ["3"]))
    found = (await report(runtime, HALL)).lines
    assert [(line.tender, line.figures) for line in found[:3]] == [
        (None, SalesFigures(sold=1, free=7, revenue=SEAT_PRICE)),
        (
            "cash",
            SalesFigures(sold=1, cancelled=1, revenue=2 * SEAT_PRICE, refunds=SEAT_PRICE),
        ),
        ("complimentary", SalesFigures(sold=1)),
    ]
    await assert_reconciled(runtime)
