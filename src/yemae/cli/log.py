"""`yemae log`: what operators did on the whole server, newest first, in UTC."""

from datetime import UTC
from typing import Annotated

import typer

from yemae.back_office import action_log
from yemae.back_office.action_log import LogFilter, LogLine
from yemae.cli.examples import examples
from yemae.cli.queue import on_stores
from yemae.cli.queue_log import LINES_MAX, in_words
from yemae.cli.queue_values import whole_number
from yemae.cli.screen import AsJson, write_json, write_table
from yemae.values.instants import plain, wall_clock


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "log",
        epilog=examples(
            "yemae log",
            "yemae log --concert small-hall --action reveal",
            "yemae log --who cli:ann --limit 100 --json",
        ),
    )(show_log)


def show_log(
    *,
    concert: Annotated[str | None, typer.Option(help="Of this concert.")] = None,
    who: Annotated[
        str | None, typer.Option(help="By this operator: a user id, or cli: and a system user.")
    ] = None,
    action: Annotated[str | None, typer.Option(help="Only this, such as pause or reveal.")] = None,
    order: Annotated[str | None, typer.Option(help="Of this order, by its id.")] = None,
    limit: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", help="How many lines.", parser=whole_number("--limit", 1, LINES_MAX)
        ),
    ] = 20,
    json: AsJson = False,
) -> None:
    """Show what operators did on this server, newest first."""
    wanted = LogFilter(concert, who, action, order)
    found = on_stores(
        lambda stores: action_log.find(stores, wanted, concerts=None, before=None, limit=limit)
    )
    if json:
        write_json([plain(line._asdict()) for line in found])
        return
    write_table(["At (UTC)", "Who", "Concert", "Action", "Details"], [_row(each) for each in found])


def _row(line: LogLine) -> tuple[object, ...]:
    at = wall_clock(line.at.astimezone(UTC), "seconds")
    return at, line.who, line.concert_id, line.action, in_words(line.details, UTC)
