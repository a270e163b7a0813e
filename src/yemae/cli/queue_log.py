"""`yemae queue log`: what operators did with a queue, in the venue's time.

The log of a removed concert is in UTC.
"""

from datetime import UTC, datetime, tzinfo
from typing import Annotated

import typer

from yemae.back_office import queue_control
from yemae.cli.examples import examples
from yemae.cli.queue import ConcertId, on_queue
from yemae.cli.queue_values import whole_number
from yemae.cli.screen import AsJson, cell, write_json, write_table
from yemae.concerts.controls import Action
from yemae.runtime import Stores
from yemae.values.instants import wall_clock
from yemae.values.time_zones import zone_name

LINES_MAX = 1_000


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("log", epilog=examples("yemae queue log small-hall --limit 50"))(show_log)


def show_log(
    concert: ConcertId,
    *,
    limit: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", help="How many lines.", parser=whole_number("--limit", 1, LINES_MAX)
        ),
    ] = 20,
    json: AsJson = False,
) -> None:
    """Show what operators did with a queue, newest first."""

    async def look(stores: Stores) -> tuple[list[Action], tzinfo]:
        found = await queue_control.actions(stores, concert, before=None, limit=limit)
        queue = stores.catalogue.queues.get(concert)
        zone = None if queue is None else queue.zone
        return found, zone or UTC

    found, zone = on_queue(concert, look)
    if json:
        write_json([action._asdict() for action in found])
        return
    write_table(
        [f"At ({zone_name(zone)})", "Who", "Action", "Details"],
        [
            (
                wall_clock(a.at.astimezone(zone), "seconds"),
                a.who,
                a.action,
                in_words(a.details, zone),
            )
            for a in found
        ],
    )


def in_words(value: object, zone: tzinfo) -> str:
    """Details, or the value of one of them, in words: `active_limit: 100 → 5`."""
    match value:
        case {"from": before, "to": after}:
            return f"{in_words(before, zone)} → {in_words(after, zone)}"
        case dict():
            return ", ".join(f"{name}: {in_words(each, zone)}" for name, each in value.items())
        case list():
            return " ".join(in_words(each, zone) for each in value)
        case datetime():
            return wall_clock(value.astimezone(zone))
    return cell(value)
