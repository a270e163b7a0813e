"""`yemae orders disputes`: card payments that their cardholders dispute."""

import asyncio
from typing import Annotated

import typer

from yemae.cli.examples import examples
from yemae.cli.screen import AsJson, write_json, write_table
from yemae.cli.stores import store_settings
from yemae.payments import disputes as book
from yemae.payments.disputes import ListedDispute
from yemae.settings import Settings
from yemae.store.postgres import Postgres
from yemae.values import money
from yemae.values.instants import instant, instant_or_none

LISTED_MAX = 1_000


def add_to(app: typer.Typer) -> None:
    """Add the command to `yemae orders`."""
    epilog = examples("yemae orders disputes", "yemae orders disputes --all --json")
    app.command("disputes", epilog=epilog)(disputes)


def disputes(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that were won or lost.")
    ] = False,
    json: AsJson = False,
) -> None:
    """List card payments that their cardholders dispute (chargebacks), newest first.

    The tickets of such an order open no door until the dispute is won. Answer it in the provider's
    dashboard, where it has the name in the column Reference.
    """
    with store_settings() as settings:
        found = asyncio.run(_listed(settings, everything=everything))
    rows = [
        {
            "dispute": str(each.id),
            "order": None if each.order_id is None else str(each.order_id),
            "checkout": str(each.checkout_id),
            "user": each.user_id,
            "provider": each.provider,
            "reference": each.reference,
            "amount": each.amount,
            "currency": each.currency,
            "reason": each.reason,
            "state": each.state,
            "opened_at": instant(each.opened_at),
            "closed_at": instant_or_none(each.closed_at),
        }
        for each in found
    ]
    if json:
        write_json(rows)
        return
    write_table(
        ["Order", "Provider", "Reference", "Amount", "Why", "State", "Since"],
        [
            (
                row["order"] or "top-up",
                row["provider"],
                row["reference"],
                money.amount(each.amount, each.currency),
                row["reason"] or "",
                row["state"],
                row["opened_at"],
            )
            for row, each in zip(rows, found, strict=True)
        ],
        numbers=["Amount"],
    )


async def _listed(settings: Settings, *, everything: bool) -> list[ListedDispute]:
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        return await book.listed(tx, state=None if everything else "open", count=LISTED_MAX)
