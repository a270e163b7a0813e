"""Where the seats of a section stand: rows, straight or on arcs, as a concert file lays them out.

Pure geometry. A section is laid out in its own terms first: `along` the row, to the right of a fan
who looks at the stage, and `deep`, away from the stage. Then it is bent, moved and turned. Units
are the plan's: two seats of a row are about ten apart, and y grows downwards, away from a stage at
the top.
"""

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Annotated, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from yemae.concerts.limits import ShortText

COORDINATE_MAX = 20_000
Coordinate = Annotated[float, Meta(ge=-COORDINATE_MAX, le=COORDINATE_MAX)]
Radius = Annotated[float, Meta(ge=0, le=COORDINATE_MAX)]
Gap = Annotated[float, Meta(ge=6, le=200)]
Length = Annotated[float, Meta(ge=10, le=COORDINATE_MAX)]
Align = Literal["center", "left", "right"]

# A row with wider gaps than this, in seats, has its gaps drawn small; see _steps.
SPAN_MAX = 400
GAP_STEPS = 2
# Between two points of an outline along an arc, in units.
ARC_STEP = 20.0
ARC_STEPS_MAX = 100

Point = tuple[float, float]
Kind = TypeVar("Kind")


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[sections.layout]`. Without x and y the section is put below what came before."""

    x: Coordinate | None = None
    y: Coordinate | None = None
    # From (x, y) to the front row, in the direction of `rotation`.
    distance: Radius = 0.0
    # In degrees: 0 is below the stage, 90 at its right, 180 behind it.
    rotation: Annotated[float, Meta(ge=-360, le=360)] = 0.0
    # Radius of the front row; 0 is straight. Left out: the distance, so rows go round (x, y).
    curve: Radius | None = None
    row_gap: Gap = 12.0
    seat_gap: Gap = 10.0
    align: Align = "center"
    # The seat number in the middle of every row; 10.5 is between 10 and 11. Left out: each row's.
    middle: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    # Numbers grow from right to left.
    reversed: bool = False

    @property
    def radius(self) -> float:
        """Of the arc on which the front row stands; 0 when rows are straight."""
        radius = self.distance if self.curve is None else self.curve
        # An arc of less than this is a point.
        return radius if radius >= 1 else 0.0


class StageLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[stage]`: its left upper corner, and how large it is."""

    x: Coordinate
    y: Coordinate
    width: Length
    height: Length
    label: ShortText = "STAGE"
    label_en: ShortText | UnsetType = UNSET


class Row(NamedTuple):
    """A row's name and its seats, as the row numbers them, in the order of the file."""

    name: str
    seats: list[int]


class LaidOut(NamedTuple):
    """A section on the plan: a point for each seat, its outline, and where its name goes."""

    seats: list[Point]
    outline: list[Point]
    label: Point

    def moved(self, by_x: float, by_y: float) -> "LaidOut":
        """The same, elsewhere."""
        return LaidOut(
            [(x + by_x, y + by_y) for x, y in self.seats],
            [(x + by_x, y + by_y) for x, y in self.outline],
            (self.label[0] + by_x, self.label[1] + by_y),
        )


# A row by its place in the section, and where along it its seats are.
_Places = tuple[int, list[float]]


class _Edge(NamedTuple):
    """Where a row begins and ends, and how deep in the section it is."""

    deep: float
    start: float
    end: float


def lay_out(layout: Layout, rows: Sequence[Row]) -> LaidOut:
    """Place every seat of a section, in the order of its rows; `rows` has at least one seat."""
    return _drawn(layout, list(enumerate(_along(layout, rows))))


def lay_out_parts(layout: Layout, rows: Sequence[Row], part_of: Sequence[int]) -> list[LaidOut]:
    """The parts of a section where they are in there: `part_of` says of each of its seats, in the
    order of its rows, in which part it is; none is empty."""
    parts: list[list[_Places]] = [[] for _ in range(max(part_of) + 1)]
    first = 0
    for index, places in enumerate(_along(layout, rows)):
        for part, own in by_part(places, part_of[first : first + len(places)]).items():
            parts[part].append((index, own))
        first += len(places)
    return [_drawn(layout, part) for part in parts]


def by_part(things: Sequence[Kind], part_of: Sequence[int]) -> dict[int, list[Kind]]:
    """Things of a row by the part that each is in, in their order."""
    found: dict[int, list[Kind]] = {}
    for thing, part in zip(things, part_of, strict=True):
        found.setdefault(part, []).append(thing)
    return found


def _drawn(layout: Layout, rows: list[_Places]) -> LaidOut:
    seats = [
        _point(layout, place, index * layout.row_gap) for index, places in rows for place in places
    ]
    half = layout.seat_gap / 2
    edges = [
        _Edge(index * layout.row_gap, min(places) - half, max(places) + half)
        for index, places in rows
    ]
    middle = edges[len(edges) // 2]
    deep = (rows[0][0] + rows[-1][0]) / 2 * layout.row_gap
    label = _point(layout, (middle.start + middle.end) / 2, deep)
    return LaidOut(seats, _outline(layout, edges), label)


def _along(layout: Layout, rows: Sequence[Row]) -> list[list[float]]:
    """Where along its row each seat is, from the middle of the section."""
    sign = -1 if layout.reversed else 1
    gap = layout.seat_gap
    middle = layout.middle
    if middle is not None:
        return [
            [sign * gap * (step - zero) for step in steps]
            for row in rows
            for steps, zero in [_round_middle(row.seats, middle)]
        ]
    steps = [[sign * step for step in _steps(row.seats)] for row in rows]
    widest = max(max(row) - min(row) for row in steps)
    zeros = [_zero(layout, row, widest) for row in steps]
    return [[gap * (step - zero) for step in row] for row, zero in zip(steps, zeros, strict=True)]


def _round_middle(seats: list[int], middle: float) -> tuple[list[int], float]:
    """The steps of a row and the one on which a seat of the number `middle` would be. A row that
    counts upwards need not have that number: another row has it, and both count alike."""
    if _counts_upwards(seats):
        return seats, middle
    steps = _steps(seats)
    beside = [step for seat, step in zip(seats, steps, strict=True) if abs(seat - middle) < 1]
    return steps, sum(beside) / len(beside) if beside else (min(steps) + max(steps)) / 2


def _zero(layout: Layout, row: list[int], widest: int) -> float:
    """The step of a row that stands in the middle of the section."""
    if layout.align == "left":
        return min(row) + widest / 2
    if layout.align == "right":
        return max(row) - widest / 2
    return (min(row) + max(row)) / 2


def _steps(seats: list[int]) -> list[int]:
    """Seats stand in the order of the file, and their numbers say how far apart: numbers left out
    are aisles. Where the numbers jump so far that a row would be nothing but a gap, the jumps are
    drawn small."""
    jumps = _jumps(seats)
    if sum(jumps) >= max(SPAN_MAX, 2 * len(seats)):
        jumps = [min(jump, GAP_STEPS) for jump in jumps]
    return list(accumulate(jumps, initial=0))


def _jumps(seats: list[int]) -> list[int]:
    """How many steps each seat of a row is from the one before it."""
    pairs = list(pairwise(seats))
    if _counts_upwards(seats) or _counts_upwards(seats[::-1]):
        return [abs(seat - before) for before, seat in pairs]
    if _is_split(seats):
        # Odd numbers to one side and even ones to the other: 5, 3, 1, 2, 4, 6.
        return [abs(seat - before) // 2 if _is_alike(before, seat) else 1 for before, seat in pairs]
    # Numbers that count in no way say nothing of the distance.
    return [1] * len(pairs)


def _counts_upwards(seats: list[int]) -> bool:
    return all(before < seat for before, seat in pairwise(seats))


def _is_split(seats: list[int]) -> bool:
    """Whether the numbers of each parity follow one another, each upwards or downwards."""
    changes = sum(not _is_alike(before, seat) for before, seat in pairwise(seats))
    sides = ([seat for seat in seats if seat % 2 == parity] for parity in (0, 1))
    return changes == 1 and all(
        _counts_upwards(side) or _counts_upwards(side[::-1]) for side in sides
    )


def _is_alike(one: int, other: int) -> bool:
    return one % 2 == other % 2


def _point(layout: Layout, along: float, deep: float) -> Point:
    """From the section's own terms to the plan's."""
    radius = layout.radius
    if radius:
        angle = along / (radius + deep)
        right = (radius + deep) * math.sin(angle)
        down = (radius + deep) * math.cos(angle) - radius
    else:
        right, down = along, deep
    down += layout.distance
    turn = math.radians(layout.rotation)
    x = right * math.cos(turn) + down * math.sin(turn)
    y = down * math.cos(turn) - right * math.sin(turn)
    return (layout.x or 0.0) + x, (layout.y or 0.0) + y


def _outline(layout: Layout, edges: list[_Edge]) -> list[Point]:
    """Round a section: along the front row, down its right, along the back row, up its left."""
    half = layout.row_gap / 2
    first, last = edges[0], edges[-1]
    in_front = max(first.deep - half, -layout.radius) if layout.radius else first.deep - half
    front = _edge(layout, first.start, first.end, in_front)
    right = [_point(layout, edge.end, edge.deep) for edge in edges]
    back = _edge(layout, last.start, last.end, last.deep + half)
    left = [_point(layout, edge.start, edge.deep) for edge in edges]
    return _without_straights([*front, *right, *reversed(back), *reversed(left)])


def _edge(layout: Layout, start: float, end: float, deep: float) -> list[Point]:
    pieces = math.ceil(min((end - start) / ARC_STEP, ARC_STEPS_MAX)) if layout.radius else 1
    if layout.radius + deep <= 0 and layout.radius:
        return []
    return [
        _point(layout, start + (end - start) * piece / pieces, deep) for piece in range(pieces + 1)
    ]


def _without_straights(points: list[Point]) -> list[Point]:
    """The same line without the points that lie between their neighbours."""
    kept: list[Point] = []
    for index, (x, y) in enumerate(points):
        before_x, before_y = kept[-1] if kept else points[-1]
        after_x, after_y = points[(index + 1) % len(points)]
        bend = (x - before_x) * (after_y - y) - (y - before_y) * (after_x - x)
        if abs(bend) > math.hypot(after_x - before_x, after_y - before_y) * 0.1:
            kept.append((x, y))
    return kept if len(kept) > 2 else points
