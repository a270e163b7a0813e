"""The hall of a concert file: `[[sections]]` and `[stage]`, written out as seats and a plan. Pure.

What comes out has kept every limit: seat numbers are unique, each seat's grade has a price, and no
two things are in one place.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.files.seat_rows import RowSeat, require_numbering, row_seats
from yemae.concerts.limits import ShortText
from yemae.concerts.pricing import Pricing, offered
from yemae.concerts.seat_map import plan
from yemae.concerts.seat_map.layout import Layout, Row, StageLayout
from yemae.concerts.seat_map.plan import Plan, SectionOf, Stage
from yemae.concerts.seat_map.room import Overlap

SEATS_MAX = 50_000
# Far more than a stadium has; the work of layout and drawing grows faster than their number.
SECTIONS_MAX = 2_000


class FileSeat(msgspec.Struct, frozen=True):
    """One seat of the plan; `price` in minor units of the concert's currency, `mark` of those that
    a hold has a rule for."""

    number: str
    grade: str
    price: int
    mark: str | None = None


class SectionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of `[[sections]]`."""

    name: ShortText
    grade: str
    rows: list[str]
    floor: ShortText | None = None
    layout: Layout = Layout()
    # Empty: the file's own numbering.
    numbering: str = ""
    name_en: ShortText | UnsetType = UNSET
    floor_en: ShortText | UnsetType = UNSET


class HallTables(NamedTuple):
    """What a file says of its hall; `prices` has the grades with their full prices, `grades_en`
    their English names."""

    sections: Sequence[SectionTable]
    stage: StageLayout | None
    numbering: str
    prices: Mapping[str, int]
    grades_en: Mapping[str, str | UnsetType]


def hall(source: FileSource, file: HallTables) -> tuple[tuple[FileSeat, ...], Plan]:
    """Write out all seats in plan order, which is the order of the file, and place them. Raises
    ConcertFileError."""
    taken: dict[str, str] = {}
    seats: list[FileSeat] = []
    sections: list[SectionOf] = []
    for index, section in enumerate(file.sections):
        # One more than there may be, and no more: a short text can name millions of seats.
        room = SEATS_MAX - len(seats) + 1
        every = _numbered(source, file, section, f"sections[{index}]")
        numbered = list(islice(every, room))
        for seat in numbered:
            if len(seats) == SEATS_MAX:
                problem = f"expected at most {SEATS_MAX} seats in the plan, found more"
                source.refuse(seat.place, problem)
            source.once(taken, seat.number, seat.place, "seat")
            seats.append(FileSeat(seat.number, section.grade, file.prices[section.grade]))
        if numbered:
            numbers = [seat.number for seat in numbered]
            sections.append(
                SectionOf(
                    section.name,
                    section.grade,
                    section.floor,
                    section.layout,
                    _rows(numbered),
                    numbers,
                    section.name_en,
                    section.floor_en,
                )
            )
    if not seats:
        source.refuse("sections", "expected at least one seat, found none")
    return tuple(seats), _plan(source, file, sections, taken)


def priced(plan: Plan, prices: Mapping[str, int], pricing: Pricing) -> Plan:
    """The same hall with these full prices, and their price types. Each grade keeps its color, so
    that it looks the same on all dates."""
    grades = [
        msgspec.structs.replace(each, price=price, types=offered(pricing, each.name, price))
        for each in plan.grades
        for price in [prices[each.name]]
    ]
    return msgspec.structs.replace(plan, grades=grades)


def _numbered(
    source: FileSource, file: HallTables, section: SectionTable, path: str
) -> Iterator[RowSeat]:
    if section.grade not in file.prices:
        source.refuse(f"{path}.grade", f"expected one of the grades, found {shown(section.grade)}")
    require_numbering(
        source,
        f"{path}.numbering" if section.numbering else "numbering",
        numbering := section.numbering or file.numbering,
    )
    return row_seats(source, path, section.name, section.rows, numbering)


def _rows(seats: list[RowSeat]) -> list[Row]:
    """The rows of a section. A row that goes on in the next text of the file is one row."""
    rows: list[Row] = []
    for seat in seats:
        if not rows or rows[-1].name != seat.row:
            rows.append(Row(seat.row, []))
        rows[-1].seats.append(seat.seat)
    return rows


def _plan(
    source: FileSource,
    file: HallTables,
    sections: list[SectionOf],
    places: dict[str, str],
) -> Plan:
    """Place the seats; `places` says where in the file each seat number is, in plan order."""
    stage = None if file.stage is None else Stage(**msgspec.structs.asdict(file.stage))
    try:
        return plan.make(file.prices, sections, stage, file.grades_en)
    except Overlap as overlap:
        numbers = list(places)
        number = numbers[overlap.seat]
        other = "the stage" if overlap.other is None else f"seat {shown(numbers[overlap.other])}"
        source.refuse(
            places[number],
            f"expected every seat in a place of its own, found seat {shown(number)} where {other} "
            "is",
        )
