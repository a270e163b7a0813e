"""Which seats of a plan are meant: sections, rows and seats by name, or all of them. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from yemae.concerts.seat_map.plan import Plan
from yemae.values.text import composed


class Selection(NamedTuple):
    """Seats of a plan, as an operator names them. A row is `SECTION:ROW`. An area without seats is
    named as a section is, and its entry numbers as seats are."""

    sections: Sequence[str] = ()
    rows: Sequence[str] = ()
    seats: Sequence[str] = ()
    is_whole: bool = False

    def is_empty(self) -> bool:
        """Whether it names nothing."""
        return not (self.sections or self.rows or self.seats or self.is_whole)


class UnknownPart(Exception):
    """The plan has no such section, row or seat: the field that names it, and the name."""

    def __init__(self, field: str, name: str) -> None:
        super().__init__(field, name)
        self.field, self.name = field, name


def selected(plan: Plan, wanted: Selection) -> list[str]:
    """The seat numbers of what is wanted, in plan order. Raises UnknownPart."""
    numbers = list(plan.numbers())
    if wanted.is_whole:
        return numbers
    sections = [section.name for section in plan.sections]
    parts = {
        "sections": [
            *((s.name, range(s.first_seat, s.first_seat + s.seats)) for s in plan.sections),
            *((a.name, range(a.first_seat, a.first_seat + a.seats)) for a in plan.areas),
        ],
        "rows": [
            (
                f"{sections[row.section]}:{row.name}",
                range(row.first_seat, row.first_seat + row.seats),
            )
            for row in plan.rows
        ],
    }
    places: set[int] = set()
    for field, named in parts.items():
        names = [composed(name) for name in getattr(wanted, field)]
        places.update(place for name, seats in named if name in names for place in seats)
        _require_known(field, names, {name for name, _ in named})
    seats = {composed(number) for number in wanted.seats}
    _require_known("seats", sorted(seats), set(numbers))
    return [number for place, number in enumerate(numbers) if place in places or number in seats]


def _require_known(field: str, names: Sequence[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise UnknownPart(field, name)
