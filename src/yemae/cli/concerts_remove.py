"""`yemae concerts remove`: takes a concert away that was never sold."""

import sys
from typing import Annotated

import typer

from yemae.back_office import concert_removal
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import ConcertId, on_queue
from yemae.cli.screen import write_line
from yemae.concerts.controls import operator


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=examples("yemae concerts remove my-trial"))(remove)


def remove(
    concert: ConcertId,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it without asking.")] = False,
) -> None:
    """Remove a concert that has no orders.

    Its dates, its seats and its queue go with it: fans in line lose their places. A concert with
    orders, expired ones too, can only be archived.
    """
    if not yes and not sys.stdin.isatty():
        raise InputError(f"Nothing was removed: add --yes to remove concert {concert!r}.")
    if not yes and not typer.confirm(f"Remove concert {concert}?", err=True):
        raise InputError("Nothing was removed.")
    dates = on_queue(
        concert,
        lambda stores: concert_removal.remove(stores, concert, operator()),
        valkey="needed",
    )
    write_line(f"{concert} is removed, with {dates:,} date{'' if dates == 1 else 's'}")
