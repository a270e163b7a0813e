"""`yemae orders`: move a fan's order, cancel it, and give money back.

The commands work on the stores, so every server process follows them. What they change is in the
log of the concert (`yemae queue log`) under `cli:` and the name of the system's user.
"""

from typing import Annotated, Literal
from uuid import UUID

import typer

from yemae.back_office import orders as back_office
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import on_stores
from yemae.cli.queue_values import whole_number
from yemae.cli.reasons import one_line
from yemae.cli.screen import write_line
from yemae.concerts.controls import operator
from yemae.runtime import Stores
from yemae.sale.cancel import By, Cancelled, CancelWish
from yemae.sale.decide_moves import Move
from yemae.sale.move import MoveWish
from yemae.sale.refund import Refunded, RefundWish, refund_order
from yemae.sale.second_person import Proposal, cancel_by_operator, move_by_operator
from yemae.values import money
from yemae.values.instants import instant

OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order's id.")]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="For the log and the refund.")]

app = typer.Typer(name="orders", help="Find, move, cancel and refund fans' orders.")


@app.callback()
def orders() -> None:
    """Find, move, cancel and refund fans' orders."""


@app.command(
    epilog=examples(
        "yemae orders cancel 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11 --reason 'Seat is broken'",
        "yemae orders cancel 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11 7 --fee policy --reason 'Asked'",
    )
)
def cancel(
    order: OrderId,
    seats: Annotated[
        list[str] | None, typer.Argument(metavar="[SEAT]...", help="Its seats [default: all].")
    ] = None,
    *,
    reason: Why,
    fee: Annotated[
        Literal["none", "policy"],
        typer.Option(
            help="none: everything goes back. policy: what the order's cancellation policy keeps "
            "now."
        ),
    ] = "none",
) -> None:
    """Cancel a paid order, or seats of it; what is not kept goes back to the fan.

    The seats are free at once, and the codes of their tickets open no door any more.
    """
    wish = CancelWish(given_id(order), seats or None)
    by = By(operator(), is_operator=True, takes_fee=fee == "policy", reason=one_line(reason))

    async def carry_out(stores: Stores) -> Cancelled | Proposal:
        return await cancel_by_operator(stores, by, wish)

    done = on_stores(carry_out)
    if isinstance(done, Proposal):
        _say_proposed(done)
        return
    left, gone = done.order, done.cancellation
    back = back_office.to_words(done.refunds, left.currency) or money.amount(0, left.currency)
    kept = money.amount(gone.fee, left.currency)
    write_line(
        f"{left.id} ({left.status}): {' '.join(gone.seat_numbers)} cancelled, refunded: {back}, "
        f"kept: {kept}"
    )


@app.command(
    epilog=examples(
        "yemae orders refund 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11 10000 --reason 'Bad view'"
    )
)
def refund(
    order: OrderId,
    amount: Annotated[
        int,
        typer.Argument(
            metavar="AMOUNT",
            help="In the currency's minor unit.",
            parser=whole_number("AMOUNT", 1, 10**15),
        ),
    ],
    *,
    reason: Why,
    to: Annotated[
        Literal["source", "wallet"],
        typer.Option(help="source: to the card, in cash, or to the wallet, as it was paid."),
    ] = "source",
) -> None:
    """Give money of a paid or cancelled order back to the fan; the order keeps its seats.

    No more goes back than was paid, all refunds of the order together.
    """
    wish = RefundWish(given_id(order), amount, one_line(reason), to=to)

    async def carry_out(stores: Stores) -> Refunded:
        return await refund_order(stores, operator(), wish)

    done = on_stores(carry_out)
    given = back_office.to_words(done.parts, done.currency)
    left = money.amount(done.left, done.currency)
    write_line(f"{wish.order_id}: refunded: {given}; {left} of the payment left")


@app.command(
    epilog=examples(
        "yemae orders move 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11 1F-B-3 1F-B-4",
        "yemae orders move 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11 1F-A-1 --from-block house",
    )
)
def move(
    order: OrderId,
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
            help="keep: it costs what it cost. new: what its seats cost; the difference of a paid "
            "order goes back as it was paid, or is charged to the fan's balance."
        ),
    ] = "keep",
    surcharge: Annotated[
        Literal["balance", "cash"],
        typer.Option(
            help="What pays the difference of dearer seats. cash: it was handed over; only for an "
            "order that the box office sold for cash."
        ),
    ] = "balance",
) -> None:
    """Give a held or paid order other seats of its performance.

    The codes of the tickets that it loses open no door any more; its seats have new ones.
    """
    wish = MoveWish(given_id(order), seats, from_block, price, surcharge)

    async def carry_out(stores: Stores) -> Move | Proposal:
        return await move_by_operator(stores, operator(), wish)

    moved = on_stores(carry_out)
    if isinstance(moved, Proposal):
        _say_proposed(moved)
        return
    after = moved.after
    write_line(
        f"{after.id} ({after.status}) has {' '.join(after.seat_numbers)} of {after.performance_id} "
        f"for {money.amount(after.total, after.currency)}"
    )
    if moved.refund:
        write_line(f"{money.amount(moved.refund, after.currency)} goes back to the fan")
    if moved.surcharge:
        paid = "was taken in cash" if surcharge == "cash" else "was charged to the fan's balance"
        write_line(f"{money.amount(moved.surcharge, after.currency)} {paid}")


def _say_proposed(proposal: Proposal) -> None:
    until = instant(proposal.until)
    write_line(
        f"{proposal.order_id}: proposed by {proposal.who}, nothing is changed yet; it is carried "
        f"out when another operator does the same until {until}"
    )


def given_id(text: str, of: str = "order") -> UUID:
    """The id that was typed. Raises InputError."""
    try:
        return UUID(text)
    except ValueError:
        raise InputError(f"{text!r} is no {of}'s id.") from None
