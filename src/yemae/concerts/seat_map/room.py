"""Whether everything on a plan has a place of its own. Pure."""

import math
from collections.abc import Sequence

from yemae.concerts.seat_map.areas import is_inside
from yemae.concerts.seat_map.layout import LaidOut, Point

# Two seats nearer to each other than this cannot be distinguished or tapped.
APART_MIN = 5.5


class Overlap(Exception):
    """A seat is where another seat, an area or the stage is already; with neither, the stage."""

    def __init__(self, seat: int, other: int | None = None, area: int | None = None) -> None:
        super().__init__(seat, other, area)
        self.seat = seat
        self.other = other
        self.area = area


class AreasOverlap(Exception):
    """The middle of an area is within another area, or on the stage."""

    def __init__(self, area: int, other: int | None) -> None:
        super().__init__(area, other)
        self.area = area
        # None: the stage.
        self.other = other


def require_room(
    points: list[Point], areas: Sequence[LaidOut], stage: tuple[float, float, float, float]
) -> None:
    """Raise Overlap for the first seat, and AreasOverlap for the first area, that is where
    something is already. `stage` is its left, top, right and bottom."""
    cells: dict[tuple[int, int], list[int]] = {}
    boxes = [_box(area.outline) for area in areas]
    for seat, (x, y) in enumerate(points):
        if _is_within((x, y), stage):
            raise Overlap(seat)
        for index, box in enumerate(boxes):
            if _is_within((x, y), box) and is_inside((x, y), areas[index].outline):
                raise Overlap(seat, area=index)
        column, line = int(x // APART_MIN), int(y // APART_MIN)
        for near in _around(column, line):
            for other in cells.get(near, ()):
                if math.dist(points[other], (x, y)) < APART_MIN:
                    raise Overlap(seat, other)
        cells.setdefault((column, line), []).append(seat)
    _require_room_of_areas(areas, stage)


def _require_room_of_areas(
    areas: Sequence[LaidOut], stage: tuple[float, float, float, float]
) -> None:
    for index, area in enumerate(areas):
        if _is_within(area.label, stage):
            raise AreasOverlap(index, None)
        for other, around in enumerate(areas):
            if other != index and is_inside(area.label, around.outline):
                raise AreasOverlap(index, other)


def _box(outline: list[Point]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    return min(xs), min(ys), max(xs), max(ys)


def _is_within(point: Point, box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    return left < point[0] < right and top < point[1] < bottom


def _around(column: int, line: int) -> list[tuple[int, int]]:
    return [(column + right, line + down) for right in (-1, 0, 1) for down in (-1, 0, 1)]
