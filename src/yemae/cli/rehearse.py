"""`yemae rehearse`: a simulated on-sale against a server, and its report."""

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import typer

from yemae.cli.examples import examples
from yemae.cli.failures import INTERRUPTED, TROUBLE, InputError
from yemae.cli.fan_options import ArriveWithinS, FansArrive, FansOfLanes
from yemae.cli.rehearse_console import require_private, show_console
from yemae.cli.rehearse_figures import show_comparison
from yemae.cli.rehearse_place import SEATS, PrivateOptions, RunningOptions, place
from yemae.cli.rehearse_screen import progress, show
from yemae.embedded.last_runs import RehearsalRun, remember
from yemae.rehearsal.compare import read_report
from yemae.rehearsal.report import Report
from yemae.rehearsal.report_html import page
from yemae.rehearsal.run import RehearsalError
from yemae.rehearsal.scenario import (
    CONNECTIONS_MAX,
    DURATION_MAX_S,
    FANS_MAX,
    PROCESSES_MAX,
    SEATS_MAX,
    Scenario,
    read_behaviour,
)
from yemae.rehearsal.simulate import simulate
from yemae.rehearsal.target import Target
from yemae.settings import read_settings
from yemae.values.instants import plain
from yemae.values.text import printable

FANS = 1_000


def rehearse(
    *,
    url: Annotated[str | None, typer.Option(help="Rehearse on a running server.")] = None,
    concert: Annotated[
        str | None, typer.Option(help="A concert of that server; not needed when it has only one.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Sell real seats of that concert without asking first.")
    ] = False,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="Rehearse on a private server with temporary data.")
    ] = False,
    file: Annotated[
        Path | None,
        typer.Option(
            help="Sell this concert file there, with its seats, queue, lanes and prices; its "
            "opening is moved to the rehearsal."
        ),
    ] = None,
    lane: FansOfLanes = None,
    early_s: Annotated[
        float | None,
        typer.Option(
            help="Seconds before the opening of the file at which the first fans come [20 with a "
            "draw or a prequeue, else 0].",
            min=0,
            max=DURATION_MAX_S,
        ),
    ] = None,
    seats: Annotated[
        int | None,
        typer.Option(help=f"Seats of the private server [{SEATS:,}].", min=1, max=SEATS_MAX),
    ] = None,
    active_limit: Annotated[
        int | None,
        typer.Option(
            help="Its active_limit: the maximum number of admitted fans [the file's, or 500].",
            min=1,
            max=FANS_MAX,
        ),
    ] = None,
    admit_per_minute: Annotated[
        int | None,
        typer.Option(help="Its admit_per_minute [the file's, or 60,000].", min=1, max=1_000_000),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Its number of server processes [one for each processor].", min=1, max=64
        ),
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep its data in this folder, which must be empty.")
    ] = None,
    fans: Annotated[int, typer.Option(help="The number of fans.", min=1, max=FANS_MAX)] = FANS,
    arrival: FansArrive = "burst",
    arrival_s: ArriveWithinS = 60.0,
    behaviour: Annotated[
        str,
        typer.Option(
            metavar="KEY=VALUE,...",
            help="How fans behave: patience_s, walk_away, hold_without_paying, seat_choice, "
            "seats_max, retries, think_s; see docs/rehearsal.md.",
        ),
    ] = "",
    duration: Annotated[
        float, typer.Option(help="Stop after this number of seconds.", min=1, max=DURATION_MAX_S)
    ] = 600.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same fans.")] = 1,
    processes: Annotated[
        int, typer.Option(help="Number of processes for the fans.", min=1, max=PROCESSES_MAX)
    ] = 1,
    connections: Annotated[
        int, typer.Option(help="Connections of all fans together.", min=1, max=CONNECTIONS_MAX)
    ] = 256,
    json: Annotated[Path | None, typer.Option(help="Write the report as JSON.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the report as a page with charts.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Compare with this report, the --json of an earlier run.")
    ] = None,
    console: Annotated[
        bool,
        typer.Option(
            "--console", help="Say where the private server's console is, and how to sign in."
        ),
    ] = False,
) -> None:
    """Rehearse an on-sale with simulated fans.

    They wait, choose, hold and pay over HTTP. The report then gives rates and latencies, and proves
    from the stores that the books add up. Exit code 1: a check failed, or a request got no valid
    answer. Ctrl-C stops early with a report; a second Ctrl-C skips the check of the stores.
    """
    require_private(console=console, embedded=embedded)
    scenario = Scenario(
        fans=fans,
        arrival=arrival,
        arrival_s=arrival_s,
        behaviour=read_behaviour(behaviour),
        duration_s=duration,
        seed=seed,
        processes=processes,
        connections=connections,
    )
    pages = Pages(json, html)
    pages.require_writable()
    earlier = read_report(against) if against else None
    private = PrivateOptions(
        file, lane, early_s, seats, active_limit, admit_per_minute, workers, data_dir
    )
    with place(scenario, RunningOptions(url, concert, yes), private, embedded=embedded) as target:
        if console:
            show_console(target)
        found = asyncio.run(_until_stopped(scenario, target))
    show(found)
    if earlier is not None:
        show_comparison(earlier, found)
    _remember(found)
    pages.write(found)
    if not found.holds:
        raise typer.Exit(TROUBLE)
    if found.was_stopped:
        raise typer.Exit(INTERRUPTED)


def _remember(found: Report) -> None:
    """Note it in the data folder, for `yemae doctor`; one that cannot be written to is no reason
    for a rehearsal to fail."""
    last = RehearsalRun(
        at=datetime.now(UTC),
        version=found.version,
        url=found.url,
        fans=found.scenario.fans,
        seats_sold=found.seats_sold,
        was_stopped=found.was_stopped,
        problems=found.problems,
    )
    data_dir = read_settings().stores.data_dir
    try:
        remember(data_dir, last)
    except OSError as error:
        typer.echo(
            f"yemae: not noted for `yemae doctor` in {printable(str(data_dir))}: {error.strerror}.",
            err=True,
        )


async def _until_stopped(scenario: Scenario, target: Target) -> Report:
    """Rehearse; Ctrl-C and SIGTERM stop it early, with a report so far."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with progress() as shown:
        return await simulate(scenario, target, shown, stop)


class Pages(NamedTuple):
    """The files that the report is written to."""

    json: Path | None
    html: Path | None

    def require_writable(self) -> None:
        """Check before the rehearsal that the files can be written. Raises InputError."""
        for path in filter(None, self):
            there = path if path.exists() else path.absolute().parent
            if path.is_dir() or not os.access(there, os.W_OK):
                raise InputError(f"{path} cannot be written.")

    def write(self, found: Report) -> None:
        """Write the files; a failure of one does not prevent the other.
        Raises RehearsalError."""
        encoded = msgspec.json.format(msgspec.json.encode(plain(found)), indent=2) + b"\n"
        contents = (encoded if self.json else b"", page(found).encode() if self.html else b"")
        failures = []
        for path, content in zip(self, contents, strict=True):
            try:
                if path:
                    path.write_bytes(content)
            except OSError as error:
                failures.append(f"{path} was not written: {error.strerror}")
        if failures:
            raise RehearsalError("; ".join(failures) + ".")


def add_to(app: typer.Typer) -> None:
    """Make this a command of the program."""
    app.command(
        epilog=examples(
            "yemae rehearse --embedded --fans 5000 --seats 2000 --html report.html",
            "yemae rehearse --embedded --fans 5000 --arrival ramp --console",
            "yemae rehearse --embedded --arrival ramp --behaviour seat_choice=best,retries=3",
            "yemae rehearse --embedded --file my-concert.toml --fans 5000 --against before.json",
            "yemae rehearse --url http://127.0.0.1:8000 --concert small-hall --fans 200",
        )
    )(rehearse)
