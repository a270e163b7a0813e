"""Where a rehearsal takes place: on a private server, or on one that runs, with all due care."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import typer

from yemae.base.logs import configure_logs
from yemae.cli.failures import InputError
from yemae.embedded.secret_key import secret_key
from yemae.rehearsal.scenario import Scenario
from yemae.rehearsal.server import Private, private_server
from yemae.rehearsal.target import Target, accepts, find_concert, require_url, stores_of
from yemae.settings import Settings, default_workers, read_settings
from yemae.store.errors import StoreError
from yemae.values.text import printable

SEATS = 1_000
ACTIVE_LIMIT = 500
ADMIT_PER_MINUTE = 60_000
SEAT_LIMIT = 4


class RunningOptions(NamedTuple):
    """The options of a rehearsal on a server that runs."""

    url: str | None
    concert: str | None
    yes: bool


class PrivateOptions(NamedTuple):
    """The options of a rehearsal on a private server."""

    seats: int | None
    active_limit: int | None
    admit_per_minute: int | None
    workers: int | None
    data_dir: Path | None


@contextmanager
def place(
    plan: Scenario, running: RunningOptions, private: PrivateOptions, *, embedded: bool
) -> Iterator[Target]:
    """The server to rehearse on. Raises InputError for options that do not go together."""
    settings = read_settings()
    # A command's stderr is for its progress; the drivers' warnings belong to the server.
    configure_logs(msgspec.structs.replace(settings, log_level="error", log_format="console"))
    if embedded == (running.url is not None):
        raise InputError("Say where to rehearse: --url URL or --embedded.")
    if embedded:
        _refuse(running.concert, "--concert", "of a server that runs: it needs --url")
        _say("starting a private server")
        with private_server(_private(plan, private)) as target:
            yield target
        return
    for name, value in private._asdict().items():
        option = f"--{name.replace('_', '-')}"
        _refuse(value, option, "of a private server: it needs --embedded")
    assert running.url is not None
    yield _running(plan, running.url, running, settings)


def _private(plan: Scenario, options: PrivateOptions) -> Private:
    return Private(
        seats=options.seats or SEATS,
        seat_limit=max(SEAT_LIMIT, plan.behaviour.seats_max),
        active_limit=options.active_limit or ACTIVE_LIMIT,
        admit_per_minute=options.admit_per_minute or ADMIT_PER_MINUTE,
        workers=options.workers or default_workers(),
        data_dir=options.data_dir,
    )


def _running(plan: Scenario, url: str, options: RunningOptions, settings: Settings) -> Target:
    url = require_url(url)
    concert = asyncio.run(find_concert(url, options.concert))
    if plan.behaviour.seats_max > concert.seat_limit:
        raise InputError(
            f"seats_max={plan.behaviour.seats_max} is more than the {concert.seat_limit} seats "
            f"that one fan may have of {concert.id}."
        )
    key = _key(url, settings)
    if not key:
        _say(
            f"there is no secret key of {url} here (YEMAE_SECRET_KEY), so {plan.fans:,} fans sign "
            "up over HTTP first, which is slow"
        )
    stores, note = stores_of(settings)
    if stores is None:
        _say(f"the stores will not be checked afterwards: {note}")
    _make_sure(plan, url, concert.id, sure=options.yes)
    return Target(url, concert, key, stores, note)


def _key(url: str, settings: Settings) -> str:
    """The key that this server takes, or none. Raises InputError for one that it does not take."""
    try:
        key = secret_key(settings, make=False)
    except StoreError:
        return ""
    if asyncio.run(accepts(url, key)):
        return key
    if settings.secret_key:
        raise InputError(f"YEMAE_SECRET_KEY is not the key of the server at {url}.")
    return ""


def _make_sure(plan: Scenario, url: str, concert_id: str, *, sure: bool) -> None:
    """Whoever rehearses on a server that runs sells its seats to nobody."""
    _say(
        f"{plan.fans:,} simulated fans will buy real seats of {concert_id} at {url}, and they stay "
        "sold; real fans wait behind them"
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
