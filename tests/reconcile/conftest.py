"""What tests of the reconcile share: a runtime in which there is one of everything."""

from typing import NamedTuple

import pytest

from helpers.blocks import block
from helpers.concerts import SEAT_PRICE
from helpers.fans import Fan
from yemae.accounts import users
from yemae.orders.order import Order
from yemae.runtime import Runtime
from yemae.sale.decide_payments import Paid
from yemae.wallet import ledger

# A card payment of the held order, whose provider gave no answer; an operator knows of it.
IN_DOUBT = b"""
insert into checkouts (id, user_id, order_id, concert_id, pass_number, provider, method, amount,
                       currency, state, reason, created_at, expires_at, lease_until, look_at,
                       handed_over_at)
select gen_random_uuid(), user_id, id, 'hall', pass_number, 'test', 'card', total,
       currency, 'in_doubt', 'no_answer', created_at, expires_at, expires_at, expires_at,
       created_at
from orders where status = 'held'"""
KEPT = b"update orders as o set checkout_id = c.id from checkouts as c where c.order_id = o.id"
# The other date was cancelled, and had no order.
CANCELLED = b"""
with date as (update performances set cancelled_at = now() where id = 'hall-2' returning key)
insert into refund_runs (id, performance_key, state, reason, requested_by, requested_at,
                         finished_at)
select gen_random_uuid(), key, 'done', 'ill', 'op', now(), now() from date"""


class Sale(NamedTuple):
    """One seat is paid by a fan with money left, another held while its card payment is in doubt, a
    third fan is admitted, and the last seat is blocked."""

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
    paid, held = await fan.pay(), await other.hold("2")
    async with runtime.postgres.transaction() as tx:
        await users.ensure_users(tx, [other.user_id])
        await ledger.ensure_wallets(tx, [other.user_id], held.currency)
        await tx.execute(IN_DOUBT)
        await tx.execute(KEPT)
        await tx.execute(CANCELLED)
    return Sale(runtime, paid, held)
