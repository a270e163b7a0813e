"""`yemae reconcile`: whether what was sold, paid and let in adds up, read off the stores."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from yemae.cli.examples import examples as lines
from yemae.cli.failures import InputError
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.cli.stores import store_settings
from yemae.payments.providers import provider_of
from yemae.reconcile.charges import reconcile_provider
from yemae.reconcile.report import Check, Reconciled
from yemae.reconcile.stores import EXAMPLES
from yemae.reconcile.stores import reconcile as look
from yemae.settings import Settings
from yemae.store.postgres import Postgres

EXAMPLES_MAX = 1_000
DAY = timedelta(days=1)


def reconcile(
    *,
    examples: Annotated[
        int, typer.Option(help="Violations to show of each check.", min=0, max=EXAMPLES_MAX)
    ] = EXAMPLES,
    provider: Annotated[
        bool,
        typer.Option(
            "--provider", help="Compare card payments with the payment provider's own list instead."
        ),
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(metavar="TIME", help="With --provider: from when, in UTC; a day ago."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(metavar="TIME", help="With --provider: until when; now.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Check that what was sold, paid and let in adds up.

    Reads both stores, also while a sale runs, and changes nothing. With --provider it reads the
    list of the payment provider and compares it with the books, charge by charge: captured there
    and not here, here and not there, amounts, refunds. Exit code 1 when something is violated or
    differs.
    """
    if provider:
        end = _utc(until) or datetime.now(UTC)
        begin = _utc(since) or end - DAY
        if begin >= end:
            raise InputError("--since has to be before --until.")
        with store_settings() as settings:
            found = asyncio.run(_compare(settings, begin, end, examples))
    elif since or until:
        raise InputError("--since and --until need --provider.")
    else:
        with store_settings(valkey="needed") as settings:
            found = asyncio.run(look(settings, examples=examples))
    if json:
        write_json({"holds": found.holds, "checks": found.checks})
    else:
        show(found)
    if not found.holds:
        raise typer.Exit(1)


async def _compare(
    settings: Settings, since: datetime, until: datetime, examples: int
) -> Reconciled:
    at = provider_of(settings)
    if at is None:
        raise InputError("There is no payment provider: set YEMAE_PAYMENT_PROVIDER.")
    try:
        async with Postgres(settings) as postgres:
            return await reconcile_provider(postgres, at, since, until, examples)
    finally:
        await at.close()


def _utc(typed: datetime | None) -> datetime | None:
    return None if typed is None else typed.replace(tzinfo=UTC)


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
    epilog = lines(
        "yemae reconcile",
        "yemae reconcile --json",
        "yemae reconcile --provider --since 2026-12-01 --until 2026-12-02",
    )
    app.command(epilog=epilog)(reconcile)
