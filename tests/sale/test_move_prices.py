"""What an order costs after a move, at the price paid or at the new one, and what becomes of the
difference."""

import asyncio

import pytest

from helpers.concerts import SEAT_PRICE, load_concert
from helpers.fans import Fan
from helpers.moves import TWO_GRADES, move
from helpers.paid_orders import bought, stored
from helpers.reconcile import assert_reconciled, violations
from races.interleaving import DEADLINE_S, execute, until_done_or_waiting
from races.test_foreign_locks import locked
from yemae.concerts.files.concert_file import parse
from yemae.payments import payments
from yemae.refusals import (
    InvalidRequest,
)
from yemae.runtime import Runtime
from yemae.sale.cancel import By, CancelWish, cancel_seats
from yemae.sale.decide_moves import Pricing
from yemae.sale.refund import RefundWish, refund_order
from yemae.settings import Settings
from yemae.wallet import ledger


@pytest.mark.parametrize(
    ("pricing", "costs"), [("keep", SEAT_PRICE), ("new", 20_000)], ids=["keep", "new"]
)
async def test_a_held_order_costs_what_the_policy_says(
    two_grades: Runtime, fan: Fan, pricing: Pricing, costs: int
) -> None:
    await fan.top_up()
    order = await fan.hold("1")
    moved = await move(two_grades, order.id, "11", pricing=pricing)
    assert (moved.after.total, moved.refund) == (costs, 0)
    paid = await fan.pay()
    assert (paid.payment.amount, paid.order.seat_grades) == (costs, ["S"])
    await assert_reconciled(two_grades)


@pytest.mark.parametrize(
    ("pricing", "costs"), [("keep", 2 * SEAT_PRICE), ("new", 70_000)], ids=["keep", "new"]
)
async def test_a_paid_order_gets_the_difference_back_if_the_policy_says_so(
    two_grades: Runtime, fan: Fan, pricing: Pricing, costs: int
) -> None:
    order = await bought(fan, "1", "2")
    moved = await move(two_grades, order.id, "11", "2", pricing=pricing)
    assert moved.after.total == costs
    assert moved.refund == order.total - costs
    assert moved.after.seat_prices == ([20_000, 50_000] if pricing == "new" else [50_000, 50_000])
    await assert_reconciled(two_grades)
    # And once more: to seats that cost the same now, and to the dearer ones at the price paid.
    await move(two_grades, order.id, "12", "2", pricing=pricing)
    await move(two_grades, order.id, "1", "2")
    assert (await stored(two_grades, order)).total == costs
    await assert_reconciled(two_grades)


@pytest.mark.parametrize("table", ["wallets", "orders", "seats"])
async def test_a_move_waits_for_the_rows_that_another_session_has_locked(
    two_grades: Runtime, fan: Fan, database_url: str, table: str
) -> None:
    order = await bought(fan, "1")
    async with asyncio.timeout(DEADLINE_S):
        async with locked(database_url, f"select from {table} for update"):
            moving = asyncio.create_task(move(two_grades, order.id, "11", pricing="new"))
            await until_done_or_waiting(database_url, moving)
            assert not moving.done()
        assert (await moving).refund == order.total - 20_000
    await assert_reconciled(two_grades)


async def test_a_paid_order_pays_for_dearer_seats_from_the_balance(
    two_grades: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "11", "12")
    before = await balance(two_grades, fan)
    moved = await move(two_grades, order.id, "12", "1", pricing="new")
    assert (moved.refund, moved.surcharge) == (0, SEAT_PRICE - 20_000)
    assert (moved.after.seat_prices, moved.after.total) == ([20_000, SEAT_PRICE], 70_000)
    assert await stored(two_grades, order) == moved.after
    assert await balance(two_grades, fan) == before - moved.surcharge
    await assert_reconciled(two_grades)
    # And back again, which gives all of it back.
    assert (await move(two_grades, order.id, "12", "11", pricing="new")).refund == 30_000
    assert await balance(two_grades, fan) == before
    await assert_reconciled(two_grades)


async def test_without_the_money_a_paid_order_gets_dearer_seats_only_at_the_price_paid(
    two_grades: Runtime, fan: Fan
) -> None:
    await fan.top_up(20_000 + 29_999)
    await fan.hold("11")
    order = (await fan.pay()).order
    with pytest.raises(InvalidRequest, match="30,000 KRW more and the fan's balance is 29,999 KRW"):
        await move(two_grades, order.id, "1", pricing="new")
    assert await stored(two_grades, order) == order
    moved = await move(two_grades, order.id, "1")
    assert (moved.after.total, moved.after.seat_grades, moved.surcharge) == (20_000, ["R"], 0)
    assert await balance(two_grades, fan) == 29_999
    await assert_reconciled(two_grades)


async def test_what_a_move_charged_can_be_refunded_and_is_given_back_by_a_cancellation(
    two_grades: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "11")
    before = await balance(two_grades, fan)
    await move(two_grades, order.id, "1", pricing="new")
    refunded = await refund_order(two_grades, "op", RefundWish(order.id, 25_000))
    assert refunded.left == SEAT_PRICE - 25_000
    await assert_reconciled(two_grades)
    by = By("op", is_operator=True, takes_fee=False)
    done = await cancel_seats(two_grades, by, CancelWish(order.id))
    assert done.refunds[0].amount == SEAT_PRICE - 25_000
    assert await balance(two_grades, fan) == before + 20_000
    await assert_reconciled(two_grades)


async def test_a_move_to_cheaper_seats_gives_back_no_more_than_refunds_have_left(
    two_grades: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "1")
    await refund_order(two_grades, "op", RefundWish(order.id, SEAT_PRICE - 10_000))
    with pytest.raises(InvalidRequest, match="not refunded yet"):
        await move(two_grades, order.id, "11", pricing="new")
    assert (await move(two_grades, order.id, "11")).after.total == SEAT_PRICE
    await assert_reconciled(two_grades)


async def test_a_free_ticket_can_become_a_dear_one(
    settings: Settings, runtime: Runtime, fan: Fan
) -> None:
    free = TWO_GRADES.replace("price = 20000", "price = 0")
    await load_concert(settings, parse(free, "hall.toml"))
    await runtime.catalogue.refresh()
    order = await bought(fan, "11")
    assert order.total == 0
    assert (await move(runtime, order.id, "1", pricing="new")).surcharge == SEAT_PRICE
    await assert_reconciled(runtime)
    async with runtime.postgres.transaction() as tx:
        paid = await payments.of_order(tx, order.id)
    assert paid.amount == SEAT_PRICE


async def test_a_surcharge_of_an_order_that_is_not_paid_is_found(
    database_url: str, two_grades: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "11")
    await move(two_grades, order.id, "1", pricing="new")
    await Fan(two_grades, fan.user_id).hold("12")
    await execute(
        database_url,
        "alter table transfers disable trigger transfers_are_immutable",
        "update transfers set amount = 20000, "
        "order_id = (select id from orders where status = 'held') where kind = 'surcharge'",
    )
    found = await violations(two_grades)
    assert len(found["paid_order_debited_once"]) == 2
    assert len(found["payment_for_each_paid_order"]) == 1


async def balance(runtime: Runtime, fan: Fan) -> int:
    """What a fan has in the wallet."""
    async with runtime.postgres.transaction() as tx:
        wallet = await ledger.wallet_of(tx, fan.user_id)
    return 0 if wallet is None else wallet.balance


TYPES = """
[booking_fee]
amount = 1000

[[price_types]]
id = "half"
name = "Half"
percent_off = 50

[[price_types]]
id = "child"
name = "Child"
prices = { R = 10000 }
"""


@pytest.mark.parametrize(
    ("pricing", "prices", "types", "total", "refund"),
    [
        ("keep", [25_000, 10_000], ["half", "child"], 37_000, 0),
        # Grade S has no price for children.
        ("new", [10_000, 20_000], ["half", None], 32_000, 5_000),
    ],
)
async def test_price_types_and_the_booking_fee_move_with_an_order(
    settings: Settings,
    runtime: Runtime,
    fan: Fan,
    pricing: Pricing,
    prices: list[int],
    types: list[str | None],
    total: int,
    refund: int,
) -> None:
    await load_concert(settings, parse(TWO_GRADES + TYPES, "hall.toml"))
    await runtime.catalogue.refresh()
    await fan.top_up()
    await fan.hold("1", "2", price_types=("half", "child"))
    paid = (await fan.pay()).order
    assert paid.total == 37_000
    moved = await move(runtime, paid.id, "11", "12", pricing=pricing)
    after = await stored(runtime, paid)
    assert (after.seat_prices, after.total, moved.refund) == (prices, total, refund)
    assert [each and each.id for each in after.sold_as()] == types
    await assert_reconciled(runtime)
