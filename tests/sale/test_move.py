"""Moving an order to other seats: what it has then, what its tickets open, and what is refused."""

from uuid import UUID, uuid4

import pytest

from helpers.blocks import block, blocked
from helpers.concerts import FIRST, HALL, SEAT_PRICE
from helpers.fans import Fan
from helpers.moves import move
from helpers.paid_orders import bought, opens, stored
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.back_office import queue_control
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
        "surcharge": 0,
    }
