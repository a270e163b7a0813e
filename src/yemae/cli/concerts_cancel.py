"""`yemae concerts cancel`: cancels all dates of a concert that have not begun."""

import typer

from yemae.cli.examples import examples
from yemae.cli.orders import Why
from yemae.cli.performances import NoWait, Yes, agree, follow
from yemae.cli.queue import ConcertId, on_stores
from yemae.cli.reasons import one_line
from yemae.cli.screen import write_line
from yemae.concerts.controls import operator
from yemae.runtime import Stores
from yemae.sale.cancel_date import cancel_concert


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=examples("yemae concerts cancel small-hall --reason 'The singer is ill'"))(
        cancel
    )


def cancel(concert: ConcertId, *, reason: Why, yes: Yes = False, no_wait: NoWait = False) -> None:
    """Cancel all dates to come, and refund everybody.

    The same as `yemae performances cancel` for each of these dates.
    """
    why = one_line(reason)
    agree(f"Cancel all dates of {concert} and refund everybody?", yes=yes)

    async def carry_out(stores: Stores) -> int:
        dates = await cancel_concert(stores, operator(), concert, why)
        await follow(stores, [date.id for date in dates], waits=not no_wait)
        return len(dates)

    if not on_stores(carry_out):
        write_line(f"{concert} has no date to come")
