"""The hall of a concert file: `[[sections]]`, `[[areas]]` and `[stage]`, written out as seats,
spots and a plan. Pure.

Seats are in plan order, which is the order of the file; the spots of areas come after all of them.
What comes out has kept every limit: numbers are unique, each grade has a price, and no two things
are in one place.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Annotated, NamedTuple, NoReturn

import msgspec
from msgspec import UNSET, Meta, UnsetType

from yemae.concerts.files.areas_table import AreaTable, area_of
from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.files.seat_rows import RowSeat, require_numbering, row_seats
from yemae.concerts.limits import ShortText
from yemae.concerts.pricing import Pricing, offered
from yemae.concerts.seat_map import plan
from yemae.concerts.seat_map.areas import AreaOf
from yemae.concerts.seat_map.layout import Layout, Row, StageLayout
from yemae.concerts.seat_map.pieces import SectionOf, SectionPart
from yemae.concerts.seat_map.placing import Stage
from yemae.concerts.seat_map.plan import Drawing, Plan
from yemae.concerts.seat_map.room import AreasOverlap, Overlap

SEATS_MAX = 50_000
# Far more than a stadium has; the work of layout and drawing grows faster than their number.
SECTIONS_MAX = 2_000
# As many as a file has grades.
PARTS_MAX = 200


class FileSeat(msgspec.Struct, frozen=True):
    """One seat of the plan, or one spot of an area; `price` in minor units of the concert's
    currency, `mark` of those that a hold has a rule for."""

    number: str
    grade: str
    price: int
    mark: str | None = None
    area: str | None = None


class PartTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of `[[sections.parts]]`: seats of the section that have another grade."""

    grade: str
    rows: list[str]


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
    parts: Annotated[list[PartTable], Meta(max_length=PARTS_MAX)] = []


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


class DrawnHall(NamedTuple):
    """All seats and spots in plan order, and where they are. `tables` says for each section of the
    plan which of the file's it is of, from 0."""

    seats: tuple[FileSeat, ...]
    drawing: Drawing
    tables: list[int]


def hall(source: FileSource, file: HallTables) -> tuple[tuple[FileSeat, ...], Plan]:
    """Write out all seats and spots in plan order, and place them. Raises ConcertFileError."""
    seats, drawing, _ = drawn(source, file)
    return seats, drawing.plan


def drawn(source: FileSource, file: HallTables) -> DrawnHall:
    """The same with where everything is. Raises ConcertFileError."""
    written = _Written({}, [])
    sections = {
        index: section
        for index, table in enumerate(file.sections)
        if (section := _section(source, file, table, f"sections[{index}]", written))
    }
    areas = _areas(source, file, written)
    if not written.seats:
        source.refuse("sections", "expected at least one seat, found none")
    drawing = _plan(source, file, list(sections.values()), areas, written)
    tables = list(sections)
    return DrawnHall(tuple(written.seats), drawing, [tables[index] for index in drawing.of])


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
    _price(source, file, section.grade, path)
    require_numbering(
        source,
        f"{path}.numbering" if section.numbering else "numbering",
        numbering := section.numbering or file.numbering,
    )
    every = row_seats(source, path, section.name, section.rows, numbering)
    # One more than there may be, and no more: a short text can name millions of seats.
    numbered = list(islice(every, SEATS_MAX - len(written.seats) + 1))
    parts = _parts(source, file, section, path, numbered) if section.parts else []
    numbers = []
    for grade, places in parts or [SectionPart(section.grade, list(range(len(numbered))))]:
        for place in places:
            seat = numbered[place]
            _write(source, FileSeat(seat.number, grade, file.prices[grade]), seat.place, written)
            numbers.append(seat.number)
    if not numbered:
        return None
    return SectionOf(
        section.name,
        section.grade,
        section.floor,
        section.layout,
        _rows(numbered),
        numbers,
        section.name_en,
        section.floor_en,
        parts,
    )


def _parts(
    source: FileSource, file: HallTables, section: SectionTable, path: str, numbered: list[RowSeat]
) -> list[SectionPart]:
    """The seats of a section by grade: those of its own first."""
    grades = {seat.number: section.grade for seat in numbered}
    seen: dict[str, str] = {}
    numbering = section.numbering or file.numbering
    for index, table in enumerate(section.parts):
        inner = f"{path}.parts[{index}]"
        _price(source, file, table.grade, inner)
        for seat in row_seats(source, inner, section.name, table.rows, numbering):
            if seat.number not in grades:
                problem = f"expected seats of this section, found {shown(seat.number)}"
                source.refuse(seat.place, problem)
            source.once(seen, seat.number, seat.place, "seat")
            grades[seat.number] = table.grade
    found: dict[str, list[int]] = {section.grade: []}
    for place, seat in enumerate(numbered):
        found.setdefault(grades[seat.number], []).append(place)
    return [SectionPart(grade, places) for grade, places in found.items() if places]


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
) -> Drawing:
    stage = None if file.stage is None else Stage(**msgspec.structs.asdict(file.stage))
    try:
        return plan.drawing(file.prices, sections, stage, file.grades_en, areas)
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
