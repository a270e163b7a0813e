"""The `[[marks]]` of a concert file: what is special about seats, or about all seats of sections.
Pure.

What comes out names seats that the file has; a seat is a wheelchair place, a companion seat, or
neither; companion seats come with wheelchair places.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.files.hall import FileSeat
from yemae.concerts.limits import ShortText, Text
from yemae.concerts.seat_map.marks import COMPANION, RULED, WHEELCHAIR, Mark, MarkKind
from yemae.concerts.seat_map.plan import Plan
from yemae.values.text import composed

MARKS_MAX = 200
MARKED_MAX = 50_000


class MarkTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of `[[marks]]`."""

    mark: MarkKind
    seats: Annotated[tuple[str, ...], Meta(max_length=MARKED_MAX)] = ()
    sections: Annotated[tuple[ShortText, ...], Meta(max_length=MARKED_MAX)] = ()
    note: Text | None = None
    note_en: Text | None = None


def marked(
    source: FileSource, tables: Sequence[MarkTable], seats: Sequence[FileSeat], plan: Plan
) -> tuple[tuple[FileSeat, ...], Plan]:
    """The same seats and plan with their marks. Raises ConcertFileError."""
    positions = {seat.number: place for place, seat in enumerate(seats)}
    ruled: dict[int, str] = {}
    marks = []
    for index, table in enumerate(tables):
        path = f"marks[{index}]"
        if table.mark == "note" and table.note is None:
            source.refuse(path, "expected a note, found none")
        places = _seats(source, path, table, positions) + _of_sections(source, path, table, plan)
        if not places:
            source.refuse(path, "expected seats or sections, found neither")
        if table.mark in RULED:
            _rule(source, path, table, places, ruled, seats)
        marks.append(Mark(table.mark, sorted(set(places)), table.note, table.note_en))
    if COMPANION in ruled.values() and WHEELCHAIR not in ruled.values():
        source.refuse("marks", "expected a wheelchair place beside companion seats, found none")
    kept = (
        msgspec.structs.replace(seat, mark=ruled.get(place)) for place, seat in enumerate(seats)
    )
    return tuple(kept), msgspec.structs.replace(plan, marks=marks)


def _seats(source: FileSource, path: str, table: MarkTable, positions: dict[str, int]) -> list[int]:
    for index, number in enumerate(table.seats):
        if composed(number) not in positions:
            source.refuse(
                f"{path}.seats[{index}]", f"expected the number of a seat, found {shown(number)}"
            )
    return [positions[composed(number)] for number in table.seats]


def _of_sections(source: FileSource, path: str, table: MarkTable, plan: Plan) -> list[int]:
    named: dict[str, list[range]] = {}
    for section in plan.sections:
        seats = range(section.first_seat, section.first_seat + section.seats)
        named.setdefault(section.name, []).append(seats)
    for index, name in enumerate(table.sections):
        if name not in named:
            source.refuse(
                f"{path}.sections[{index}]",
                f"expected the name of a section, found {shown(name)}",
            )
    # Once each: a short text can name one large section a thousand times.
    return [
        place for name in dict.fromkeys(table.sections) for seats in named[name] for place in seats
    ]


def _rule(
    source: FileSource,
    path: str,
    table: MarkTable,
    places: list[int],
    ruled: dict[int, str],
    seats: Sequence[FileSeat],
) -> None:
    for place in places:
        if ruled.setdefault(place, table.mark) != table.mark:
            seat = shown(seats[place].number)
            source.refuse(path, f"expected seat {seat} to be a {ruled[place]} seat only")
