"""`yemae outbox`: the messages to fans: what waits, and what was given up."""

from typing import Annotated, Literal
from uuid import UUID

import typer

from yemae.back_office.trouble import send_again
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import on_stores
from yemae.cli.queue_values import whole_number
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.concerts.controls import operator
from yemae.orders.booking_number import booking_number
from yemae.outbox import messages
from yemae.outbox.messages import OutboxMessage
from yemae.runtime import Stores
from yemae.values.instants import instant, plain
from yemae.values.masks import masked_address

LINES_MAX = 1_000

app = typer.Typer(name="outbox", help="Messages to fans: look at them, and send them again.")


@app.callback()
def outbox() -> None:
    """Messages to fans: look at them, and send them again."""


@app.command("list", epilog=examples("yemae outbox list", "yemae outbox list --state given_up"))
def list_messages(
    *,
    state: Annotated[
        Literal["waiting", "sent", "given_up"] | None, typer.Option(help="Only these.")
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", help="How many.", parser=whole_number("--limit", 1, LINES_MAX)
        ),
    ] = 20,
    json: AsJson = False,
) -> None:
    """List messages, newest first. Addresses are masked."""

    async def look(stores: Stores) -> list[OutboxMessage]:
        async with stores.postgres.transaction() as tx:
            return await messages.listed(tx, state, limit)

    found = [
        message._replace(email=masked_address(message.email) if message.email else None)
        for message in on_stores(look)
    ]
    if json:
        write_json([plain(message._asdict()) for message in found])
        return
    write_table(
        ["Message", "Kind", "Booking", "To", "State", "Tries", "Written", "Error"],
        [
            (
                message.id,
                message.kind,
                booking_number(message.order_id) if message.order_id else "",
                message.email or "",
                message.state,
                message.attempts,
                instant(message.created_at),
                message.error or "",
            )
            for message in found
        ],
        numbers=["Tries"],
    )


@app.command(
    epilog=examples(
        "yemae outbox retry --all", "yemae outbox retry 6f0c2f9e-0c10-4d55-8a51-0f6f0c2f9e11"
    )
)
def retry(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[MESSAGE]...", help="Their ids.")
    ] = None,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="All that wait, and all that were given up.")
    ] = False,
) -> None:
    """Send messages now that wait or were given up. What was sent is not sent again."""
    if bool(ids) == every:
        raise InputError("Name messages, or type --all.")
    wanted: list[UUID] | None = None if every else [_id(text) for text in ids or []]

    async def carry_out(stores: Stores) -> int:
        return await send_again(stores, operator(), wanted)

    write_line(f"Messages due now: {on_stores(carry_out)}")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InputError(f"{text!r} is no message's id.") from None
