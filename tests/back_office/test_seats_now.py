"""The seats of a date as operators see them: each seat has what the sale says it has."""

from datetime import timedelta

import pytest

from helpers.blocks import block
from helpers.concerts import FIRST, SEATS, SECOND
from helpers.fans import Fan
from helpers.paid_orders import bought
from helpers.time_travel import travel
from yemae.back_office import seats_now
from yemae.back_office.sales import SalesFigures, report
from yemae.refusals import PerformanceNotFound
from yemae.runtime import Runtime
from yemae.sale.cancel_date import cancel_date


async def states(runtime: Runtime, performance: str = FIRST) -> dict[str, list[int]]:
    """The places of each state."""
    found = await seats_now.look(runtime, runtime.plans, performance)
    gathered: dict[str, list[int]] = {}
    for row in found.taken:
        gathered.setdefault(row.state, []).extend(row.places)
    return {state: sorted(places) for state, places in gathered.items()}


async def test_each_seat_has_its_state_and_what_has_it(runtime: Runtime, fan: Fan) -> None:
    await bought(fan, "1", "2")
    held = await Fan(runtime, "other").hold("4", "5")
    await block(runtime, "9", releases_at=runtime.now() + timedelta(days=1))
    assert await states(runtime) == {"paid": [0, 1], "held": [3, 4], "blocked": [8]}
    assert await states(runtime, SECOND) == {}
    found = await seats_now.look(runtime, runtime.plans, FIRST)
    blocked, hold, paid = found.taken
    assert (blocked.block, blocked.reason, blocked.order_id) == ("press", "press", None)
    assert blocked.releases_at is not None
    assert (hold.order_id, hold.since, hold.until) == (held.id, held.created_at, held.expires_at)
    assert not hold.is_being_paid
    assert (paid.order_id, paid.block) == (None, None)


async def test_what_has_run_out_is_free_swept_or_not(runtime: Runtime, fan: Fan) -> None:
    order = await fan.hold("1")
    await block(runtime, "2", releases_at=runtime.now() + timedelta(seconds=60))
    travel(runtime, (order.expires_at - runtime.now()).total_seconds() + 1)
    assert await states(runtime) == {}


async def test_a_hold_that_is_being_paid_by_card_says_so(runtime: Runtime, fan: Fan) -> None:
    order = await fan.hold("1")
    async with runtime.postgres.transaction() as tx:
        await tx.execute(
            b"update orders set checkout_id = gen_random_uuid() where id = %(id)s", id=order.id
        )
    (hold,) = (await seats_now.look(runtime, runtime.plans, FIRST)).taken
    assert hold.is_being_paid


async def test_the_map_agrees_with_the_sales(runtime: Runtime, fan: Fan) -> None:
    await bought(fan, "1")
    await Fan(runtime, "other").hold("4", "5")
    await block(runtime, "9", "10")
    sold = await report(runtime, "hall")
    figures = SalesFigures.total(
        [line.figures for line in sold.lines if line.performance.id == FIRST]
    )
    of = {state: len(places) for state, places in (await states(runtime)).items()}
    assert of == {"paid": figures.sold, "held": figures.held, "blocked": figures.blocked}
    assert len(SEATS) - sum(of.values()) == figures.free


async def test_the_seats_of_a_cancelled_date_are_closed(runtime: Runtime, fan: Fan) -> None:
    await bought(fan, "1")
    await cancel_date(runtime, "op", FIRST, "The singer is ill")
    of = await states(runtime)
    assert of.get("paid", []) == [0] or 0 in of["closed"]
    assert set(of) <= {"paid", "closed"}


async def test_a_date_that_is_not_there_is_not_found(runtime: Runtime) -> None:
    with pytest.raises(PerformanceNotFound):
        await seats_now.look(runtime, runtime.plans, "nowhere")
