"""What is special about seats: places for wheelchairs with their companions' seats, a restricted
view, an aisle beside, or a note. Pure.

A seat has any number of marks, and at most one of the two that a hold has a rule for: an order has
no more companion seats than wheelchair places. Seats with a mark that a fan should know of before
the choice are never chosen by the server.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

MarkKind = Literal["wheelchair", "companion", "restricted_view", "aisle", "note"]
# What a seat's row keeps, because holds are decided by it.
WHEELCHAIR, COMPANION = "wheelchair", "companion"
RULED = (WHEELCHAIR, COMPANION)
# Only for fans who have seen the mark.
NOT_CHOSEN_BY_US = {WHEELCHAIR, COMPANION, "restricted_view"}


class SeatMark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A mark of one seat. Without `note_en` the note is for everybody."""

    mark: MarkKind
    note: str | None = None
    note_en: str | None = None


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A mark and the seats that have it, by their places in the plan order."""

    mark: MarkKind
    seats: list[int]
    note: str | None = None
    note_en: str | None = None


def by_seat(marks: Iterable[Mark]) -> Mapping[int, Sequence[SeatMark]]:
    """The marks of each seat that has any, by its place."""
    found: dict[int, list[SeatMark]] = defaultdict(list)
    for each in marks:
        for seat in each.seats:
            found[seat].append(SeatMark(each.mark, each.note, each.note_en))
    return dict(found)


def not_chosen(marks: Iterable[Mark]) -> set[int]:
    """The seats that a fan has to choose, by their places."""
    return {seat for each in marks if each.mark in NOT_CHOSEN_BY_US for seat in each.seats}


def companions_without(marks: Mapping[str, str | None]) -> list[str]:
    """The companion seats among these seats, if they are more than the wheelchair places; `marks`
    has what each seat's row keeps, by its number."""
    if COMPANION not in marks.values():
        return []
    kinds = Counter(marks.values())
    if kinds[COMPANION] <= kinds[WHEELCHAIR]:
        return []
    return [number for number, mark in marks.items() if mark == COMPANION]
