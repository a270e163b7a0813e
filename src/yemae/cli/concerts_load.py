"""`yemae concerts load`: shows what concert files change, asks where fans are affected, and loads.

After the first sale, prices, dates and openings change only after a yes: typed on a terminal, or
`--yes`. A dry run reads and writes nothing.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.screen import write_line
from yemae.cli.stores import store_settings
from yemae.concerts.files.import_files import compare_files, load_files
from yemae.concerts.files.load_report import some
from yemae.concerts.files.writing import Agreement, LoadResult, NotAgreedError
from yemae.settings import Settings

# How many changes the refusal of a script names.
NAMED_MAX = 3


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=examples(
            "yemae concerts load examples/*.toml", "yemae concerts load my-concert.toml --dry-run"
        )
    )(load)


def load(
    files: Annotated[list[Path], typer.Argument(help="Concert files (docs/concert-file.md).")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")
    ] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", help="Change prices, dates and openings after the first sale without asking."
        ),
    ] = False,
) -> None:
    """Load concert files, all or none, and show what changes.

    Loading a file again brings its changes; what is sold or held stays valid. After the first sale
    it asks before prices, dates or openings change.
    """
    with store_settings() as settings:
        if dry_run:
            results = compare_files(settings, files)
            _show(results)
            asks = any(result.questions for result in results)
            write_line(f"dry run: nothing was written{'; the load will ask first' if asks else ''}")
        else:
            _load(settings, files, yes=yes)


def _load(settings: Settings, files: Sequence[Path], *, yes: bool) -> None:
    """Load after a yes to whatever needs one. It asks again only about what another load, or the
    first sale, has brought up since the last question."""
    agreed: frozenset[Agreement] = frozenset()
    shown = False
    while True:
        try:
            results = load_files(settings, files, None if yes else agreed)
        except NotAgreedError as unagreed:
            _require_yes(unagreed.results)
            shown = True
            agreed = agreed.union(*(result.agreements() for result in unagreed.results))
        else:
            break
    if shown:
        write_line("loaded")
    else:
        _show(results)


def _require_yes(results: Sequence[LoadResult]) -> None:
    """Ask on a terminal. Raises InputError without one, or without a yes."""
    if not sys.stdin.isatty():
        asked = [change.what for result in results for change in result.questions]
        raise InputError(
            "Nothing was loaded, because prices, dates or openings would change after the first "
            f"sale ({some(asked, NAMED_MAX)}): look at all changes with --dry-run, then add --yes."
        )
    _show(results)
    if not typer.confirm("Load this? Seats are sold or held already.", err=True):
        raise InputError("Nothing was loaded.")


def _show(results: Sequence[LoadResult]) -> None:
    """Write the diff and the warnings of each file."""
    for result in results:
        write_line(
            f"{result.file}: {result.concert_id}, performances: {result.performances:,}, "
            f"seats in each: {result.seats:,}"
        )
        for change in result.changes:
            write_line(f"  {change}")
        if not result.changes:
            write_line("  unchanged")
        for warning in result.warnings:
            write_line(f"  warning: {warning}")
