"""`yemae simulate`: what a sale will be like, computed without a server."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.fan_options import ArriveWithinS, FansArrive, FansOfLanes, fans_of_lanes
from yemae.cli.queue_values import read_pairs
from yemae.cli.screen import AsJson, write_json
from yemae.cli.simulate_screen import show
from yemae.concerts.catalogue import Concert
from yemae.concerts.files import concert_file
from yemae.concerts.files.concert_file import FileConcert
from yemae.concerts.lanes import Lane
from yemae.concerts.limits import wrong_place_ttl
from yemae.concerts.performance import Performance
from yemae.concerts.queue_settings import QueueSettings
from yemae.rehearsal.scenario import DURATION_MAX_S, Scenario, read_behaviour
from yemae.settings import read_settings
from yemae.simulation import figures
from yemae.simulation.forecast import forecast
from yemae.simulation.run import OnSale

FANS, SEATS, ACTIVE_LIMIT, ADMIT_PER_MINUTE = 100_000, 10_000, 500, 60_000
FANS_MAX = 10_000_000
SEATS_MAX = 10_000_000
CORES_PER_NODE = 4
# Of a queue without a concert file.
OPENS_AT = datetime(2030, 1, 1, tzinfo=UTC)
DATE_AT = datetime(2999, 12, 31, tzinfo=UTC)
SEAT_LIMIT = 20


def simulate(
    *,
    file: Annotated[
        Path | None, typer.Option(help="A concert file: its queue, openings, lanes and seats.")
    ] = None,
    fans: Annotated[int, typer.Option(help="The number of fans.", min=1, max=FANS_MAX)] = FANS,
    seats: Annotated[
        int | None,
        typer.Option(help=f"Seats of all dates [the file's, or {SEATS:,}].", min=1, max=SEATS_MAX),
    ] = None,
    active_limit: Annotated[
        int | None,
        typer.Option(
            help=f"The maximum number of admitted fans [the file's, or {ACTIVE_LIMIT}].",
            min=1,
            max=1_000_000,
        ),
    ] = None,
    admit_per_minute: Annotated[
        int | None,
        typer.Option(
            help=f"Admissions in a minute [the file's, or {ADMIT_PER_MINUTE:,}].",
            min=1,
            max=10_000_000,
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Any other setting of [queue], as for `yemae queue set`; may be repeated.",
        ),
    ] = None,
    lane: FansOfLanes = None,
    early_s: Annotated[
        float | None,
        typer.Option(
            help="Seconds before the opening at which the first fans come [when joining begins "
            "in the file, or 0].",
            min=0,
            max=DURATION_MAX_S,
        ),
    ] = None,
    arrival: FansArrive = "burst",
    arrival_s: ArriveWithinS = 60.0,
    behaviour: Annotated[
        str,
        typer.Option(
            metavar="KEY=VALUE,...",
            help="How fans behave: patience_s, walk_away, hold_without_paying, seats_max, think_s; "
            "see docs/rehearsal.md.",
        ),
    ] = "",
    duration: Annotated[
        float, typer.Option(help="Stop after this number of seconds.", min=1, max=DURATION_MAX_S)
    ] = float(DURATION_MAX_S),
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.")] = 1,
    results: Annotated[
        list[Path] | None,
        typer.Option(
            help="A results file of `make bench` from your machine [the figures of "
            "docs/benchmarks.md]; may be repeated."
        ),
    ] = None,
    cores_per_node: Annotated[
        int, typer.Option(help="Processor cores of one node.", min=1, max=1024)
    ] = CORES_PER_NODE,
    price: Annotated[
        float | None,
        typer.Option(help="The price of a core for an hour, in any currency.", min=0, max=1e6),
    ] = None,
    json: AsJson = False,
) -> None:
    """Predict the waits and the load of an on-sale.

    A model of the waiting room, with the server's own settings and rules, plays the sale from the
    first fan to the last. It starts no server and reads no store: docs/capacity.md.
    """
    changed = _changes(set_ or (), active_limit, admit_per_minute)
    concert, seats_of_file = _of_file(file) if file else (_concert(), SEATS)
    concert = msgspec.structs.replace(concert, **changed)
    scenario = Scenario(
        fans=fans,
        arrival=arrival,
        arrival_s=arrival_s,
        behaviour=read_behaviour(behaviour),
        duration_s=duration,
        seed=seed,
    )
    _check(concert, scenario)
    on_sale = OnSale(
        concert=concert,
        settings=read_settings(),
        scenario=scenario,
        seats=seats or seats_of_file,
        early_s=_prequeue_s(concert) if early_s is None else early_s,
        fans_of_lanes=fans_of_lanes([each.name for each in concert.lanes], lane or ()),
    )
    found = forecast(
        on_sale,
        figures.read(results or (), figures.defaults()),
        cores_per_node=cores_per_node,
        price_per_core_hour=price,
    )
    if json:
        write_json(found)
    else:
        show(found)


def _changes(
    pairs: Sequence[str], active_limit: int | None, admit_per_minute: int | None
) -> dict[str, object]:
    """The settings that options change. Raises InputError."""
    changed = read_pairs(pairs)
    for name, value in changed.items():
        if name not in QueueSettings.__struct_fields__ or value is None:
            raise InputError(
                f"{name!r} cannot be simulated by --set: expected a value for one of "
                f"{', '.join(QueueSettings.__struct_fields__)}."
            )
    options = {"active_limit": active_limit, "admit_per_minute": admit_per_minute}
    return changed | {name: value for name, value in options.items() if value is not None}


def _of_file(path: Path) -> tuple[Concert, int]:
    """The concert of a file, and its seats on all dates. Raises ConcertFileError."""
    read = concert_file.read(path)
    return _loaded(read), len(read.seats) * len(read.performances)


def _loaded(read: FileConcert) -> Concert:
    """A concert as the catalogue would have it after its file was loaded."""
    return Concert(
        id=read.id,
        title=read.title,
        artist=read.artist,
        venue=read.venue,
        currency=read.currency,
        seat_limit=read.seat_limit,
        control="running",
        draw_seed=b"",
        lanes=tuple(
            Lane(lane.name, lane.share, frozenset(), lane.group or "") for lane in read.queue.lanes
        ),
        performances=tuple(
            Performance(key, date.id, read.id, date.starts_at, len(read.seats), 0)
            for key, date in enumerate(sorted(read.performances, key=lambda it: it.starts_at))
        ),
        **read.settings(),
    )


def _concert() -> Concert:
    """A concert without a file."""
    return Concert(
        id="simulated",
        title="Simulated",
        artist="Simulated",
        venue="Simulated",
        currency="KRW",
        seat_limit=SEAT_LIMIT,
        control="running",
        draw_seed=b"",
        lanes=(),
        performances=(Performance(0, "simulated-1", "simulated", DATE_AT, SEATS, 0),),
        active_limit=ACTIVE_LIMIT,
        admit_per_minute=ADMIT_PER_MINUTE,
        sale_opens_at=OPENS_AT,
    )


def _check(concert: Concert, scenario: Scenario) -> None:
    """Refuse what cannot be simulated. Raises InputError."""
    if concert.queueing_method == "reject":
        raise InputError("queueing_method=reject lets no fan join: there is nothing to simulate.")
    if concert.is_over(concert.sale_opens_at):
        raise InputError(f"The sale of every date of {concert.id} has ended when its sale opens.")
    if wrong := wrong_place_ttl(concert.place_ttl_s, concert.absent_after_s):
        raise InputError(f"place_ttl_s={concert.place_ttl_s} cannot be used: {wrong}.")
    if scenario.behaviour.seats_max > concert.seat_limit:
        raise InputError(
            f"seats_max={scenario.behaviour.seats_max} is more than the {concert.seat_limit} seats "
            f"that one fan may have of {concert.id}."
        )


def _prequeue_s(concert: Concert) -> float:
    """How long before the opening joining begins; 0 where it is not said."""
    if concert.prequeue_opens_at is None:
        return 0.0
    return (concert.sale_opens_at - concert.prequeue_opens_at).total_seconds()


def add_to(app: typer.Typer) -> None:
    """Make this a command of the program."""
    app.command(
        epilog=examples(
            "yemae simulate --file examples/arena.toml --fans 300000 --arrival ramp",
            "yemae simulate --fans 20000 --seats 10000 --admit-per-minute 3000",
            "yemae simulate --fans 10000000 --seats 50000 --price 0.05 --json",
        )
    )(simulate)
