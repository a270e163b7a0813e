"""The hall of a concert file: `[[sections]]`, `[[areas]]` and `[stage]`, written out as seats,
spots and a plan. Pure.

Seats are in plan order, which is the order of the file; the spots of areas come after all of them.
What comes out has kept every limit: numbers are unique, each grade has a price, and no two things
are in one place.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple, NoReturn

import msgspec
from msgspec import UNSET, UnsetType

from yemae.concerts.files.areas_table import AreaTable, area_of
from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.files.seat_rows import RowSeat, require_numbering, row_seats
from yemae.concerts.limits import ShortText
from yemae.concerts.pricing import Pricing, offered
from yemae.concerts.seat_map import plan
from yemae.concerts.seat_map.areas import AreaOf
from yemae.concerts.seat_map.layout import Layout, Row, StageLayout
from yemae.concerts.seat_map.placing import Stage
from yemae.concerts.seat_map.plan import Plan, SectionOf
from yemae.concerts.seat_map.room import AreasOverlap, Overlap

SEATS_MAX = 50_000
# Far more than a stadium has; the work of layout and drawing grows faster than their number.
SECTIONS_MAX = 2_000


class FileSeat(msgspec.Struct, frozen=True):
    """One seat of the plan, or one spot of an area; `price` in minor units of the concert's
    currency, `mark` of those that a hold has a rule for."""

    number: str
    grade: str
    price: int
    mark: str | None = None
    area: str | None = None


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
    areas: Sequence[AreaTable] = ()


class _Written(NamedTuple):
    """What has been written out so far; `places` says where in the file each number is."""

    places: dict[str, str]
    seats: list[FileSeat]


def hall(source: FileSource, file: HallTables) -> tuple[tuple[FileSeat, ...], Plan]:
    """Write out all seats and spots in plan order, and place them. Raises ConcertFileError."""
    written = _Written({}, [])
    sections = [
        section
        for index, table in enumerate(file.sections)
        if (section := _section(source, file, table, f"sections[{index}]", written))
    ]
    areas = _areas(source, file, written)
    if not written.seats:
        source.refuse("sections", "expected at least one seat, found none")
    return tuple(written.seats), _plan(source, file, sections, areas, written)


def priced(plan: Plan, prices: Mapping[str, int], pricing: Pricing) -> Plan:
    """The same hall with these full prices, and their price types. Each grade keeps its color, so
    that it looks the same on all dates."""
    grades = [
        msgspec.structs.replace(each, price=price, types=offered(pricing, each.name, price))
        for each in plan.grades
        for price in [prices[each.name]]
    ]
    return msgspec.structs.replace(plan, grades=grades)


def _section(
    source: FileSource, file: HallTables, section: SectionTable, path: str, written: _Written
) -> SectionOf | None:
    """Write the seats of a section out. None when it has none."""
    price = _price(source, file, section.grade, path)
    require_numbering(
        source,
        f"{path}.numbering" if section.numbering else "numbering",
        numbering := section.numbering or file.numbering,
    )
    every = row_seats(source, path, section.name, section.rows, numbering)
    # One more than there may be, and no more: a short text can name millions of seats.
    numbered = list(islice(every, SEATS_MAX - len(written.seats) + 1))
    for seat in numbered:
        _write(source, FileSeat(seat.number, section.grade, price), seat.place, written)
    if not numbered:
        return None
    numbers = [seat.number for seat in numbered]
    rows = _rows(numbered)
    return SectionOf(
        section.name,
        section.grade,
        section.floor,
        section.layout,
        rows,
        numbers,
        section.name_en,
        section.floor_en,
    )


def _areas(source: FileSource, file: HallTables, written: _Written) -> list[AreaOf]:
    """Write the spots of all areas out."""
    names: dict[str, str] = {}
    areas = []
    for index, table in enumerate(file.areas):
        path = f"areas[{index}]"
        source.once(names, table.name, f"{path}.name", "area")
        price = _price(source, file, table.grade, path)
        area = area_of(source, path, table)
        for number in area.entries.numbers():
            spot = FileSeat(number, area.grade, price, area=area.name)
            _write(source, spot, f"{path}.capacity", written)
        areas.append(area)
    return areas


def _price(source: FileSource, file: HallTables, grade: str, path: str) -> int:
    if grade not in file.prices:
        source.refuse(f"{path}.grade", f"expected one of the grades, found {shown(grade)}")
    return file.prices[grade]


def _write(source: FileSource, seat: FileSeat, path: str, written: _Written) -> None:
    if len(written.seats) == SEATS_MAX:
        source.refuse(path, f"expected at most {SEATS_MAX} seats in the plan, found more")
    source.once(written.places, seat.number, path, "seat")
    written.seats.append(seat)


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
    areas: list[AreaOf],
    written: _Written,
) -> Plan:
    stage = None if file.stage is None else Stage(**msgspec.structs.asdict(file.stage))
    try:
        return plan.make(file.prices, sections, stage, file.grades_en, areas)
    except Overlap as overlap:
        _refuse_seat(source, overlap, areas, list(written.places.items()))
    except AreasOverlap as overlap:
        other = "the stage" if overlap.other is None else shown(areas[overlap.other].name)
        problem = f"expected every area in a place of its own, found its middle within {other}"
        source.refuse(f"areas[{overlap.area}].layout", problem)


def _refuse_seat(
    source: FileSource, overlap: Overlap, areas: list[AreaOf], places: list[tuple[str, str]]
) -> NoReturn:
    number, place = places[overlap.seat]
    other = "the stage"
    if overlap.area is not None:
        other = f"area {shown(areas[overlap.area].name)}"
    elif overlap.other is not None:
        other = f"seat {shown(places[overlap.other][0])}"
    source.refuse(
        place,
        f"expected every seat in a place of its own, found seat {shown(number)} where {other} is",
    )
