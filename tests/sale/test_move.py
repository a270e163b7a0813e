"""Moving an order to other seats: what it has then, what its tickets open, and what is refused."""

import asyncio
from uuid import UUID, uuid4

import pytest

from helpers.blocks import block, blocked
from helpers.concerts import FIRST, HALL, SEAT_PRICE, SMALL, TEXT, load_concert
from helpers.fans import Fan
from helpers.paid_orders import bought, opens, stored
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from races.interleaving import DEADLINE_S, until_done_or_waiting
from races.test_foreign_locks import locked
from yemae.back_office import queue_control
from yemae.concerts.files.concert_file import parse
from yemae.refusals import (
    BlockNotFound,
    InvalidRequest,
    OrderNotFound,
    Refusal,
    SeatInTheWay,
    SeatNotFound,
    SeatsInTheWay,
)
from yemae.runtime import Runtime
from yemae.sale.decide_moves import Move, Pricing
from yemae.sale.move import MoveWish, move_order
from yemae.settings import Settings

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


@pytest.fixture
async def two_grades(settings: Settings, runtime: Runtime) -> Runtime:
    """The usual concert with two cheaper seats."""
    await load_concert(settings, parse(TWO_GRADES, "hall.toml"))
    await runtime.catalogue.refresh()
    return runtime


async def move(
    runtime: Runtime, order_id: UUID, *numbers: str, pricing: Pricing = "keep", block: str = ""
) -> Move:
    """Move an order as an operator."""
    return await move_order(runtime, "op", MoveWish(order_id, numbers, block or None, pricing))


async def test_a_paid_order_has_its_new_seats_and_only_their_tickets_open_the_door(
    runtime: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "1", "2")
    moved = await move(runtime, order.id, "2", "5")
    assert (moved.leaves, moved.takes, moved.refund) == (["1"], ["5"], 0)
    after = await stored(runtime, order)
    assert (after.status, after.seat_numbers, after.total) == ("paid", ["2", "5"], order.total)
    assert [await opens(runtime, order, seat) for seat in ("1", "2", "5")] == [False, True, True]
    await assert_reconciled(runtime)
    assert (await Fan(runtime, "other").hold("1")).status == "held"


async def test_a_held_order_keeps_its_end_and_can_be_paid_at_its_new_seats(
    runtime: Runtime, fan: Fan
) -> None:
    await fan.top_up()
    order = await fan.hold("1")
    await move(runtime, order.id, "7")
    await assert_reconciled(runtime)
    assert (await stored(runtime, order)).expires_at == order.expires_at
    assert (await fan.pay()).order.seat_numbers == ["7"]
    await assert_reconciled(runtime)


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


async def test_a_paid_order_is_not_charged_again(two_grades: Runtime, fan: Fan) -> None:
    order = await bought(fan, "11")
    with pytest.raises(InvalidRequest, match="not charged again"):
        await move(two_grades, order.id, "1", pricing="new")
    moved = await move(two_grades, order.id, "1")
    assert (moved.after.total, moved.after.seat_grades) == (20_000, ["R"])
    await assert_reconciled(two_grades)


async def test_an_order_can_move_into_the_block_that_is_named(runtime: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    await block(runtime, "8", "9", name="house")
    with pytest.raises(SeatsInTheWay) as refused:
        await move(runtime, order.id, "8")
    assert refused.value.seats_in_the_way == [SeatInTheWay(FIRST, "8", "blocked", block="house")]
    await move(runtime, order.id, "8", block="house")
    assert await blocked(runtime) == {"house": ["9"]}
    assert await opens(runtime, order, "8")
    await assert_reconciled(runtime)


async def test_seats_of_another_order_are_named(runtime: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    other = await Fan(runtime, "other").hold("2")
    with pytest.raises(SeatsInTheWay) as refused:
        await move(runtime, order.id, "2")
    assert refused.value.seats_in_the_way == [SeatInTheWay(FIRST, "2", "held", other.id)]
    assert await opens(runtime, order, "1")


async def test_what_cannot_be_moved_is_refused_and_nothing_changes(
    runtime: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "1")
    wanted: list[tuple[UUID, tuple[str, ...], str, type[Refusal]]] = [
        (uuid4(), ("2",), "", OrderNotFound),
        (order.id, ("2", "3"), "", InvalidRequest),
        (order.id, ("2", "2"), "", InvalidRequest),
        (order.id, ("77",), "", SeatNotFound),
        (order.id, ("2",), "nowhere", BlockNotFound),
    ]
    for order_id, numbers, named, refusal in wanted:
        with pytest.raises(refusal):
            await move(runtime, order_id, *numbers, block=named)
    assert await stored(runtime, order) == order
    assert await queue_control.actions(runtime, HALL, before=None, limit=10) == []


async def test_an_order_that_is_over_cannot_be_moved(runtime: Runtime, fan: Fan) -> None:
    released = await fan.hold("1")
    await fan.release()
    with pytest.raises(InvalidRequest, match="is released"):
        await move(runtime, released.id, "2")
    run_out = await fan.hold("1")
    travel(runtime, runtime.settings.sale.hold_ttl_s + 1)
    with pytest.raises(InvalidRequest, match="is expired"):
        await move(runtime, run_out.id, "2")


async def test_a_move_has_its_line_in_the_log(runtime: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    await move(runtime, order.id, "2")
    (line,) = await queue_control.actions(runtime, HALL, before=None, limit=10)
    assert (line.who, line.action) == ("op", "move")
    assert line.details == {
        "order": str(order.id),
        "performance": FIRST,
        "seats": {"from": ["1"], "to": ["2"]},
        "total": {"from": SEAT_PRICE, "to": SEAT_PRICE},
        "refund": 0,
    }


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
