"""Areas without seats, such as standing: their shape on the plan, and their entry numbers. Pure.

The spots of an area follow one another in the plan order, after all seats, in the order of their
entry numbers. A spot has no place of its own on the plan: an area is one shape.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

from yemae.concerts.seat_map.layout import Coordinate, LaidOut, Length, Point

CORNERS_MAX = 100
Corners = Annotated[list[tuple[Coordinate, Coordinate]], Meta(min_length=3, max_length=CORNERS_MAX)]
# An area without a layout: room for each spot, in square units of the plan; a little wider than it
# is deep, and large enough for its name.
SPOT_ROOM = 40.0
WIDTH_TO_DEPTH = 1.5
WIDTH_MIN = 60.0
# How finely the middle of an area is looked for, in steps across; and how much of the most room a
# point nearer to the centre may have.
MIDDLE_STEPS = 24
MIDDLE_SHARE = 0.7


class EntryNumbers(msgspec.Struct, frozen=True):
    """How the spots of an area are numbered: the seat number of an order is the entry number
    between `before` and `after`; the entry numbers go from `first` to `last`."""

    before: str
    after: str
    first: int
    last: int

    def numbers(self) -> Iterator[str]:
        """The seat number of each spot."""
        for entry in range(self.first, self.last + 1):
            yield f"{self.before}{entry}{self.after}"

    def has(self, number: str) -> bool:
        """Whether a seat number is of this area."""
        entry = self.entry(number)
        if not entry.isdecimal() or number != f"{self.before}{int(entry)}{self.after}":
            return False
        return self.first <= int(entry) <= self.last

    def entry(self, number: str) -> str:
        """The entry number within the seat number of a spot."""
        return number.removeprefix(self.before).removesuffix(self.after)


class AreaLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[areas.layout]`: a rectangle by its left upper corner and its size, turned round its middle
    by `rotation` degrees, or an outline by its corners. Without either, the area is below what
    came before."""

    x: Coordinate | None = None
    y: Coordinate | None = None
    width: Length | None = None
    height: Length | None = None
    rotation: Annotated[float, Meta(ge=-360, le=360)] = 0.0
    outline: Corners | None = None

    @property
    def rectangle(self) -> tuple[float, float, float, float] | None:
        """Left, top, width and height; None unless all four are there."""
        if self.x is None or self.y is None or self.width is None or self.height is None:
            return None
        return self.x, self.y, self.width, self.height

    @property
    def wrong(self) -> str | None:
        """What is written halfway or twice; None when all is well."""
        given = [self.x, self.y, self.width, self.height]
        if self.outline is not None and given != [None] * 4:
            return "expected x, y, width and height or an outline, not both"
        if None in given and given != [None] * 4:
            return "expected all of x, y, width and height"
        if self.outline is not None and _area_of(self.outline) < 1:
            return "expected an outline round some room"
        return None


class AreaOf(NamedTuple):
    """An area before it is placed."""

    name: str
    grade: str
    floor: str | None
    layout: AreaLayout
    capacity: int
    entries: EntryNumbers
    name_en: str | UnsetType = UNSET
    floor_en: str | UnsetType = UNSET

    @property
    def is_placed(self) -> bool:
        """Whether the file says where it is."""
        return self.layout.rectangle is not None or self.layout.outline is not None


def lay_out(area: AreaOf) -> LaidOut:
    """The outline of an area and where its name goes; no seats."""
    layout = area.layout
    if layout.outline is not None:
        outline = [(float(x), float(y)) for x, y in layout.outline]
    elif layout.rectangle is not None:
        outline = _rectangle(*layout.rectangle, layout.rotation)
    else:
        width = max(math.sqrt(area.capacity * SPOT_ROOM * WIDTH_TO_DEPTH), WIDTH_MIN)
        outline = _rectangle(0.0, 0.0, width, width / WIDTH_TO_DEPTH, 0.0)
    return LaidOut([], outline, _middle(outline))


def is_inside(point: Point, outline: Sequence[Point]) -> bool:
    """Whether a point is within an outline: a line from it to the right crosses the outline an odd
    number of times."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in _sides(outline):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside


def _rectangle(x: float, y: float, width: float, height: float, rotation: float) -> list[Point]:
    middle_x, middle_y = x + width / 2, y + height / 2
    turn = math.radians(rotation)
    cos, sin = math.cos(turn), math.sin(turn)
    return [
        (middle_x + right * cos - down * sin, middle_y + right * sin + down * cos)
        for right, down in (
            (-width / 2, -height / 2),
            (width / 2, -height / 2),
            (width / 2, height / 2),
            (-width / 2, height / 2),
        )
    ]


def _sides(outline: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    return pairwise([*outline, outline[0]])


def _area_of(outline: Sequence[Point]) -> float:
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in _sides(outline))) / 2


def _middle(outline: Sequence[Point]) -> Point:
    """Where a name has room: of the points of a grid that are about as far from every side as any
    can be, the nearest to the middle of the box around the area. Round a stage that middle itself
    is outside."""
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    left, top, width, height = min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
    centre = (left + width / 2, top + height / 2)
    grid = [
        (left + width * across / MIDDLE_STEPS, top + height * down / MIDDLE_STEPS)
        for across in range(1, MIDDLE_STEPS)
        for down in range(1, MIDDLE_STEPS)
    ]
    room = {point: _room_at(point, outline) for point in grid}
    most = max(room.values())
    roomy = min(MIDDLE_SHARE * most, most)
    return min(
        (point for point in grid if room[point] >= roomy),
        key=lambda point: math.dist(point, centre),
    )


def _room_at(point: Point, outline: Sequence[Point]) -> float:
    """How far a point is from the nearest side; less than 0 outside."""
    far = min(_distance(point, *side) for side in _sides(outline))
    return far if is_inside(point, outline) else -far


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a line between two others."""
    (x, y), (ax, ay), (bx, by) = point, start, end
    length = (bx - ax) ** 2 + (by - ay) ** 2
    along = 0.0 if not length else ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length
    along = min(max(along, 0.0), 1.0)
    return math.dist(point, (ax + along * (bx - ax), ay + along * (by - ay)))
