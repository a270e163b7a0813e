"""`yemae orders`: find a fan's order, look at it, move it, cancel it, and give money back.

The commands work on the stores, so every server process follows them. What they change is in the
log of the concert (`yemae queue log`) under `cli:` and the name of the system's user.
"""

from typing import Annotated, Literal, cast, get_args
from uuid import UUID

import typer

from yemae.back_office import orders as back_office
from yemae.back_office.orders import FoundOrder, OrderFilter, WholeOrder
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import on_stores
from yemae.cli.queue_values import whole_number
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.concerts.controls import operator
from yemae.orders.order import Status
from yemae.runtime import Stores
from yemae.sale.cancel import By, Cancelled, CancelWish, cancel_seats
from yemae.sale.decide_moves import Move
from yemae.sale.move import MoveWish, move_order
from yemae.sale.refund import Refunded, RefundWish, refund_order
from yemae.values import money
from yemae.values.instants import clock, on_clocks
from yemae.values.text import printable

LINES_MAX = 1_000
REASON_MAX_CHARS = 200
STATUSES = get_args(Status)

OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order's id.")]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="For the log and the refund.")]

app = typer.Typer(name="orders", help="Find, move, cancel and refund fans' orders.")


@app.callback()
def orders() -> None:
    """Find, move, cancel and refund fans' orders."""


@app.command(
    epilog=examples(
        "yemae orders find --fan ann@example.com",
        "yemae orders find --date small-hall-2030-05-03 --seat 7",
    )
)
def find(
    *,
    fan: Annotated[
        str | None, typer.Option(metavar="USER", help="A fan's id or e-mail address.")
    ] = None,
    date: Annotated[str | None, typer.Option(metavar="ID", help="A performance.")] = None,
    seat: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="A seat that the order has or had.")
    ] = None,
    status: Annotated[str | None, typer.Option(metavar="|".join(STATUSES))] = None,
    limit: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", help="How many.", parser=whole_number("--limit", 1, LINES_MAX)
        ),
    ] = 20,
    json: AsJson = False,
) -> None:
    """Find orders, newest first."""
    if status is not None and status not in STATUSES:
        raise InputError(f"--status must be one of {', '.join(STATUSES)}, not {status!r}.")
    wanted = OrderFilter(fan, date, seat, cast("Status | None", status))

    async def look(stores: Stores) -> list[FoundOrder]:
        return await back_office.find_orders(stores, wanted, before=None, limit=limit)

    found = on_stores(look)
    if json:
        # Only here: the shapes of the API take a while to import.
        from yemae.http.operator.order_shapes import found_order  # noqa: PLC0415

        write_json([found_order(order) for order in found])
        return
    write_table(
        ["Order", "Fan", "Performance", "Status", "Seats", "Total"],
        [
            (
                order.id,
                order.email or order.user_id,
                order.performance_id,
                order.status,
                " ".join(order.seat_numbers),
                money.amount(order.total, order.currency),
            )
            for order in found
        ],
        numbers=["Total"],
    )


@app.command(epilog=examples("yemae orders show 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11"))
def show(order: OrderId, *, json: AsJson = False) -> None:
    """Show an order with what was paid, cancelled and refunded, in the venue's time."""
    order_id = _order_id(order)

    async def look(stores: Stores) -> WholeOrder:
        return await back_office.show_order(stores, order_id)

    found = on_stores(look)
    if json:
        from yemae.http.operator.order_shapes import admin_order  # noqa: PLC0415

        write_json(admin_order(found))
        return
    write_table(["Order", str(found.order.id)], _rows(found))


def _rows(whole: WholeOrder) -> list[tuple[str, str]]:
    order, zone = whole.order, whole.performance.zone

    def price(amount: int) -> str:
        return money.amount(amount, order.currency)

    rows = [
        ("Status", order.status),
        ("Fan", order.user_id if whole.email is None else f"{order.user_id} ({whole.email})"),
        ("Performance", order.performance_id),
        ("Starts", clock(on_clocks(whole.performance.starts_at, zone))),
        ("Seats", " ".join(order.seat_numbers)),
        ("Total", price(order.total)),
        ("Ordered", clock(on_clocks(order.created_at, zone))),
    ]
    if whole.payment is not None:
        at = clock(on_clocks(whole.payment.paid_at, zone))
        rows.append(("Paid", f"{price(whole.payment.amount)}, {at}"))
    rows += [
        (
            "Cancelled",
            f"{' '.join(each.seat_numbers)}, fee {price(each.fee)}, "
            f"{clock(on_clocks(each.cancelled_at, zone))}, by {each.cancelled_by}"
            + (f": {each.reason}" if each.reason else ""),
        )
        for each in whole.cancellations
    ]
    rows += [
        (
            "Refund",
            f"{price(each.amount)} to the {each.destination}, {each.state}, "
            f"{clock(on_clocks(each.created_at, zone))}, by {each.requested_by}"
            + (f": {each.reason}" if each.reason else ""),
        )
        for each in whole.refunds
    ]
    return rows


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
    wish = CancelWish(_order_id(order), seats or None)
    by = By(operator(), is_operator=True, takes_fee=fee == "policy", reason=_reason(reason))

    async def carry_out(stores: Stores) -> Cancelled:
        return await cancel_seats(stores, by, wish)

    done = on_stores(carry_out)
    left, gone = done.order, done.cancellation
    back = money.amount(0 if done.refund is None else done.refund.amount, left.currency)
    kept = money.amount(gone.fee, left.currency)
    write_line(
        f"{left.id} ({left.status}): {' '.join(gone.seat_numbers)} cancelled, {back} refunded, "
        f"{kept} kept"
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
) -> None:
    """Give money of a paid or cancelled order back to the fan; the order keeps its seats.

    No more goes back than was paid, all refunds of the order together.
    """
    wish = RefundWish(_order_id(order), amount, _reason(reason))

    async def carry_out(stores: Stores) -> Refunded:
        return await refund_order(stores, operator(), wish)

    done = on_stores(carry_out)
    given, left = (money.amount(each, done.currency) for each in (done.refund.amount, done.left))
    write_line(f"{wish.order_id}: {given} refunded, {left} of the payment left")


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
            "order goes back to the fan's balance, or is charged to it."
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
    if moved.surcharge:
        write_line(
            f"{money.amount(moved.surcharge, after.currency)} was charged to the fan's balance"
        )


def _order_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InputError(f"{text!r} is no order's id.") from None


def _reason(text: str) -> str:
    """One line for the log. Raises InputError."""
    if not text.strip() or len(text) > REASON_MAX_CHARS or printable(text) != text:
        raise InputError(f"--reason is one line of 1 to {REASON_MAX_CHARS} characters.")
    return text
