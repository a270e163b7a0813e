"""Where the sections and areas of a hall are: as the file says, the others below them. Pure."""

import math
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from yemae.concerts.seat_map.layout import LaidOut, Point

# Around everything, between sections that are placed by themselves, and in front of the stage.
MARGIN = 30.0
SECTION_GAP = 30.0
STAGE_GAP = 40.0
STAGE_HEIGHT = 40.0
STAGE_WIDTH_MIN = 100.0
STAGE_WIDTH_MAX = 400.0
# Sections without a place stand below one another up to this height, then side by side as well.
STACK_MAX = 1_200.0


class Stage(msgspec.Struct, frozen=True):
    """Where the stage is."""

    x: float
    y: float
    width: float
    height: float
    label: str = "STAGE"
    label_en: str | UnsetType = UNSET


def place(parts: Sequence[tuple[LaidOut, bool]], stage: Stage | None) -> list[LaidOut]:
    """Each section and area where its layout says; those without a place below all the others."""
    placed = [laid_out for laid_out, _ in parts]
    free = [index for index, (_, is_placed) in enumerate(parts) if not is_placed]
    if not free:
        return placed
    unplaced = set(free)
    fixed = [p for i, laid_out in enumerate(placed) if i not in unplaced for p in laid_out.outline]
    left, _, right, top = bounds(fixed, stage) if fixed or stage else (0.0, 0.0, 0.0, 0.0)
    middle = (left + right) / 2
    top += STAGE_GAP if stage and not fixed else SECTION_GAP
    for line in _lines([placed[index] for index in free]):
        at = middle - (sum(width for width, _ in line) + SECTION_GAP * (len(line) - 1)) / 2
        for width, _ in line:
            index = free.pop(0)
            x, y, _, _ = bounds(placed[index].outline, None)
            placed[index] = placed[index].moved(at - x, top - y)
            at += width + SECTION_GAP
        top += max(height for _, height in line) + SECTION_GAP
    return placed


def _lines(sections: list[LaidOut]) -> list[list[tuple[float, float]]]:
    """(width, height) of sections, in lines: one below the other, or side by side as well when
    that would be too high."""
    boxes = []
    for section in sections:
        left, top, right, bottom = bounds(section.outline, None)
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


def default_stage(points: list[Point]) -> Stage:
    """Above the seats, in the middle."""
    left, top, right, _ = bounds(points, None)
    width = min(max((right - left) / 2, STAGE_WIDTH_MIN), STAGE_WIDTH_MAX)
    return Stage((left + right - width) / 2, top - STAGE_GAP - STAGE_HEIGHT, width, STAGE_HEIGHT)


def bounds(points: Iterable[Point], stage: Stage | None) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all this."""
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    if stage is not None:
        xs += [stage.x, stage.x + stage.width]
        ys += [stage.y, stage.y + stage.height]
    return min(xs), min(ys), max(xs), max(ys)
