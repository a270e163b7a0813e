"""`yemae queue`: the waiting room of a concert, watched and controlled while it runs.

The commands work on the stores, so every node follows them, whether it answers HTTP or not. What
they do is in the log under `cli:` and the name of the system's user.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, tzinfo
from typing import Annotated, TypeVar

import typer

from yemae.accounts.access import USER_ID
from yemae.back_office import draw_audit, queue_control
from yemae.back_office.draw_audit import Audit
from yemae.back_office.queue_report import report, why_no_more
from yemae.cli import queue_watch
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue_values import read_pairs, whole_number
from yemae.cli.reasons import one_line
from yemae.cli.screen import AsJson, cell, write_json, write_line, write_table
from yemae.cli.stores import store_settings
from yemae.concerts.catalogue import Control
from yemae.concerts.controls import operator
from yemae.embedded.private_stores import Use
from yemae.refusals import ConcertNotFound, InvalidRequest, Refusal, StoreUnavailable
from yemae.runtime import Stores, open_stores
from yemae.settings import Settings

ADMIT_MAX = 10_000

Result = TypeVar("Result")
ConcertId = Annotated[str, typer.Argument(metavar="CONCERT", help="The concert's id.")]

app = typer.Typer(name="queue", help="Watch and control a concert's waiting room.")


@app.callback()
def queue() -> None:
    """Watch and control a concert's waiting room."""


@app.command(epilog=examples("yemae queue show small-hall", "yemae queue show small-hall --json"))
def show(concert: ConcertId, *, json: AsJson = False) -> None:
    """Show a queue's settings and its numbers of this moment."""
    found = on_queue(concert, lambda stores: report(stores, concert), valkey="wanted")
    if json:
        write_json(found)
        return
    headings = ["Queue", concert, queue_watch.times_in(found)]
    write_table(headings, queue_watch.rows(found), numbers=[concert])


@app.command(epilog=examples("yemae queue watch small-hall", "yemae queue watch small-hall --once"))
def watch(
    concert: ConcertId,
    *,
    once: Annotated[bool, typer.Option("--once", help="Write the numbers once and end.")] = False,
) -> None:
    """Watch a queue, with new numbers every second, until Ctrl-C.

    On a terminal it is a table that changes, otherwise one line for each second.
    """
    on_queue(concert, lambda stores: queue_watch.watch(stores, concert, once=once), valkey="wanted")


@app.command(epilog=examples("yemae queue pause small-hall"))
def pause(concert: ConcertId) -> None:
    """Stop admission; joining goes on."""
    _steer(concert, "paused")


@app.command(epilog=examples("yemae queue resume small-hall"))
def resume(concert: ConcertId) -> None:
    """Run as usual, after a pause or a drain."""
    _steer(concert, "running")


@app.command(epilog=examples("yemae queue drain small-hall"))
def drain(concert: ConcertId) -> None:
    """Stop new joins; fans in line are still admitted."""
    _steer(concert, "draining")


@app.command(epilog=examples("yemae queue open-now small-hall"))
def open_now(concert: ConcertId) -> None:
    """Open the sale at this moment."""
    on_queue(concert, lambda stores: queue_control.open_now(stores, concert, operator()))
    write_line(f"{concert} is open")


@app.command(
    "set",
    epilog=examples(
        "yemae queue set small-hall active_limit=300 admit_per_minute=600",
        "yemae queue set small-hall message_en='Back at 20:30' message_ko='20:30에 다시 엽니다'",
        "yemae queue set small-hall active_limit=",
    ),
)
def set_values(
    concert: ConcertId,
    values: Annotated[
        list[str],
        typer.Argument(metavar="KEY=VALUE...", help="What to change; see docs/operations.md."),
    ],
) -> None:
    """Change settings while the queue runs.

    KEY= resets the setting to the concert file's value.
    """
    changes = read_pairs(values)

    async def set_them(stores: Stores) -> tzinfo:
        await queue_control.change(stores, concert, operator(), changes)
        return venue_zone(stores, concert)

    zone = on_queue(concert, set_them)
    for name, value in changes.items():
        shown = value.astimezone(zone) if isinstance(value, datetime) else value
        write_line(f"{name} is {'as in the concert file' if value is None else cell(shown)}")


@app.command(epilog=examples("yemae queue revoke small-hall fan@example.com"))
def revoke(
    concert: ConcertId,
    user: Annotated[
        str,
        typer.Argument(metavar="USER", help="The fan's user id, e-mail address or queue number."),
    ],
) -> None:
    """End a fan's pass."""
    _check(user)

    async def put_out(stores: Stores) -> tuple[bool, str]:
        user_id = await queue_control.find_user(stores, concert, user)
        return await queue_control.revoke(stores, concert, operator(), user_id), user_id

    revoked, user_id = on_queue(concert, put_out, valkey="needed")
    named = user if user_id == user or not user.isdecimal() else f"{user} ({user_id})"
    write_line(f"{named} {'has no pass any more' if revoked else 'had no pass'}")


@app.command(
    epilog=examples("yemae queue reopen small-hall fan@example.com --reason 'Left by mistake'")
)
def reopen(
    concert: ConcertId,
    user: Annotated[
        str, typer.Argument(metavar="USER", help="The fan's user id or e-mail address.")
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="For the log.")],
) -> None:
    """Give a fan their last place back, which is over."""
    _check(user)
    why = one_line(reason)

    async def give(stores: Stores) -> bool:
        user_id = await queue_control.find_user(stores, concert, user)
        return await queue_control.reopen(stores, concert, operator(), user_id, why)

    done = on_queue(concert, give, valkey="needed")
    write_line(f"{user} {'has the place back' if done else 'has no place that can be given back'}")


# A negative number is a wrong COUNT, not an option.
@app.command(
    epilog=examples("yemae queue admit small-hall 100"),
    context_settings={"ignore_unknown_options": True},
)
def admit(
    concert: ConcertId,
    count: Annotated[
        int,
        typer.Argument(
            metavar="COUNT", help="How many.", parser=whole_number("COUNT", 1, ADMIT_MAX)
        ),
    ],
) -> None:
    """Admit COUNT fans immediately, up to active_limit.

    Ignores admit_per_minute but not active_limit. Only fans in line are admitted.
    """

    async def let_in(stores: Stores) -> tuple[int, str]:
        admitted = await queue_control.admit(stores, concert, operator(), count)
        return admitted, "" if admitted == count else why_no_more(await report(stores, concert))

    admitted, reason = on_queue(concert, let_in, valkey="needed")
    write_line(f"{admitted} admitted{reason and f': {reason}'}")


@app.command(epilog=examples("yemae queue audit arena", "yemae queue audit arena --json"))
def audit(concert: ConcertId, *, json: AsJson = False) -> None:
    """Check that every drawn place has the number of the sealed seed.

    Exit code 1 when one has not.
    """

    async def look(stores: Stores) -> Audit:
        found = stores.catalogue.queue(concert)
        if found.queueing_method != "draw":
            raise InputError(f"{concert!r} has no draw: its method is {found.queueing_method}.")
        return await draw_audit.audit(stores, found)

    found = on_queue(concert, look, valkey="needed")
    if json:
        write_json(found._asdict() | {"wrong": [place._asdict() for place in found.wrong]})
    else:
        write_line(f"sealed seed (SHA-256): {found.sealed}")
        write_line(f"seed: {found.seed or 'secret until the sale opens'}")
        for place in found.wrong:
            write_line(f"{place.user_id} has {place.number}, the seed says {place.expected}")
        right = found.checked - len(found.wrong)
        write_line(f"{right} of {found.checked} drawn places have the number of the seed")
    if found.wrong:
        raise typer.Exit(1)


def _check(user: str) -> None:
    """Raise InputError where it cannot be what names a fan."""
    if not USER_ID.fullmatch(user):
        raise InputError(f"{user!r} cannot be a user id, an e-mail address or a queue number.")


def _steer(concert: str, control: Control) -> None:
    on_queue(concert, lambda stores: queue_control.steer(stores, concert, operator(), control))
    write_line(f"{concert} is {control}")


def venue_zone(stores: Stores, concert_id: str) -> tzinfo:
    """The zone of a concert's venue; UTC while it is not known. Raises ConcertNotFound."""
    return stores.catalogue.queue(concert_id).zone or UTC


def on_queue(
    concert_id: str, work: Callable[[Stores], Awaitable[Result]], *, valkey: Use = "unused"
) -> Result:
    """Run work on a concert's queue. Raises InputError for a refusal."""

    async def on_the_concert(stores: Stores) -> Result:
        try:
            return await work(stores)
        except ConcertNotFound:
            known = ", ".join(stores.catalogue.queues) or "none yet"
            raise InputError(f"There is no concert {concert_id!r}; there are: {known}.") from None

    return on_stores(on_the_concert, valkey=valkey)


def on_stores(work: Callable[[Stores], Awaitable[Result]], *, valkey: Use = "unused") -> Result:
    """Run work on the stores. Raises InputError for a refusal."""
    with store_settings(valkey=valkey) as settings:
        return asyncio.run(_work(settings, work, uses_valkey=valkey != "unused"))


async def _work(
    settings: Settings, work: Callable[[Stores], Awaitable[Result]], *, uses_valkey: bool
) -> Result:
    async with open_stores(settings, uses_valkey=uses_valkey) as stores:
        try:
            return await work(stores)
        except StoreUnavailable:
            raise
        except Refusal as refusal:
            raise InputError(_sentence(refusal)) from None


def _sentence(refusal: Refusal) -> str:
    detail = refusal.detail().replace("`", "")
    return detail if not isinstance(refusal, InvalidRequest) else f"{detail}."
