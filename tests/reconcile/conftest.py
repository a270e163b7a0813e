"""What tests of the reconcile share: a runtime in which there is one of everything."""

from typing import NamedTuple

import pytest

from helpers.blocks import block
from helpers.concerts import SEAT_PRICE
from helpers.fans import Fan
from yemae.orders.order import Order
from yemae.runtime import Runtime
from yemae.sale.decide_payments import Paid


class Sale(NamedTuple):
    """One seat is paid by a fan with money left, another held, a third fan is admitted, and the
    last seat is blocked."""

    runtime: Runtime
    paid: Paid
    held: Order


@pytest.fixture
async def sale(runtime: Runtime) -> Sale:
    """A sale with a paid seat `1`, a held seat `2`, a blocked seat `10`, and three fans who were
    let in."""
    await block(runtime, "10")
    fan, other, third = (Fan(runtime, name) for name in ("fan", "other", "third"))
    for each in (fan, other, third):
        await each.enter()
    await fan.top_up(2 * SEAT_PRICE)
    await fan.hold("1")
    return Sale(runtime, await fan.pay(), await other.hold("2"))
