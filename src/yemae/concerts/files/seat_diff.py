"""What a load changes of the seats of a concert's dates, and of the spots of areas: the same change
of several dates is one line. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from yemae.concerts.files.hall import FileSeat
from yemae.concerts.files.load_report import LoadChange, Mark, Sold, some
from yemae.concerts.files.price_diff import price

# How many dates a line names.
DATES_NAMED_MAX = 5


class DateSeats(NamedTuple):
    """The seats of a date that the database has, and those of the file, both in plan order."""

    id: str
    before: Sequence[FileSeat]
    after: Sequence[FileSeat]
    sold: Sold


@dataclass
class _Count:
    """The seats that one line is about."""

    seats: int = 0
    sold: int = 0
    are_spots: bool = False
    dates: set[str] = field(default_factory=set)

    def add(self, date: DateSeats, seat: FileSeat) -> None:
        self.seats += 1
        self.sold += seat.number in date.sold.sold
        self.are_spots = seat.area is not None
        self.dates.add(date.id)


def seat_changes(dates: Sequence[DateSeats], currency: str, *, of: int) -> list[LoadChange]:
    """What is different of the seats of these dates, counted: removed, added, with another grade
    or price, in another order. Dates are named where the concert has several, `of` in all."""
    counts: defaultdict[tuple[LoadChange, bool], _Count] = defaultdict(_Count)
    for date in dates:
        for change, seat in _changed(date, currency):
            counts[change, seat.area is not None].add(date, seat)
    order = {"-": 0, "+": 1, "~": 2}
    return [
        change._replace(detail=_detail(change, count, of))
        for (change, _), count in sorted(counts.items(), key=lambda each: order[each[0][0].mark])
    ]


def redrawn(dates: Iterable[str], *, of: int) -> LoadChange:
    """The plans of these dates are others, with the same seats."""
    return LoadChange("~", f"plan{_dates(dates, of)}: its layout or its names")


def _dates(dates: Iterable[str], of: int) -> str:
    """The dates of a line, named where the concert has several."""
    return f" of {some(sorted(dates), DATES_NAMED_MAX)}" if of > 1 else ""


def _changed(date: DateSeats, currency: str) -> Iterator[tuple[LoadChange, FileSeat]]:
    """Each seat that is different, with the line that it belongs to."""
    old = {seat.number: seat for seat in date.before}
    new = {seat.number: seat for seat in date.after}
    yield from ((_whole("-", seat), seat) for seat in date.before if seat.number not in new)
    yield from ((_whole("+", seat), seat) for seat in date.after if seat.number not in old)
    kept = [number for number in new if number in old]
    for number in kept:
        was, becomes = old[number], new[number]
        if (was.grade, was.price) != (becomes.grade, becomes.price):
            yield _grade_or_price(was, becomes, currency), becomes
        if was.mark != becomes.mark:
            yield LoadChange("~", "marks of seats"), becomes
        if was.area != becomes.area:
            yield LoadChange("~", f"area: {was.area or 'none'} → {becomes.area or 'none'}"), becomes
    for number in _moved((number for number in old if number in new), kept):
        yield LoadChange("~", "order of the seats"), new[number]


def _whole(mark: Mark, seat: FileSeat) -> LoadChange:
    """The line of a seat that is removed or added."""
    return LoadChange(mark, "seats" if seat.area is None else f"area {seat.area}")


def _grade_or_price(was: FileSeat, becomes: FileSeat, currency: str) -> LoadChange:
    prices = f"{price(was.price, currency)} → {price(becomes.price, currency)}"
    if was.grade == becomes.grade:
        return LoadChange("~", f"{was.grade} {prices}", is_promise=True)
    grades = f"{was.grade} → {becomes.grade}"
    if was.price == becomes.price:
        return LoadChange("~", grades)
    return LoadChange("~", f"{grades}, {prices}", is_promise=True)


def _moved(before: Iterable[str], after: Sequence[str]) -> list[str]:
    """The seats that have another place among those that stay."""
    return [new for old, new in zip(before, after, strict=True) if old != new]


def _detail(change: LoadChange, count: _Count, dates: int) -> str:
    unit = "spot" if count.are_spots else "seat"
    seats = f"{count.seats:,} {unit}{'' if count.seats == 1 else 's'}"
    seats += _dates(count.dates, dates)
    return f": {seats}, {count.sold:,} sold at the old price" if change.is_promise else f": {seats}"
