"""The sections of a hall before they are on its plan, and the pieces that they become: one for each
grade that a section has seats of. Pure.

A section is laid out as a whole, so that its seats stand where they would with one grade. Each
piece is a section of the plan, because all seats of one of those have the same grade.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from yemae.concerts.seat_map.layout import LaidOut, Layout, Row, by_part, lay_out_parts


class SectionPart(NamedTuple):
    """The seats of a section that have a grade, counted from 0 in the order of its rows."""

    grade: str
    seats: list[int]


class SectionOf(NamedTuple):
    """A section before it is placed. With `parts`, which have each of its seats once, `numbers` are
    its seats' numbers part by part; else all have its `grade`, in the order of its rows."""

    name: str
    grade: str
    floor: str | None
    layout: Layout
    rows: list[Row]
    numbers: list[str]
    name_en: str | UnsetType = UNSET
    floor_en: str | UnsetType = UNSET
    parts: Sequence[SectionPart] = ()


class Piece(NamedTuple):
    """The seats of one grade of a section; `of` is the place of that section, `laid_out` where they
    are."""

    of: int
    section: SectionOf
    grade: str
    rows: list[Row]
    laid_out: LaidOut


def pieces_of(
    sections: Sequence[SectionOf], wholes: Sequence[LaidOut], placed: Sequence[LaidOut]
) -> Iterator[Piece]:
    """The pieces of sections in plan order: `wholes` are the sections laid out, `placed` the same
    where they have their place on the plan."""
    for index, (section, whole, at) in enumerate(zip(sections, wholes, placed, strict=False)):
        if not section.parts:
            yield Piece(index, section, section.grade, section.rows, at)
            continue
        by_x, by_y = at.label[0] - whole.label[0], at.label[1] - whole.label[1]
        part_of = _part_of(section.parts)
        every = lay_out_parts(section.layout, section.rows, part_of)
        rows = _rows(section.rows, part_of, len(section.parts))
        for part, laid_out, own in zip(section.parts, every, rows, strict=True):
            yield Piece(index, section, part.grade, own, laid_out.moved(by_x, by_y))


def _part_of(parts: Sequence[SectionPart]) -> list[int]:
    """Of each seat of a section the part that it is in, from 0."""
    found = [0] * sum(len(part.seats) for part in parts)
    for index, part in enumerate(parts):
        for seat in part.seats:
            found[seat] = index
    return found


def _rows(rows: Sequence[Row], part_of: Sequence[int], parts: int) -> list[list[Row]]:
    """The rows of each part; those without a seat of it are left out."""
    found: list[list[Row]] = [[] for _ in range(parts)]
    first = 0
    for row in rows:
        for part, own in by_part(row.seats, part_of[first : first + len(row.seats)]).items():
            found[part].append(Row(row.name, own))
        first += len(row.seats)
    return found
