"""`yemae queue`: the waiting room of a concert, as an operator sees it."""

import asyncio
from typing import Annotated

import typer

from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.screen import AsJson, write_json, write_table
from yemae.cli.stores import stores
from yemae.concerts.catalogue import Concert
from yemae.house import open_house
from yemae.refusals import ConcertNotFound
from yemae.settings import Settings
from yemae.waiting_room.snapshot import Snapshot

app = typer.Typer(name="queue", help="Look at a concert's waiting room.")


@app.callback()
def queue() -> None:
    """Look at a concert's waiting room."""


@app.command(epilog=examples("yemae queue show small-hall", "yemae queue show small-hall --json"))
def show(
    concert: Annotated[str, typer.Argument(help="The concert's id.")], *, json: AsJson = False
) -> None:
    """Show a queue's settings and its numbers of this moment."""
    with stores() as settings:
        numbers = _numbers(*asyncio.run(_look(settings, concert)))
    if json:
        write_json(numbers)
        return
    write_table(["Queue", concert], list(numbers.items())[1:], numbers=[concert])


async def _look(settings: Settings, concert_id: str) -> tuple[Concert, Snapshot, str]:
    async with open_house(settings) as house:
        try:
            concert = house.catalogue.concert(concert_id)
        except ConcertNotFound:
            known = ", ".join(house.catalogue.concerts) or "none yet"
            raise InputError(f"There is no concert {concert_id!r}; there are: {known}.") from None
        state = "open" if house.now() >= concert.sale_opens_at else "before_sale"
        return concert, await house.board.snapshot(concert.id), state


def _numbers(concert: Concert, live: Snapshot, state: str) -> dict[str, object]:
    pace = live.admitted_per_s(1)
    return {
        "concert": concert.id,
        "state": state,
        "sale_opens_at": concert.sale_opens_at,
        "active_limit": concert.active_limit,
        "admit_per_minute": concert.admit_per_minute,
        "entry_ttl_s": concert.entry_ttl_s,
        "absent_after_s": concert.absent_after_s,
        "waiting": live.waiting,
        "absent": live.absent,
        "active": live.active,
        "admitted": live.admitted,
        "admitted_per_s": None if pace is None else round(pace, 2),
    }
