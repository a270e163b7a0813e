"""The plan of a hall: where every seat is, as pages draw it and best available reads it. Pure.

The order of the seats is the plan order, which `availability` and the seats in the database share.
Columns and not rows, so that 50,000 seats stay small. A plan never changes: other seats, prices or
places make another plan, with another digest.
"""

import gzip
import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from yemae.concerts.pricing import OfferedType
from yemae.concerts.seat_map.layout import LaidOut, Layout, Point, Row, lay_out
from yemae.concerts.seat_map.marks import Mark
from yemae.concerts.seat_map.room import require_room

# Around everything, between sections that are placed by themselves, and in front of the stage.
MARGIN = 30.0
SECTION_GAP = 30.0
STAGE_GAP = 40.0
STAGE_HEIGHT = 40.0
STAGE_WIDTH_MIN = 100.0
STAGE_WIDTH_MAX = 400.0
# Sections without a place stand below one another up to this height, then side by side as well.
STACK_MAX = 1_200.0
NO_NAMES: Mapping[str, str | UnsetType] = MappingProxyType({})


class Size(msgspec.Struct, frozen=True):
    """Everything on the plan lies within it; y grows downwards."""

    width: float
    height: float


class Stage(msgspec.Struct, frozen=True):
    """Where the stage is."""

    x: float
    y: float
    width: float
    height: float
    label: str = "STAGE"
    label_en: str | UnsetType = UNSET


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


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where everything is, and what is special about seats. Places in the plan order count from 0.
    What ends in `_en` is the same name in English, and is left out where there is none."""

    size: Size
    stage: Stage
    grades: list[Grade]
    sections: list[Section]
    rows: list[PlanRow]
    seats: SeatColumns
    marks: list[Mark] = []


class SectionOf(NamedTuple):
    """A section before it is placed; `numbers` are its seats' numbers in the order of its rows."""

    name: str
    grade: str
    floor: str | None
    layout: Layout
    rows: list[Row]
    numbers: list[str]
    name_en: str | UnsetType = UNSET
    floor_en: str | UnsetType = UNSET


class PackedPlan(NamedTuple):
    """A plan as it is kept and sent: its JSON, compressed, and the digest that names it."""

    digest: str
    content: bytes


def make(
    prices: Mapping[str, int],
    sections: Sequence[SectionOf],
    stage: Stage | None,
    grades_en: Mapping[str, str | UnsetType] = NO_NAMES,
) -> Plan:
    """Lay a hall out; `grades_en` are the English names of grades. Raises Overlap when two seats,
    or a seat and the stage, are in one place."""
    placed = _place(sections, stage)
    points = [point for laid_out in placed for point in laid_out.seats]
    stage = stage or _default_stage(points)
    require_room(points, _bounds([], stage))
    left, top, right, bottom = _bounds(
        [*points, *(point for laid_out in placed for point in laid_out.outline)], stage
    )
    by_x, by_y = MARGIN - left, MARGIN - top
    grades = sorted(prices, key=lambda name: -prices[name])
    color = {name: index for index, name in enumerate(grades)}
    return Plan(
        Size(_tenths(right - left + 2 * MARGIN), _tenths(bottom - top + 2 * MARGIN)),
        msgspec.structs.replace(stage, x=_tenths(stage.x + by_x), y=_tenths(stage.y + by_y)),
        [Grade(name, prices[name], color[name], grades_en.get(name, UNSET)) for name in grades],
        _sections(sections, [laid_out.moved(by_x, by_y) for laid_out in placed], color),
        _rows(sections),
        SeatColumns(
            [number for section in sections for number in section.numbers],
            [_tenths(x + by_x) for x, _ in points],
            [_tenths(y + by_y) for _, y in points],
            [color[section.grade] for section in sections for _ in section.numbers],
            [str(seat) for section in sections for row in section.rows for seat in row.seats],
        ),
    )


def pack(plan: Plan) -> PackedPlan:
    """Compress a plan. The same plan always gives the same bytes and the same digest."""
    content = msgspec.json.encode(plan)
    digest = hashlib.sha256(content).hexdigest()[:32]
    return PackedPlan(digest, gzip.compress(content, 6, mtime=0))


def unpack(content: bytes) -> Plan:
    """The plan of its compressed JSON."""
    return msgspec.json.decode(gzip.decompress(content), type=Plan)


# --- Placing ------------------------------------------------------------------------------------


def _place(sections: Sequence[SectionOf], stage: Stage | None) -> list[LaidOut]:
    """Each section where its layout says; those without a place below all the others."""
    placed = [lay_out(section.layout, section.rows) for section in sections]
    free = [index for index, section in enumerate(sections) if not _is_placed(section.layout)]
    if not free:
        return placed
    unplaced = set(free)
    fixed = [p for i, laid_out in enumerate(placed) if i not in unplaced for p in laid_out.outline]
    left, _, right, top = _bounds(fixed, stage) if fixed or stage else (0.0, 0.0, 0.0, 0.0)
    middle = (left + right) / 2
    top += STAGE_GAP if stage and not fixed else SECTION_GAP
    for line in _lines([placed[index] for index in free]):
        at = middle - (sum(width for width, _ in line) + SECTION_GAP * (len(line) - 1)) / 2
        for width, _ in line:
            index = free.pop(0)
            x, y, _, _ = _bounds(placed[index].outline, None)
            placed[index] = placed[index].moved(at - x, top - y)
            at += width + SECTION_GAP
        top += max(height for _, height in line) + SECTION_GAP
    return placed


def _is_placed(layout: Layout) -> bool:
    return layout.x is not None or layout.y is not None


def _lines(sections: list[LaidOut]) -> list[list[tuple[float, float]]]:
    """(width, height) of sections, in lines: one below the other, or side by side as well when
    that would be too high."""
    boxes = []
    for section in sections:
        left, top, right, bottom = _bounds(section.outline, None)
        boxes.append((right - left, bottom - top))
    gaps = SECTION_GAP * len(boxes)
    if sum(height for _, height in boxes) + gaps <= STACK_MAX:
        return [[box] for box in boxes]
    area = sum((width + SECTION_GAP) * (height + SECTION_GAP) for width, height in boxes)
    limit = max(1.3 * math.sqrt(area), *(width for width, _ in boxes))
    lines: list[list[tuple[float, float]]] = [[]]
    for box in boxes:
        used = sum(width + SECTION_GAP for width, _ in lines[-1])
        if lines[-1] and used + box[0] > limit:
            lines.append([])
        lines[-1].append(box)
    return lines


def _default_stage(points: list[Point]) -> Stage:
    """Above the seats, in the middle."""
    left, top, right, _ = _bounds(points, None)
    width = min(max((right - left) / 2, STAGE_WIDTH_MIN), STAGE_WIDTH_MAX)
    return Stage((left + right - width) / 2, top - STAGE_GAP - STAGE_HEIGHT, width, STAGE_HEIGHT)


def _bounds(points: Iterable[Point], stage: Stage | None) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all this."""
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    if stage is not None:
        xs += [stage.x, stage.x + stage.width]
        ys += [stage.y, stage.y + stage.height]
    return min(xs), min(ys), max(xs), max(ys)


# --- Writing down -------------------------------------------------------------------------------


def _sections(
    sections: Sequence[SectionOf], placed: list[LaidOut], color: dict[str, int]
) -> list[Section]:
    written, first = [], 0
    for section, laid_out in zip(sections, placed, strict=True):
        outline = [(_tenths(x), _tenths(y)) for x, y in laid_out.outline]
        label = Label(*map(_tenths, laid_out.label))
        count = len(section.numbers)
        written.append(
            Section(
                section.name,
                section.floor,
                color[section.grade],
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


def _rows(sections: Sequence[SectionOf]) -> list[PlanRow]:
    written, first = [], 0
    for index, section in enumerate(sections):
        for row in section.rows:
            written.append(PlanRow(index, row.name, first, len(row.seats)))
            first += len(row.seats)
    return written


def _tenths(number: float) -> float:
    return round(number, 1)
