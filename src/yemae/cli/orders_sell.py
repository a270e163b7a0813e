"""`yemae orders sell`: the box office, for cash or complimentary tickets, without a queue; and
`yemae orders print`, the tickets of any paid order.

Both write the code of each seat's ticket, for a printer of tickets.
"""

from typing import Annotated

import typer

from yemae.back_office.orders import order_to_print, ticket_codes
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.orders import OrderId, given_id
from yemae.cli.queue import ConcertId, on_stores
from yemae.cli.screen import AsJson, write_json, write_line
from yemae.concerts.controls import operator
from yemae.orders.box_office import Tender
from yemae.orders.ticket_code import TicketSigner
from yemae.refusals import PerformanceNotFound
from yemae.runtime import Stores
from yemae.sale.decide_box_office import SellWish
from yemae.sale.sell import BoxOfficeOrder, sell_at_box_office
from yemae.values import money
from yemae.values.text import printable

NAME_MAX_CHARS = 60


def sell(
    concert: ConcertId,
    date: Annotated[str, typer.Argument(metavar="DATE", help="A performance of the concert.")],
    seats: Annotated[list[str], typer.Argument(metavar="SEAT...", help="What to sell.")],
    *,
    cash: Annotated[bool, typer.Option("--cash", help="Sold for cash.")] = False,
    free: Annotated[bool, typer.Option("--free", help="Complimentary: it costs nothing.")] = False,
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The name of a buyer without an account.")
    ] = None,
    fan: Annotated[
        str | None,
        typer.Option("--for", metavar="USER", help="The id or e-mail address of a fan."),
    ] = None,
    price_type: Annotated[
        str | None, typer.Option(metavar="ID", help="A price type, of all these seats.")
    ] = None,
    from_block: Annotated[
        str | None, typer.Option(metavar="BLOCK", help="A block that the seats may be in.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="A command that is repeated with it sells once."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Sell seats at the box office: no queue, no limit of a fan, no booking fee."""
    if cash == free:
        raise InputError("Expected either --cash or --free.")
    if (name is None) == (fan is None):
        raise InputError("Expected either --name or --for.")
    if name is not None and not _is_name(name):
        raise InputError(f"--name is one line of 1 to {NAME_MAX_CHARS} characters.")
    tender: Tender = "cash" if cash else "complimentary"
    types = [] if price_type is None else [price_type] * len(seats)
    wish = SellWish(date, seats, tender, types, fan, name, from_block, key)

    async def carry_out(stores: Stores) -> tuple[BoxOfficeOrder, dict[str, str]]:
        found = stores.catalogue.performances.get(date)
        if found is None or found.concert_id != stores.catalogue.concert(concert).id:
            raise PerformanceNotFound
        sold = await sell_at_box_office(stores, operator(), wish)
        signer = TicketSigner(stores.settings.stores.secret_key)
        return sold, ticket_codes(signer, sold.order)

    sold, codes = on_stores(carry_out)
    order = sold.order
    if json:
        write_json({"id": order.id, "total": order.total, "tickets": codes})
        return
    total = money.amount(order.total, order.currency)
    named = " ".join(order.seat_numbers)
    write_line(f"{order.id}: {named} of {order.performance_id} sold for {total} ({tender})")
    _write_codes(codes)


def print_tickets(order: OrderId, *, json: AsJson = False) -> None:
    """Write the ticket codes of a paid order, one for each seat, with a line in the log."""
    order_id = given_id(order)

    async def carry_out(stores: Stores) -> dict[str, str]:
        found = await order_to_print(stores, operator(), order_id)
        return ticket_codes(TicketSigner(stores.settings.stores.secret_key), found)

    codes = on_stores(carry_out)
    if json:
        write_json({"id": order_id, "tickets": codes})
    else:
        _write_codes(codes)


def _write_codes(codes: dict[str, str]) -> None:
    for number, code in codes.items():
        write_line(f"{number} {code}")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        epilog=examples(
            "yemae orders sell small-hall small-hall-2030-05-03 7 8 --cash --name 'Ann Lee'",
            "yemae orders sell small-hall small-hall-2030-05-03 9 --free --for ann@example.com",
        )
    )(sell)
    app.command(
        "print", epilog=examples("yemae orders print 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11")
    )(print_tickets)


def _is_name(text: str) -> bool:
    return bool(text.strip()) and len(text) <= NAME_MAX_CHARS and printable(text) == text
