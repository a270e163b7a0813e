"""`yemae queue message`: show waiting fans a message, until a time or until it is cleared.

A time of day is read on the venue's clocks, as the fan's page shows times.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Any

import typer

from yemae.back_office import queue_control
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import ConcertId, on_queue
from yemae.cli.queue_values import read_changes
from yemae.cli.screen import write_line
from yemae.concerts.controls import operator
from yemae.runtime import Stores
from yemae.values.instants import clock, on_clocks
from yemae.values.time_zones import moments_at

TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
DURATION = re.compile(r"([1-9]\d{0,4})([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# A time of day that is further away than this is one that has just passed.
HOURS_AHEAD_MAX = 12


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=examples(
            "yemae queue message arena --en 'Back at 20:30' --ko '20:30 재개' --until 20:30",
            "yemae queue message arena --en 'A short pause' --for 15m",
            "yemae queue message arena --clear",
        )
    )(message)


def message(
    concert: ConcertId,
    *,
    ko: Annotated[str | None, typer.Option(help="The message in Korean.")] = None,
    en: Annotated[str | None, typer.Option(help="The message in English.")] = None,
    until: Annotated[
        str | None,
        typer.Option(help="When it ends: 20:30 on the venue's clocks, or 2026-11-22T20:30+09:00."),
    ] = None,
    for_: Annotated[
        str | None, typer.Option("--for", help="How long it is shown: 90s, 15m, 2h or 1d.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Show no message any more.")] = False,
) -> None:
    """Show fans in line a message, in place of an earlier one."""
    if clear == bool(ko or en):
        raise InputError("A message needs --ko or --en, or --clear alone.")
    if (until and for_) or (clear and (until or for_)):
        raise InputError("A message has one end: --until or --for, and none with --clear.")

    async def say(stores: Stores) -> str:
        ends_at = _end(stores, concert, until, for_)
        given: dict[str, Any] = {"message_ko": ko or None, "message_en": en or None}
        changes = read_changes({**given, "message_until": ends_at})
        await queue_control.change(stores, concert, operator(), changes)
        return _shown(stores, concert, changes)

    write_line(on_queue(concert, say))


def _shown(stores: Stores, concert_id: str, changes: Mapping[str, Any]) -> str:
    if not (changes["message_ko"] or changes["message_en"]):
        return "no message is shown"
    ends_at = changes["message_until"]
    if ends_at is None:
        return "the message is shown until it is cleared"
    zone = stores.catalogue.queue(concert_id).zone
    return f"the message is shown until {clock(on_clocks(ends_at, zone))}"


def _end(stores: Stores, concert_id: str, until: str | None, for_: str | None) -> datetime | None:
    """The end by the stores' clock. Raises InputError or ConcertNotFound."""
    concert, now = stores.catalogue.queue(concert_id), stores.now()
    if for_ is not None:
        found = DURATION.fullmatch(for_)
        if found is None:
            raise InputError(f"{for_!r} is no length of time such as 90s, 15m, 2h or 1d.")
        return now + timedelta(**{UNITS[found[2]]: int(found[1])})
    if until is None:
        return None
    if (found := TIME_OF_DAY.fullmatch(until)) is not None:
        return next_time(now, concert.zone or UTC, time(int(found[1]), int(found[2])))
    try:
        moment = datetime.fromisoformat(until)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        pass
    raise InputError(f"{until!r} is no time such as 20:30 or 2026-11-22T20:30+09:00.")


def next_time(now: datetime, zone: tzinfo, wanted: time) -> datetime:
    """When clocks of this zone show a time of day next; raises InputError when it has just passed,
    and when they skip it."""
    today = now.astimezone(zone).date()
    for day in (today, today + timedelta(days=1)):
        for moment in moments_at(datetime.combine(day, wanted), zone):
            if now < moment <= now + timedelta(hours=HOURS_AHEAD_MAX):
                return moment
    raise InputError(
        f"{wanted:%H:%M} does not come in the next {HOURS_AHEAD_MAX} hours: it is "
        f"{clock(now.astimezone(zone))} at the venue; give the day as well."
    )
