"""Two operators for one change of a sold order: who proposes, who confirms, and for how long."""

import asyncio
from dataclasses import replace

import pytest

from helpers.concerts import HALL
from helpers.fans import Fan
from helpers.paid_orders import bought, stored
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.back_office import queue_control
from yemae.orders.order import Order
from yemae.refusals import OrderNotFound, OrderNotPaid
from yemae.runtime import Runtime
from yemae.sale.cancel import By, Cancelled, CancelWish
from yemae.sale.decide_moves import Move
from yemae.sale.move import MoveWish
from yemae.sale.second_person import Proposal, cancel_by_operator, move_by_operator


@pytest.fixture
def careful(runtime: Runtime) -> Runtime:
    """The same server with the setting on."""
    return replace(runtime, settings=runtime.settings.replace(second_person="on"))


async def cancel(
    runtime: Runtime, who: str, order: Order, *seats: str, fee: bool = False
) -> Cancelled | Proposal:
    by = By(who, is_operator=True, takes_fee=fee, reason="The seat is broken")
    return await cancel_by_operator(runtime, by, CancelWish(order.id, seats or None))


async def actions(runtime: Runtime) -> list[tuple[str, str]]:
    """Who did what, newest first."""
    lines = await queue_control.actions(runtime, HALL, before=None, limit=20)
    return [(line.who, line.action) for line in lines]


async def test_without_the_setting_one_operator_is_enough(runtime: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    assert isinstance(await cancel(runtime, "ann", order), Cancelled)


async def test_the_same_by_another_operator_carries_out_what_one_has_proposed(
    careful: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "1", "2")
    first = await cancel(careful, "ann", order, "1")
    assert isinstance(first, Proposal)
    assert (first.who, first.order_id) == ("ann", order.id)
    # The same operator again: it is the same proposal.
    assert await cancel(careful, "ann", order, "1") == first
    assert (await stored(careful, order)).seat_numbers == ["1", "2"]
    # Other seats are another proposal.
    assert isinstance(await cancel(careful, "ben", order, "2"), Proposal)
    done = await cancel(careful, "ben", order, "1")
    assert isinstance(done, Cancelled)
    assert done.order.seat_numbers == ["2"]
    assert await actions(careful) == [
        ("ben", "cancel"),
        ("ben", "confirm"),
        ("ben", "propose cancel"),
        ("ann", "propose cancel"),
    ]
    await assert_reconciled(careful)


async def test_a_proposal_ends_after_ten_minutes(careful: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    assert isinstance(await cancel(careful, "ann", order), Proposal)
    travel(careful, 601)
    late = await cancel(careful, "ben", order)
    assert isinstance(late, Proposal)
    assert late.who == "ben"


async def test_a_proposal_is_confirmed_once_however_many_operators_do(
    careful: Runtime, fan: Fan
) -> None:
    order = await bought(fan, "1", "2")
    wish = MoveWish(order.id, ["5", "6"])
    assert isinstance(await move_by_operator(careful, "ann", wish), Proposal)
    done = await asyncio.gather(
        *(move_by_operator(careful, who, wish) for who in ("ben", "cho", "dan"))
    )
    # One confirms, the next proposes it anew, and the third confirms that or meets the same.
    assert [type(each) for each in done].count(Move) in (1, 2)
    confirmed = [who for who, action in await actions(careful) if action == "confirm"]
    assert len(confirmed) == [type(each) for each in done].count(Move)
    assert (await stored(careful, order)).seat_numbers == ["5", "6"]


async def test_a_held_order_is_moved_by_one(careful: Runtime, fan: Fan) -> None:
    order = await fan.hold("1")
    moved = await move_by_operator(careful, "ann", MoveWish(order.id, ["5"]))
    assert isinstance(moved, Move)


async def test_what_is_over_or_unknown_is_refused_and_not_proposed(
    careful: Runtime, fan: Fan
) -> None:
    order = await fan.hold("1")
    with pytest.raises(OrderNotPaid):
        await cancel(careful, "ann", order)
    with pytest.raises(OrderNotFound):
        await cancel(careful, "ann", order._replace(id=careful.new_id()))
    assert await actions(careful) == []
