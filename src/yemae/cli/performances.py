"""`yemae performances`: cancel dates, move them, and follow the refunds.

The commands work on the stores, so every server process follows them. The refunds of a cancelled
date are taken on by the jobs process of a server, and by the command for as long as it runs: what
one of them has done, the other one finds done.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.orders import Why
from yemae.cli.queue import on_stores
from yemae.cli.reasons import one_line
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.cli.venue_time import at_venue
from yemae.concerts.controls import operator
from yemae.payments.refund_runs import RunState
from yemae.runtime import Stores
from yemae.sale import refund_run
from yemae.sale.cancel_date import Postponed, cancel_date, postpone_date
from yemae.sale.refund_run import take_step
from yemae.values import money
from yemae.values.instants import clock, on_clocks

# While the rest of a run is being paid by card, or another process takes its steps.
LOOK_AGAIN_S = 1.0

PerformanceId = Annotated[str, typer.Argument(metavar="PERFORMANCE", help="The date's id.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
NoWait = Annotated[
    bool, typer.Option("--no-wait", help="Leave the refunds to the server, and end at once.")
]

app = typer.Typer(name="performances", help="Cancel and move dates, and follow the refunds.")


@app.callback()
def performances() -> None:
    """Cancel and move dates, and follow the refunds."""


@app.command(
    epilog=examples("yemae performances cancel small-hall-2030-05-03 --reason 'The singer is ill'")
)
def cancel(
    performance: PerformanceId, *, reason: Why, yes: Yes = False, no_wait: NoWait = False
) -> None:
    """Cancel a date, and give everybody all of their money back.

    Its sale stops at once, its tickets open no door, held seats are released, and fans in line see
    a message. It cannot be taken back. Ctrl-C ends the command and not the refunds; begun again, it
    goes on where they are.
    """
    why = one_line(reason)
    agree(f"Cancel {performance} and refund everybody?", yes=yes)

    async def carry_out(stores: Stores) -> None:
        await cancel_date(stores, operator(), performance, why)
        await follow(stores, [performance], waits=not no_wait)

    on_stores(carry_out)


@app.command(
    epilog=examples(
        "yemae performances postpone small-hall-2030-05-03 --to 2030-06-07T20:00 --reason 'Storm'"
    )
)
def postpone(
    performance: PerformanceId,
    *,
    to: Annotated[
        datetime, typer.Option(metavar="TIME", help="When it begins, on the venue's clocks.")
    ],
    refundable_until: Annotated[
        datetime | None,
        typer.Option(
            metavar="TIME",
            help="Until when fans who have paid cancel it without a fee [default: for 14 days].",
        ),
    ] = None,
    reason: Why,
    yes: Yes = False,
) -> None:
    """Move a date to another time; orders and tickets stay, and fans in line see a message."""
    why = one_line(reason)
    agree(f"Move {performance} to {to}?", yes=yes)

    async def carry_out(stores: Stores) -> Postponed:
        zone = stores.catalogue.performance(performance).zone
        if zone is None:
            raise InputError(f"The zone of {performance} is not known: load its file again first.")
        until = None if refundable_until is None else at_venue(refundable_until, zone)
        who, moment = operator(), at_venue(to, zone)
        done = await postpone_date(stores, who, performance, moment, why, until)
        return Postponed(*(on_clocks(each, zone) for each in done))

    done = on_stores(carry_out)
    write_line(
        f"{performance} is moved from {clock(done.before)} to {clock(done.starts_at)}; cancelled "
        f"without a fee until {clock(done.refundable_until)}"
    )


@app.command(
    epilog=examples(
        "yemae performances refunds small-hall-2030-05-03",
        "yemae performances refunds small-hall-2030-05-03 --pause",
    )
)
def refunds(
    performance: PerformanceId,
    *,
    pause: Annotated[bool, typer.Option("--pause", help="Take no further order.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on, also with orders that failed.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Show how far the refunds of a cancelled date are, after pausing or resuming them."""
    if pause and resume:
        raise InputError("Choose one of --pause and --resume.")
    state: RunState | None = "paused" if pause else "running" if resume else None

    async def look(stores: Stores) -> refund_run.RunProgress:
        if state is not None:
            await refund_run.steer(stores, operator(), performance, state)
        return await refund_run.progress(stores, performance)

    found = on_stores(look)
    if json:
        # Only here: the shapes of the API take a while to import.
        from yemae.http.operator.dates import shown  # noqa: PLC0415

        write_json(shown(found))
        return
    write_table(["Refunds", found.performance_id], _rows(found))


def _rows(found: refund_run.RunProgress) -> list[tuple[str, str]]:
    run, left = found.run, found.left
    rows = [
        ("State", run.state),
        ("Reason", f"{run.reason} ({run.requested_by})"),
        ("Refunded", f"{run.orders:,} orders, {money.amount(run.refunded, found.currency)}"),
        ("Left", f"{left.paid:,} orders, {money.amount(left.amount, found.currency)}"),
    ]
    if left.held:
        rows.append(("Held", f"{left.held:,} orders, {left.being_paid:,} of them being paid"))
    if run.failed:
        rows.append(("Failed", " ".join(map(str, run.failed))))
    return rows


def agree(question: str, *, yes: bool) -> None:
    """Ask, unless it was agreed to. Raises InputError."""
    if not yes and not sys.stdin.isatty():
        raise InputError("Nothing was changed: add --yes.")
    if not yes and not typer.confirm(question, err=True):
        raise InputError("Nothing was changed.")


async def follow(stores: Stores, performance_ids: Sequence[str], *, waits: bool) -> None:
    """Take the refunds of these dates on, with a bar for each on stderr, and say what was done."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        for performance_id in performance_ids:
            if waits:
                await _take_on(stores, performance_id, bars)
            found = await refund_run.progress(stores, performance_id)
            write_line(_sentence(found))


async def _take_on(stores: Stores, performance_id: str, bars: Progress) -> None:
    bar = bars.add_task(performance_id, total=None)
    while (found := await refund_run.progress(stores, performance_id)).run.state == "running":
        bars.update(bar, completed=found.run.orders, total=found.run.orders + found.left.paid)
        if not await take_step(stores, found.run):
            await asyncio.sleep(LOOK_AGAIN_S)
    bars.update(bar, completed=1, total=1)


def _sentence(found: refund_run.RunProgress) -> str:
    run, left = found.run, found.left
    back = money.amount(run.refunded, found.currency)
    orders = f"{run.orders:,} order{'' if run.orders == 1 else 's'}"
    done = f"{found.performance_id} is cancelled: {orders} refunded, {back}"
    if run.state == "done":
        return done
    failed = f", {len(run.failed):,} failed" if run.failed else ""
    return f"{done}; {run.state} with {left.paid:,} orders to go{failed}"
