"""The sections of a hall before they are on its plan, and the pieces that they become: one for each
grade that a section has seats of. Pure.

A section is laid out as a whole, so that its seats stand where they would with one grade. Each
piece is a section of the plan, because all seats of one of those have the same grade.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from yemae.concerts.seat_map.layout import LaidOut, Layout, Row, lay_out_part


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
        for part in section.parts:
            seats = frozenset(part.seats)
            piece = lay_out_part(section.layout, section.rows, seats).moved(by_x, by_y)
            yield Piece(index, section, part.grade, _rows(section.rows, seats), piece)


def _rows(rows: Sequence[Row], seats: frozenset[int]) -> list[Row]:
    """The rows with only these seats; rows without any are left out."""
    found, first = [], 0
    for row in rows:
        own = [seat for place, seat in enumerate(row.seats, first) if place in seats]
        first += len(row.seats)
        if own:
            found.append(Row(row.name, own))
    return found
