"""Whether the seats of a hall have room: no two of them, and no seat and the stage, in one place.
Pure."""

import math
from collections.abc import Sequence

from yemae.concerts.seat_map.layout import Point

# Two seats nearer to each other than this cannot be distinguished or tapped.
APART_MIN = 5.5


class Overlap(Exception):
    """Two things are in the same place."""

    def __init__(self, seat: int, other: int | None) -> None:
        super().__init__(seat, other)
        self.seat = seat
        # None: the stage.
        self.other = other


def require_room(points: Sequence[Point], stage: tuple[float, float, float, float]) -> None:
    """Raise Overlap for the first seat that is where another, or the stage, is already; `stage` is
    its left, top, right and bottom."""
    left, top, right, bottom = stage
    cells: dict[tuple[int, int], list[int]] = {}
    for seat, (x, y) in enumerate(points):
        if left < x < right and top < y < bottom:
            raise Overlap(seat, None)
        column, line = int(x // APART_MIN), int(y // APART_MIN)
        for near in _around(column, line):
            for other in cells.get(near, ()):
                if math.dist(points[other], (x, y)) < APART_MIN:
                    raise Overlap(seat, other)
        cells.setdefault((column, line), []).append(seat)


def _around(column: int, line: int) -> list[tuple[int, int]]:
    return [(column + right, line + down) for right in (-1, 0, 1) for down in (-1, 0, 1)]
