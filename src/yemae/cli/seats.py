"""`yemae seats`: seats that are held back from a concert's sale, and given back.

The commands work on the stores, so every node follows them. What they do is in the log of the
concert (`yemae queue log`) under `cli:` and the name of the system's user.
"""

from datetime import datetime, tzinfo
from typing import Annotated, Any, get_args

import msgspec
import typer
from msgspec import UNSET

from yemae.back_office import seat_blocks
from yemae.back_office.seat_blocks import BlockChange, BlockState
from yemae.base.validation import field_fault
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import ConcertId, on_queue, venue_zone
from yemae.cli.screen import AsJson, cell, write_json, write_line, write_table
from yemae.cli.venue_time import at_venue
from yemae.concerts.controls import operator
from yemae.concerts.limits import PATTERN_WORDS, SLUG, Slug
from yemae.concerts.seat_blocks import Color, Note, Reason
from yemae.concerts.seat_map.plans import Plans
from yemae.concerts.seat_map.selection import Selection
from yemae.runtime import Stores
from yemae.values.instants import wall_clock
from yemae.values.time_zones import zone_name

# What stands for no time.
NEVER = "never"

BlockName = Annotated[str, typer.Argument(metavar="BLOCK", help="The block's name.")]
Dates = Annotated[
    list[str] | None, typer.Option("--date", metavar="ID", help="A performance; may be repeated.")
]
Sections = Annotated[
    list[str] | None, typer.Option("--section", metavar="NAME", help="A whole section.")
]
Rows = Annotated[
    list[str] | None, typer.Option("--row", metavar="SECTION:ROW", help="A row, such as 1F:A.")
]
Seats = Annotated[list[str] | None, typer.Option("--seat", metavar="NUMBER", help="A seat.")]

app = typer.Typer(name="seats", help="Hold seats back from a sale, and give them back.")


class Typed(msgspec.Struct, frozen=True):
    """What an operator types of a block, with its limits."""

    name: Slug | None = None
    note: Note | None = None
    color: Color | None = None


@app.command(
    epilog=examples(
        "yemae seats block small-hall --reason press --seat 1 --seat 2",
        "yemae seats block arena --reason technical --section FLOOR --note 'Camera crane'",
        "yemae seats block arena --reason house --row 101:A --releases-at '2030-05-03 12:00'",
        "yemae seats block arena --reason not_for_sale --all --skip-taken",
    )
)
def block(
    concert: ConcertId,
    *,
    reason: Annotated[
        str | None, typer.Option(metavar="|".join(get_args(Reason)), help="Needed for a new block.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The block's name [default: its reason].")
    ] = None,
    date: Dates = None,
    section: Sections = None,
    row: Rows = None,
    seat: Seats = None,
    every: Annotated[bool, typer.Option("--all", help="Every seat.")] = False,
    skip_taken: Annotated[
        bool,
        typer.Option(
            "--skip-taken", help="Leave out seats that are held, sold or in another block."
        ),
    ] = False,
    note: Annotated[str | None, typer.Option(help="What is said of it, for operators.")] = None,
    color: Annotated[str | None, typer.Option(metavar="#RRGGBB", help="For their map.")] = None,
    releases_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When its seats are free again, in the venue's time."),
    ] = None,
) -> None:
    """Hold seats back: they are sold to no fan and are not left.

    All seats or none. Without --date: every date that has not begun. A block that there is gets
    these seats too.
    """
    typed = _typed(name=name, note=note, color=color)
    if reason is not None and reason not in get_args(Reason):
        raise InputError(f"--reason must be one of {', '.join(get_args(Reason))}, not {reason!r}.")
    chosen = Selection(section or (), row or (), seat or (), every)

    async def hold_back(stores: Stores) -> BlockState:
        change = BlockChange(
            typed.name,
            reason,  # type: ignore[arg-type]
            UNSET if typed.note is None else typed.note,
            UNSET if typed.color is None else typed.color,
            UNSET if releases_at is None else _moment(releases_at, venue_zone(stores, concert)),
            date or (),
            chosen,
            skip_taken,
        )
        return await seat_blocks.block(stores, _plans(stores), concert, operator(), change)

    state = on_queue(concert, hold_back)
    write_line(f"{state.block.name}: {_seats(state.total)} blocked")


@app.command(
    epilog=examples(
        "yemae seats unblock small-hall press",
        "yemae seats unblock arena house --date arena-2030-06-01 --row 101:A",
        "yemae seats unblock arena press --at '2030-06-01 12:00'",
    )
)
def unblock(
    concert: ConcertId,
    name: BlockName,
    *,
    date: Dates = None,
    section: Sections = None,
    row: Rows = None,
    seat: Seats = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help=f"Release the whole block then, in the venue's time, or {NEVER!r}."
        ),
    ] = None,
) -> None:
    """Give seats of a block back to the sale: all at once, some of them, or at a set time."""
    chosen = Selection(section or (), row or (), seat or ())
    if at is not None and (date or not chosen.is_empty()):
        raise InputError("A set time is the whole block's: leave out the seats or --at.")

    async def give_back(stores: Stores) -> str:
        plans, who = _plans(stores), operator()
        if at is None:
            released, left = await seat_blocks.unblock(
                stores, plans, concert, who, name, performances=date or (), selection=chosen
            )
            rest = 0 if left is None else left.total
            return f"{_seats(released)} released, {rest:,} left in the block"
        zone = venue_zone(stores, concert)
        moment = _moment(at, zone)
        state = await seat_blocks.release_at(stores, plans, concert, who, name, moment)
        when = "when you release it" if moment is None else f"at {_time(moment, zone)}"
        return f"{_seats(state.total)} will be released {when}"

    write_line(f"{name}: {on_queue(concert, give_back)}")


@app.command(
    "list",
    epilog=examples("yemae seats list arena", "yemae seats list arena --date arena-2030-06-01"),
)
def list_blocks(
    concert: ConcertId,
    *,
    date: Annotated[
        str | None, typer.Option(metavar="ID", help="Show the seat numbers of this date too.")
    ] = None,
    json: AsJson = False,
) -> None:
    """List the blocks of a concert, with their seats now."""

    async def look(stores: Stores) -> tuple[list[BlockState], tzinfo]:
        found = await seat_blocks.list_blocks(stores, concert, date)
        return found, venue_zone(stores, concert)

    found, zone = on_queue(concert, look)
    if json:
        write_json([_described(state) for state in found])
        return
    write_table(
        ["Block", "Reason", "Seats", "Dates", f"Released at ({zone_name(zone)})", "By", "Note"],
        [
            (
                state.block.name,
                state.block.reason,
                state.total,
                len(state.seats),
                None if state.block.releases_at is None else _time(state.block.releases_at, zone),
                state.block.changed_by,
                state.block.note or None,
            )
            for state in found
        ],
        numbers=["Seats", "Dates"],
    )
    for state in found:
        for each in state.seats:
            if each.numbers:
                write_line(f"{state.block.name}, {each.performance_id}: {' '.join(each.numbers)}")


def _described(state: BlockState) -> dict[str, Any]:
    """A block as the API names it."""
    block = state.block
    return {
        "name": block.name,
        "reason": block.reason,
        "note": block.note,
        "color": block.color,
        "releases_at": block.releases_at,
        "in_file": block.file is not None,
        "seats": state.total,
        "performances": [
            {"performance_id": each.performance_id, "seats": each.seats, "numbers": each.numbers}
            for each in state.seats
        ],
        "changed_at": block.changed_at,
        "changed_by": block.changed_by,
    }


def _plans(stores: Stores) -> Plans:
    return Plans(stores.postgres, stores.catalogue, kept_max=1)


def _typed(**values: str | None) -> Typed:
    try:
        return msgspec.convert(values, Typed)
    except msgspec.ValidationError as error:
        name = field_fault(error).path
        expected = {
            "name": PATTERN_WORDS[SLUG],
            "note": "one line of at most 200 characters",
            "color": "#rrggbb, such as #cc3366",
        }[name]
        raise InputError(f"--{name} must be {expected}, not {cell(values[name])!r}.") from None


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """A time of the venue's clocks unless it has an offset; None for NEVER."""
    if text == NEVER:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{text!r} is no time such as '2030-05-03 12:00' or 2030-05-03T12:00:00+09:00."
        ) from None
    return at_venue(moment, zone)


def _time(moment: datetime, zone: tzinfo) -> str:
    return wall_clock(moment.astimezone(zone))


def _seats(count: int) -> str:
    return f"{count:,} {'seat' if count == 1 else 'seats'}"
