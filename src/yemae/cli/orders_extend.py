"""`yemae orders extend`: more time for a held order, for a fan who is being helped."""

import typer

from yemae.cli.examples import examples
from yemae.cli.orders import OrderId, Why, given_id
from yemae.cli.queue import on_stores
from yemae.cli.reasons import one_line
from yemae.cli.screen import write_line
from yemae.concerts.controls import operator
from yemae.runtime import Stores
from yemae.sale.extend import Extended, extend_hold
from yemae.values.instants import instant

ID = "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11"


def add_to(app: typer.Typer) -> None:
    """Add the command to `yemae orders`."""
    epilog = examples(f"yemae orders extend {ID} --reason 'Her bank asks for a confirmation'")
    app.command(epilog=epilog)(extend)


def extend(order: OrderId, *, reason: Why) -> None:
    """Hold a held order for as long again as a hold takes, once.

    A repeat changes nothing. An order whose card payment is being checked is held until that ends.
    """
    order_id, why = given_id(order), one_line(reason)

    async def carry_out(stores: Stores) -> Extended:
        return await extend_hold(stores, operator(), order_id, why)

    done = on_stores(carry_out)
    until = instant(done.order.expires_at)
    also = "" if done.is_new else "; it was extended already"
    write_line(f"{order_id}: held until {until}{also}")
