"""`yemae reconcile`: whether what was sold, paid and let in adds up, read off the stores."""

import asyncio
from typing import Annotated

import typer

from yemae.cli.examples import examples as lines
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.cli.stores import store_settings
from yemae.reconcile.report import Check, Reconciled
from yemae.reconcile.stores import EXAMPLES
from yemae.reconcile.stores import reconcile as look

EXAMPLES_MAX = 1_000


def reconcile(
    *,
    examples: Annotated[
        int, typer.Option(help="Violations to show of each check.", min=0, max=EXAMPLES_MAX)
    ] = EXAMPLES,
    json: AsJson = False,
) -> None:
    """Check that what was sold, paid and let in adds up.

    Reads both stores, also while a sale runs, and changes nothing. Exit code 1 when something is
    violated.
    """
    with store_settings(valkey="needed") as settings:
        found = asyncio.run(look(settings, examples=examples))
    if json:
        write_json({"holds": found.holds, "checks": found.checks})
    else:
        show(found)
    if not found.holds:
        raise typer.Exit(1)


def show(found: Reconciled) -> None:
    """Write the checks as a table, and what is violated below it."""
    write_table(
        ["", "What must hold", "Looked at", "Violations"],
        [(_mark(check), check.says, check.looked_at, check.violations) for check in found.checks],
        numbers=["Looked at", "Violations"],
    )
    for broken in (check for check in found.checks if check.violations):
        write_line(f"\n{broken.name}: {broken.violations:,}")
        for example in broken.examples:
            write_line(f"  {example}")
        if len(broken.examples) < broken.violations:
            write_line("  …")
    for note in (note for check in found.checks for note in check.notes):
        write_line(f"\nRepaired: {note}")


def _mark(check: Check) -> str:
    """Whether it holds; a dash when there was nothing to look at."""
    if check.violations:
        return "✗"
    return "✓" if check.looked_at else "–"


def add_to(app: typer.Typer) -> None:
    """Make this a command of the program."""
    app.command(epilog=lines("yemae reconcile", "yemae reconcile --json"))(reconcile)
