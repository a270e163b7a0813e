"""The plan of a hall: where every seat is, as pages draw it and best available reads it. Pure.

The order of the seats is the plan order, which `availability` and the seats in the database share;
the spots of areas, which have no place of their own, come after all seats.
Columns and not rows, so that 50,000 seats stay small. A plan never changes: other seats, prices or
places make another plan, with another digest.
"""

import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from yemae.concerts.pricing import OfferedType
from yemae.concerts.seat_map import areas as area_shapes
from yemae.concerts.seat_map.areas import AreaOf, EntryNumbers
from yemae.concerts.seat_map.layout import LaidOut, Layout, Point, lay_out
from yemae.concerts.seat_map.marks import Mark
from yemae.concerts.seat_map.pieces import Piece, SectionOf, pieces_of
from yemae.concerts.seat_map.placing import MARGIN, Stage, bounds, default_stage, place
from yemae.concerts.seat_map.room import require_room

NO_NAMES: Mapping[str, str | UnsetType] = MappingProxyType({})


class Size(msgspec.Struct, frozen=True):
    """Everything on the plan lies within it; y grows downwards."""

    width: float
    height: float


class Grade(msgspec.Struct, frozen=True, omit_defaults=True):
    """A price category; `color` is its place in a palette, 0 for the dearest. `types` are the price
    types that a fan may choose instead of the full price."""

    name: str
    price: int
    color: int
    name_en: str | UnsetType = UNSET
    types: list[OfferedType] = []


class Label(msgspec.Struct, frozen=True):
    """Where a section's name goes."""

    x: float
    y: float


class Section(msgspec.Struct, frozen=True):
    """A block of rows; its seats follow one another in the plan order."""

    name: str
    floor: str | None
    grade: int
    outline: list[tuple[float, float]]
    label: Label
    first_seat: int
    seats: int
    name_en: str | UnsetType = UNSET
    floor_en: str | UnsetType = UNSET


class PlanRow(msgspec.Struct, frozen=True):
    """A row of a section; its seats follow one another in the plan order."""

    section: int
    name: str
    first_seat: int
    seats: int


class SeatColumns(msgspec.Struct, frozen=True, omit_defaults=True):
    """The seats, a column for each thing that is known of them. `number` names a seat in orders;
    `label` is its part within the row, as tickets and signs say it. Plans of earlier versions have
    no labels."""

    number: list[str]
    x: list[float]
    y: list[float]
    grade: list[int]
    label: list[str] = []


class Area(msgspec.Struct, frozen=True):
    """A part of the hall without seats, sold by count. Its spots, `seats` of them, follow one
    another in the plan order; `entry_numbers` says how they are numbered."""

    name: str
    floor: str | None
    grade: int
    outline: list[tuple[float, float]]
    label: Label
    first_seat: int
    seats: int
    entry_numbers: EntryNumbers
    name_en: str | UnsetType = UNSET
    floor_en: str | UnsetType = UNSET


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where everything is, and what is special about seats. Places in the plan order count from
    0: first all seats, then the spots of the areas. A hall in which all are seated has no `areas`.
    What ends in `_en` is the same name in English, and is left out where there is none."""

    size: Size
    stage: Stage
    grades: list[Grade]
    sections: list[Section]
    rows: list[PlanRow]
    seats: SeatColumns
    marks: list[Mark] = []
    areas: list[Area] = []

    @property
    def seats_total(self) -> int:
        """All seats, and all spots of areas."""
        return len(self.seats.number) + sum(area.seats for area in self.areas)

    def numbers(self) -> Iterator[str]:
        """The number of every seat and spot, in plan order."""
        spots = (area.entry_numbers.numbers() for area in self.areas)
        return chain(self.seats.number, *spots)


class Drawing(NamedTuple):
    """A plan, and where on it what its file says is. `origin` is the file's (0, 0); `points` are
    the reference points of its sections in the file's units, also of those that are placed by
    themselves; `of` is which of them each section of the plan is of."""

    plan: Plan
    origin: Point
    points: list[Point]
    of: list[int]


class PackedPlan(NamedTuple):
    """A plan as it is kept and sent: its JSON, compressed, and the digest that names it."""

    digest: str
    content: bytes


def make(
    prices: Mapping[str, int], sections: Sequence[SectionOf], stage: Stage | None = None
) -> Plan:
    """The plan of a hall of sections alone. Raises as `drawing` does."""
    return drawing(prices, sections, stage).plan


def drawing(
    prices: Mapping[str, int],
    sections: Sequence[SectionOf],
    stage: Stage | None,
    grades_en: Mapping[str, str | UnsetType] = NO_NAMES,
    areas: Sequence[AreaOf] = (),
) -> Drawing:
    """Lay a hall out; `grades_en` are the English names of grades. Raises Overlap or AreasOverlap
    when two things are in one place."""
    wholes = [lay_out(each.layout, each.rows) for each in sections]
    parts = [(whole, _is_placed(each.layout)) for each, whole in zip(sections, wholes, strict=True)]
    parts += [(area_shapes.lay_out(area), area.is_placed) for area in areas]
    placed = place(parts, stage)
    of_areas = placed[len(sections) :]
    pieces = list(pieces_of(sections, wholes, placed))
    points = [point for piece in pieces for point in piece.laid_out.seats]
    outlines = [point for each in placed for point in each.outline]
    in_front = [*points, *(point for area in of_areas for point in area.outline)]
    stage = stage or default_stage(in_front)
    require_room(points, of_areas, bounds([], stage))
    left, top, right, bottom = bounds([*points, *outlines], stage)
    by_x, by_y = MARGIN - left, MARGIN - top
    grades = sorted(prices, key=lambda name: -prices[name])
    color = {name: index for index, name in enumerate(grades)}
    made = Plan(
        Size(_tenths(right - left + 2 * MARGIN), _tenths(bottom - top + 2 * MARGIN)),
        msgspec.structs.replace(stage, x=_tenths(stage.x + by_x), y=_tenths(stage.y + by_y)),
        [Grade(name, prices[name], color[name], grades_en.get(name, UNSET)) for name in grades],
        _sections(pieces, color, (by_x, by_y)),
        _rows(pieces),
        SeatColumns(
            [number for section in sections for number in section.numbers],
            [_tenths(x + by_x) for x, _ in points],
            [_tenths(y + by_y) for _, y in points],
            [color[piece.grade] for piece in pieces for _ in piece.laid_out.seats],
            [str(seat) for piece in pieces for row in piece.rows for seat in row.seats],
        ),
        areas=_areas(areas, [each.moved(by_x, by_y) for each in of_areas], color, len(points)),
    )
    return Drawing(
        made,
        (by_x, by_y),
        [_reference(*each) for each in zip(sections, wholes, placed, strict=False)],
        [piece.of for piece in pieces],
    )


def _reference(section: SectionOf, whole: LaidOut, placed: LaidOut) -> Point:
    """The reference point of a section, wherever it was placed."""
    x, y = section.layout.x or 0.0, section.layout.y or 0.0
    return (
        _tenths(x + placed.label[0] - whole.label[0]),
        _tenths(y + placed.label[1] - whole.label[1]),
    )


def pack(plan: Plan) -> PackedPlan:
    """Compress a plan. The same plan always gives the same bytes and the same digest."""
    content = msgspec.json.encode(plan)
    digest = hashlib.sha256(content).hexdigest()[:32]
    return PackedPlan(digest, gzip.compress(content, 6, mtime=0))


def unpack(content: bytes) -> Plan:
    """The plan of its compressed JSON."""
    return msgspec.json.decode(gzip.decompress(content), type=Plan)


def _is_placed(layout: Layout) -> bool:
    return layout.x is not None or layout.y is not None


# --- Writing down -------------------------------------------------------------------------------


def _sections(pieces: Sequence[Piece], color: dict[str, int], by: Point) -> list[Section]:
    written, first = [], 0
    for _, section, grade, _, laid_out in pieces:
        outline, label = _drawn(laid_out.moved(*by))
        count = len(laid_out.seats)
        written.append(
            Section(
                section.name,
                section.floor,
                color[grade],
                outline,
                label,
                first,
                count,
                section.name_en,
                section.floor_en,
            )
        )
        first += count
    return written


def _areas(
    areas: Sequence[AreaOf], placed: list[LaidOut], color: dict[str, int], first: int
) -> list[Area]:
    written = []
    for area, laid_out in zip(areas, placed, strict=True):
        place = area.name, area.floor, color[area.grade], *_drawn(laid_out)
        written.append(
            Area(*place, first, area.capacity, area.entries, area.name_en, area.floor_en)
        )
        first += area.capacity
    return written


def _drawn(laid_out: LaidOut) -> tuple[list[tuple[float, float]], Label]:
    return (
        [(_tenths(x), _tenths(y)) for x, y in laid_out.outline],
        Label(*map(_tenths, laid_out.label)),
    )


def _rows(pieces: Sequence[Piece]) -> list[PlanRow]:
    written, first = [], 0
    for index, piece in enumerate(pieces):
        for row in piece.rows:
            written.append(PlanRow(index, row.name, first, len(row.seats)))
            first += len(row.seats)
    return written


def _tenths(number: float) -> float:
    return round(number, 1)
