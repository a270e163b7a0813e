"""`yemae orders send`: the tickets of an order once more, for a fan whose mail went astray."""

from typing import Annotated, Literal

import typer

from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.mail import mail_address
from yemae.cli.orders import OrderId, given_id
from yemae.cli.queue import on_stores
from yemae.cli.reasons import one_line
from yemae.cli.screen import write_line
from yemae.concerts.controls import operator
from yemae.refusals import NotFound
from yemae.runtime import Stores
from yemae.sale.contacts import NewAddress, send_tickets

ID = "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11"


def add_to(app: typer.Typer) -> None:
    """Add the command to `yemae orders`."""
    epilog = examples(f"yemae orders send {ID} ann@example.com --reason 'Mistyped her address'")
    app.command(epilog=epilog)(send)


def send(
    order: OrderId,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Who gets them.")],
    *,
    language: Annotated[
        Literal["ko", "en"], typer.Option(help="The language of the order's mails.")
    ] = "ko",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="For the log.")],
) -> None:
    """Send the tickets of a paid order to an address, and all later mails of it.

    Ask for a proof that the order is theirs first. Links that went to another address open nothing
    any more; ticket codes stay as they are, until the order is moved.
    """
    new = NewAddress(mail_address(address), language)
    order_id, why = given_id(order), one_line(reason)

    async def carry_out(stores: Stores) -> None:
        try:
            await send_tickets(stores, operator(), order_id, new, why)
        except NotFound:
            raise InputError("YEMAE_SMTP_URL is not set, so no mail is sent.") from None

    on_stores(carry_out)
    write_line(f"{order_id}: the tickets are on their way to {new.email}")
