"""`yemae orders in-doubt`: card payments whose provider has not said what it did."""

import asyncio

import typer

from yemae.cli.examples import examples
from yemae.cli.screen import AsJson, write_json, write_table
from yemae.cli.stores import store_settings
from yemae.payments import checkouts
from yemae.payments.checkouts import DoubtfulCheckout
from yemae.settings import Settings
from yemae.store.postgres import Postgres
from yemae.values import money
from yemae.values.instants import instant

LISTED_MAX = 1_000


def add_to(app: typer.Typer) -> None:
    """Add the command to `yemae orders`."""
    epilog = examples("yemae orders in-doubt", "yemae orders in-doubt --json")
    app.command("in-doubt", epilog=epilog)(in_doubt)


def in_doubt(*, json: AsJson = False) -> None:
    """List card payments whose provider has not said whether it captured, the oldest first.

    They settle by themselves as soon as the provider answers. Look at those that are handed over in
    the provider's own dashboard.
    """
    with store_settings() as settings:
        found = asyncio.run(_in_doubt(settings))
    rows = [
        {
            "checkout": str(each.id),
            "order": None if each.order_id is None else str(each.order_id),
            "user": each.user_id,
            "provider": each.provider,
            "amount": each.amount,
            "currency": each.currency,
            "reason": each.reason,
            "since": instant(each.created_at),
            "handed_over_at": None if each.handed_over_at is None else instant(each.handed_over_at),
        }
        for each in found
    ]
    if json:
        write_json(rows)
        return
    columns = ["Checkout", "Order", "Provider", "Amount", "Since", "Handed over"]
    write_table(
        columns,
        [
            (
                row["checkout"],
                row["order"] or "top-up",
                row["provider"],
                money.amount(each.amount, each.currency),
                row["since"],
                row["handed_over_at"] or "no",
            )
            for row, each in zip(rows, found, strict=True)
        ],
        numbers=["Amount"],
    )


async def _in_doubt(settings: Settings) -> list[DoubtfulCheckout]:
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        return await checkouts.in_doubt(tx, LISTED_MAX)
