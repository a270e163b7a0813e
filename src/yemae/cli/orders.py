"""`yemae orders`: what an operator changes of a fan's order."""

from typing import Annotated, Literal
from uuid import UUID

import typer

from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import on_stores
from yemae.cli.screen import write_line
from yemae.concerts.controls import operator
from yemae.runtime import Stores
from yemae.sale.decide_moves import Move
from yemae.sale.move import MoveWish, move_order
from yemae.values import money

app = typer.Typer(name="orders", help="Move a fan's order to other seats.")


@app.callback()
def orders() -> None:
    """Move a fan's order to other seats."""


@app.command(
    epilog=examples(
        "yemae orders move 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11 1F-B-3 1F-B-4",
        "yemae orders move 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11 1F-A-1 --from-block house",
    )
)
def move(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="The order's id.")],
    seats: Annotated[
        list[str], typer.Argument(metavar="SEAT...", help="Its seats from now on, as many as now.")
    ],
    *,
    from_block: Annotated[
        str | None, typer.Option(metavar="BLOCK", help="A block that the seats may be in.")
    ] = None,
    price: Annotated[
        Literal["keep", "new"],
        typer.Option(
            help="keep: it costs what it cost. new: what its seats cost; a paid order gets the "
            "difference back, and is not charged again."
        ),
    ] = "keep",
) -> None:
    """Give a held or paid order other seats of its performance.

    The codes of the tickets that it loses open no door any more; its seats have new ones.
    """
    wish = MoveWish(_order_id(order), seats, from_block, price)

    async def carry_out(stores: Stores) -> Move:
        return await move_order(stores, operator(), wish)

    moved = on_stores(carry_out)
    after = moved.after
    write_line(
        f"{after.id} ({after.status}) has {' '.join(after.seat_numbers)} of {after.performance_id} "
        f"for {money.amount(after.total, after.currency)}"
    )
    if moved.refund:
        write_line(f"{money.amount(moved.refund, after.currency)} went back to the fan's balance")


def _order_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InputError(f"{text!r} is no order's id.") from None
