"""Where a rehearsal takes place: on a private server, or on a running one after a confirmation."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import typer

from yemae.base.logs import configure_logs
from yemae.cli.failures import InputError
from yemae.cli.fan_options import fans_of_lanes
from yemae.concerts.files import concert_file
from yemae.concerts.files.concert_file import FileConcert
from yemae.embedded.secret_key import secret_key
from yemae.rehearsal.own_file import FanLane, OwnFile
from yemae.rehearsal.scenario import Scenario
from yemae.rehearsal.server import Private, private_server
from yemae.rehearsal.target import (
    Target,
    accepts,
    find_concert,
    require_free_top_ups,
    require_url,
    stores_of,
)
from yemae.settings import Settings, default_workers, read_settings
from yemae.store.errors import StoreError
from yemae.values.text import printable

SEATS = 1_000
ACTIVE_LIMIT = 500
ADMIT_PER_MINUTE = 60_000
SEAT_LIMIT = 4
# Seconds before an opening with a draw or a prequeue at which the first fans come.
EARLY_S = 20.0


class RunningOptions(NamedTuple):
    """The options of a rehearsal on a running server."""

    url: str | None
    concert: str | None
    yes: bool


class PrivateOptions(NamedTuple):
    """The options of a rehearsal on a private server."""

    file: Path | None
    lane: list[str] | None
    early_s: float | None
    seats: int | None
    active_limit: int | None
    admit_per_minute: int | None
    workers: int | None
    data_dir: Path | None


@contextmanager
def place(
    scenario: Scenario, running: RunningOptions, private: PrivateOptions, *, embedded: bool
) -> Iterator[Target]:
    """The server to rehearse on. Raises InputError for options that contradict each other."""
    settings = read_settings()
    # A command's stderr is for its progress; the drivers' warnings belong to the server.
    configure_logs(settings.replace(log_level="error", log_format="console"))
    if embedded == (running.url is not None):
        raise InputError("Say where to rehearse: --url URL or --embedded.")
    if embedded:
        _refuse(running.concert, "--concert", "of a running server: it needs --url")
        _say("starting a private server")
        with private_server(_private(scenario, private)) as target:
            yield target
        return
    for name, value in private._asdict().items():
        option = f"--{name.replace('_', '-')}"
        _refuse(value, option, "of a private server: it needs --embedded")
    assert running.url is not None
    yield _running(scenario, running.url, running, settings)


def _private(scenario: Scenario, options: PrivateOptions) -> Private:
    own = None if options.file is None else _own(scenario, options.file, options)
    if own is None:
        _refuse(options.lane, "--lane", "of a concert file: it needs --file")
        _refuse(options.early_s, "--early-s", "of a concert file: it needs --file")
    return Private(
        own=own,
        seats=options.seats or SEATS,
        seat_limit=max(SEAT_LIMIT, scenario.behaviour.seats_max),
        active_limit=options.active_limit or ACTIVE_LIMIT,
        admit_per_minute=options.admit_per_minute or ADMIT_PER_MINUTE,
        workers=options.workers or default_workers(),
        data_dir=options.data_dir,
    )


def _own(scenario: Scenario, file: Path, options: PrivateOptions) -> OwnFile:
    """The operator's own file. Raises InputError or ConcertFileError."""
    _refuse(options.seats, "--seats", "of the hall without --file")
    text, concert = concert_file.read_with_text(file)
    if scenario.behaviour.seats_max > concert.seat_limit:
        raise InputError(
            f"seats_max={scenario.behaviour.seats_max} is more than the {concert.seat_limit} seats "
            f"that one fan may have of {concert.id}."
        )
    if concert.queue.queueing_method == "reject":
        raise InputError("queueing_method=reject lets no fan join: there is nothing to rehearse.")
    is_early = concert.prequeue_opens_at is not None or concert.queue.queueing_method == "draw"
    early_s = EARLY_S if is_early else 0.0
    return own_file(
        text,
        concert,
        early_s=early_s if options.early_s is None else options.early_s,
        lane=options.lane or (),
        active_limit=options.active_limit,
        admit_per_minute=options.admit_per_minute,
    )


def own_file(
    text: str,
    concert: FileConcert,
    *,
    early_s: float,
    lane: Sequence[str] = (),
    active_limit: int | None = None,
    admit_per_minute: int | None = None,
) -> OwnFile:
    """What a rehearsal needs of a file; a limit of None is the file's. Raises InputError."""
    queue = concert.queue
    _, *shares = fans_of_lanes([each.name for each in queue.lanes], lane)
    return OwnFile(
        text=text,
        concert_id=concert.id,
        title=concert.title,
        currency=concert.currency,
        seat_limit=concert.seat_limit,
        sale_opens_at=concert.sale_opens_at,
        first_performance_at=min(date.starts_at for date in concert.performances),
        proof_of_work=queue.proof_of_work,
        lanes=tuple(
            FanLane(share, each.codes, "" if each.codes else each.group or "")
            for share, each in zip(shares, queue.lanes, strict=True)
        ),
        active_limit=active_limit or queue.active_limit,
        admit_per_minute=admit_per_minute or queue.admit_per_minute,
        early_s=early_s,
    )


def _running(scenario: Scenario, url: str, options: RunningOptions, settings: Settings) -> Target:
    url = require_url(url)
    concert = asyncio.run(find_concert(url, options.concert))
    asyncio.run(require_free_top_ups(url))
    if scenario.behaviour.seats_max > concert.seat_limit:
        raise InputError(
            f"seats_max={scenario.behaviour.seats_max} is more than the {concert.seat_limit} seats "
            f"that one fan may have of {concert.id}."
        )
    key = _key(url, settings)
    if not key:
        _say(
            f"no secret key of {url} is set (YEMAE_SECRET_KEY), so {scenario.fans:,} "
            "fans sign up over HTTP first, which is slow"
        )
    stores, note = stores_of(settings)
    if stores is None:
        _say(f"the stores will not be checked afterwards: {note}")
    _make_sure(scenario, url, concert.id, sure=options.yes)
    return Target(url, concert, key, stores, note)


def _key(url: str, settings: Settings) -> str:
    """The key that the server accepts, or "". Raises InputError for a set key that it refuses."""
    try:
        key = secret_key(settings, make=False)
    except StoreError:
        return ""
    if asyncio.run(accepts(url, key)):
        return key
    if settings.stores.secret_key:
        raise InputError(f"YEMAE_SECRET_KEY is not the key of the server at {url}.")
    return ""


def _make_sure(scenario: Scenario, url: str, concert_id: str, *, sure: bool) -> None:
    """Ask the operator: a rehearsal on a running server sells its real seats."""
    _say(
        f"{scenario.fans:,} simulated fans will buy real seats of {concert_id} at {url}; the seats "
        "stay sold, and real fans wait behind them"
    )
    if sure:
        return
    if not sys.stdin.isatty():
        raise InputError("Add --yes to go on, or rehearse with --embedded.")
    if not typer.confirm("Go on?", err=True):
        raise InputError("Nothing was done.")


def _refuse(value: object, option: str, what: str) -> None:
    if value is not None:
        raise InputError(f"{option} is {what}.")


def _say(sentence: str) -> None:
    typer.echo(f"yemae: {printable(sentence)}", err=True)
