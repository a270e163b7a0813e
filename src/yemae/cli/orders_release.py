"""`yemae orders release`: give the seats of a held order back to the sale."""

import typer

from yemae.cli.examples import examples
from yemae.cli.orders import OrderId, Why, given_id
from yemae.cli.queue import on_stores
from yemae.cli.reasons import one_line
from yemae.cli.screen import write_line
from yemae.concerts.controls import operator
from yemae.orders.order import Order
from yemae.runtime import Stores
from yemae.sale.free_hold import free_hold

ID = "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11"


def add_to(app: typer.Typer) -> None:
    """Add the command to `yemae orders`."""
    epilog = examples(f"yemae orders release {ID} --reason 'A tab was left open'")
    app.command(epilog=epilog)(release)


def release(order: OrderId, *, reason: Why) -> None:
    """Free the seats of a held order at once.

    The fan stays inside and may choose again. An order whose card payment is being checked, and a
    paid one, are refused: cancel a paid order instead.
    """
    order_id, why = given_id(order), one_line(reason)

    async def carry_out(stores: Stores) -> Order:
        return await free_hold(stores, operator(), order_id, why)

    done = on_stores(carry_out)
    write_line(f"{order_id} (released): {' '.join(done.seat_numbers)} free")
