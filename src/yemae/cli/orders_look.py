"""`yemae orders find` and `show`: the orders of fans, and the history of one of them.

Names and addresses are masked. `show --reveal` shows them as they are, and writes who looked and
why into the log of the concert (`yemae queue log`).
"""

from typing import Annotated, cast, get_args

import typer

from yemae.accounts.users import User
from yemae.back_office import orders as back_office
from yemae.back_office.order_timeline import OrderEvent, timeline
from yemae.back_office.orders import FoundOrder, OrderFilter, WholeOrder
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.orders import OrderId, given_id
from yemae.cli.queue import on_stores
from yemae.cli.queue_values import whole_number
from yemae.cli.reasons import one_line
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.concerts.controls import operator
from yemae.orders.booking_number import booking_number, tail_of
from yemae.orders.order import Status
from yemae.runtime import Stores
from yemae.values import money
from yemae.values.instants import clock, on_clocks, wall_clock
from yemae.values.masks import masked_address, masked_name
from yemae.values.time_zones import zone_name

LINES_MAX = 1_000
QUEUE_NUMBER_MAX = 2**63 - 1
STATUSES = get_args(Status)


def find(
    *,
    fan: Annotated[
        str | None, typer.Option(metavar="USER", help="A fan's id or e-mail address.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="A part of a fan's name.")
    ] = None,
    queue_number: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER",
            help="The queue number that it was bought with.",
            parser=whole_number("--queue-number", 0, QUEUE_NUMBER_MAX),
        ),
    ] = None,
    date: Annotated[str | None, typer.Option(metavar="ID", help="A performance.")] = None,
    seat: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="A seat that the order has or had.")
    ] = None,
    status: Annotated[str | None, typer.Option(metavar="|".join(STATUSES))] = None,
    booking: Annotated[str | None, typer.Option(metavar="NUMBER", help="A booking number.")] = None,
    limit: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", help="How many.", parser=whole_number("--limit", 1, LINES_MAX)
        ),
    ] = 20,
    json: AsJson = False,
) -> None:
    """Find orders, newest first. Names and addresses are masked."""
    if status is not None and status not in STATUSES:
        raise InputError(f"--status must be one of {', '.join(STATUSES)}, not {status!r}.")
    tail = None if booking is None else tail_of(booking)
    if booking is not None and tail is None:
        raise InputError(f"{booking!r} is no booking number: it has ten letters and digits.")
    wanted = OrderFilter(fan, name, queue_number, date, seat, cast("Status | None", status), tail)

    async def look(stores: Stores) -> list[FoundOrder]:
        return await back_office.find_orders(stores, wanted, before=None, limit=limit)

    found = on_stores(look)
    if json:
        # Only here: the shapes of the API take a while to import.
        from yemae.http.operator.order_shapes import found_order  # noqa: PLC0415

        write_json([found_order(order) for order in found])
        return
    write_table(
        ["Order", "Booking", "Fan", "Performance", "Status", "Seats", "Total"],
        [
            (
                order.id,
                booking_number(order.id),
                _named(User(order.user_id, order.name, order.email), order.user_id),
                order.performance_id,
                order.status,
                " ".join(order.seat_numbers),
                money.amount(order.total, order.currency),
            )
            for order in found
        ],
        numbers=["Total"],
    )


def show(
    order: OrderId,
    *,
    reveal: Annotated[
        str | None,
        typer.Option(
            metavar="REASON", help="Show the fan's name and address, with a line in the log."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Show an order with its money and its history, in the venue's time."""
    order_id = given_id(order)
    why = None if reveal is None else one_line(reveal, "--reveal")

    async def look(stores: Stores) -> tuple[WholeOrder, User | None]:
        fan = None
        if why is not None:
            fan = await back_office.reveal_fan(stores, operator(), order_id, why)
        return await back_office.show_order(stores, order_id), fan

    found, fan = on_stores(look)
    if json:
        from yemae.http.operator.order_shapes import admin_order  # noqa: PLC0415

        write_json(admin_order(found, fan))
        return
    write_table(["Order", str(found.order.id)], _rows(found, fan))
    write_line("")
    _write_timeline(found)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        epilog=examples(
            "yemae orders find --booking C7B69-ZWG3N",
            "yemae orders find --fan ann@example.com",
            "yemae orders find --date small-hall-2030-05-03 --seat 7",
        )
    )(find)
    app.command(
        epilog=examples(
            "yemae orders show 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11",
            "yemae orders show 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11 --reveal 'Asks for her ticket'",
        )
    )(show)


def _named(fan: User, otherwise: str) -> str:
    """A fan as they are shown to an operator who has not said why they look."""
    name = None if fan.name is None else masked_name(fan.name)
    email = None if fan.email is None else masked_address(fan.email)
    return " ".join(each for each in (name, email) if each) or otherwise


def _rows(whole: WholeOrder, fan: User | None) -> list[tuple[str, str]]:
    order, zone = whole.order, whole.performance.zone
    if fan is None:
        named = _named(whole.fan, "")
    else:
        named = " ".join(each for each in (fan.name, fan.email) if each)
    rows = [
        ("Booking number", booking_number(order.id)),
        ("Status", order.status),
        ("Fan", f"{order.user_id} ({named})" if named else order.user_id),
        ("Sold by", f"box office, {sale.tender}, {sale.sold_by}")
        if (sale := whole.box_office)
        else ("Queue number", str(order.pass_number)),
        ("Performance", order.performance_id),
        ("Starts", clock(on_clocks(whole.performance.starts_at, zone))),
        ("Seats", " ".join(order.seat_numbers)),
        ("Total", money.amount(order.total, order.currency)),
    ]
    if whole.payment is not None:
        left = whole.payment.amount - whole.refunded
        rows.append(("Paid", money.amount(whole.payment.amount, order.currency)))
        rows.append(("Not refunded", money.amount(left, order.currency)))
    return rows


def _write_timeline(whole: WholeOrder) -> None:
    zone, currency = whole.performance.zone, whole.order.currency

    def details(event: OrderEvent) -> str:
        amount = None if event.amount is None else money.amount(event.amount, currency)
        if event.to is not None:
            amount = f"{amount} {back_office.PLACES[event.to]}"
        said = (amount, event.state, " ".join(event.seats), event.reason)
        return ", ".join(each for each in said if each)

    named = "UTC" if zone is None else zone_name(zone)
    write_table(
        [f"At ({named})", "What", "By", "Details"],
        [
            (
                wall_clock(on_clocks(event.at, zone), "seconds"),
                event.what,
                event.by,
                details(event),
            )
            for event in timeline(whole)
        ],
    )
