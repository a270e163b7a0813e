"""A concert file: one TOML file describes one concert, its seats and its performances.

Pure but for `read`. A `Concert` that comes out of here has kept every limit and every cross
check: seat numbers are unique, each seat's grade has a price, times keep the offset that the file
gives them. Any input either gives a `Concert` or raises `ConcertFileError`. The format is explained
in docs/concert-file.md.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from yemae.concerts.files import queue_table
from yemae.concerts.files.file_source import ConcertFileError, FileSource, shown
from yemae.concerts.files.queue_table import QueueTable
from yemae.concerts.files.seat_rows import RowSeat, require_numbering, row_seats
from yemae.concerts.limits import (
    CURRENCY,
    PATTERN_WORDS,
    Moment,
    Price,
    ShortText,
    Slug,
    Text,
    one_of,
    wrong_moment,
    wrong_prequeue,
)
from yemae.concerts.queue_settings import CHOICES, OPENINGS, QueueSettings
from yemae.concerts.seat_map import plan
from yemae.concerts.seat_map.layout import Align, Layout, Row, StageLayout
from yemae.concerts.seat_map.plan import Overlap, Plan, SectionOf, Stage
from yemae.values import money

__all__ = ["ConcertFileError", "FileConcert", "FilePerformance", "FileSeat", "parse", "read"]

FILE_MAX_BYTES = 5_000_000
SEATS_MAX = 50_000
PERFORMANCES_MAX = 366
# Far more than a stadium has; the work of layout and drawing grows faster than their number.
SECTIONS_MAX = 2_000
GRADES_MAX = 200


class FileSeat(msgspec.Struct, frozen=True):
    """One seat of the plan; `price` in minor units of the concert's currency."""

    number: str
    grade: str
    price: int


class FilePerformance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One date of the concert; `id` is unique among all performances of a server."""

    id: Slug
    starts_at: Moment


class FileConcert(msgspec.Struct, frozen=True, kw_only=True):
    """A whole concert. `seats` are in the order of the `plan`; every time has the file's offset,
    which is that of the venue's clocks."""

    id: str
    title: str
    artist: str
    venue: str
    currency: str
    sale_opens_at: datetime
    prequeue_opens_at: datetime | None
    seat_limit: int
    listing: int
    queue: QueueTable
    seats: tuple[FileSeat, ...]
    plan: Plan
    performances: tuple[FilePerformance, ...]

    def settings(self) -> dict[str, Any]:
        """The settings of its queue that an operator can override, by name."""
        openings = {name: getattr(self, name) for name in OPENINGS}
        names = QueueSettings.__struct_fields__
        return openings | {name: getattr(self.queue, name) for name in names}


class _Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: ShortText
    price: Price


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: ShortText
    grade: str
    rows: list[str]
    floor: ShortText | None = None
    layout: Layout = Layout()
    # Empty: the file's own numbering.
    numbering: str = ""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file as it is written, before the cross checks."""

    id: Slug
    title: Text
    artist: Text
    venue: Text
    currency: Annotated[str, Meta(pattern=CURRENCY)] = "KRW"
    sale_opens_at: Moment
    prequeue_opens_at: Moment | None = None
    seat_limit: Annotated[int, Meta(ge=1, le=20)] = 4
    listing: Annotated[int, Meta(ge=0, le=1_000_000)] = 1_000
    numbering: str = "{section}-{row}-{seat}"
    queue: QueueTable
    stage: StageLayout | None = None
    grades: Annotated[list[_Grade], Meta(max_length=GRADES_MAX)] = []
    sections: Annotated[list[_Section], Meta(max_length=SECTIONS_MAX)] = []
    performances: Annotated[list[FilePerformance], Meta(max_length=PERFORMANCES_MAX)] = []


def read(path: Path) -> FileConcert:
    """Read one concert file of at most FILE_MAX_BYTES. Raises ConcertFileError."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConcertFileError(f"{path}: cannot be read: {reason}.") from error
    if len(content) > FILE_MAX_BYTES:
        raise ConcertFileError(f"{path}: may be at most {FILE_MAX_BYTES} bytes, and is larger.")
    try:
        # Editors on Windows put a byte order mark in front; it carries no meaning.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConcertFileError(f"{path}, line {line}: this is not UTF-8 text.") from error
    return parse(text, str(path))


def parse(text: str, name: str) -> FileConcert:
    """Make a Concert of a file's text; `name` stands for the file in the message of an error.

    Raises ConcertFileError.
    """
    source = FileSource(text, name)
    file = source.load(_File, PATTERN_WORDS, {**CHOICES, "align": one_of(Align)})
    sale_opens_at = _moment(source, "sale_opens_at", file.sale_opens_at)
    if file.currency not in money.DIGITS:
        problem = f"expected a currency of ISO 4217 such as KRW, found {shown(file.currency)}"
        source.refuse("currency", problem)
    queue_table.check(source, file.queue)
    seats, hall = _hall(source, file)
    return FileConcert(
        id=file.id,
        title=file.title,
        artist=file.artist,
        venue=file.venue,
        currency=file.currency,
        sale_opens_at=sale_opens_at,
        prequeue_opens_at=_prequeue(source, file.prequeue_opens_at, sale_opens_at),
        seat_limit=file.seat_limit,
        listing=file.listing,
        queue=file.queue,
        seats=seats,
        plan=hall,
        performances=_performances(source, file),
    )


def _moment(source: FileSource, path: str, moment: datetime) -> datetime:
    if wrong := wrong_moment(moment):
        source.refuse(path, wrong)
    return moment


def _prequeue(
    source: FileSource, moment: datetime | None, sale_opens_at: datetime
) -> datetime | None:
    if moment is None:
        return None
    prequeue_opens_at = _moment(source, "prequeue_opens_at", moment)
    if wrong := wrong_prequeue(prequeue_opens_at, sale_opens_at):
        source.refuse("prequeue_opens_at", f"{wrong}, found {shown(moment)}")
    return prequeue_opens_at


def _performances(source: FileSource, file: _File) -> tuple[FilePerformance, ...]:
    if not file.performances:
        source.refuse("performances", "expected at least one performance, found none")
    ids: dict[str, str] = {}
    starts: dict[datetime, str] = {}
    performances = []
    for index, performance in enumerate(file.performances):
        path = f"performances[{index}]"
        starts_at = _moment(source, f"{path}.starts_at", performance.starts_at)
        source.once(ids, performance.id, f"{path}.id", "performance id")
        source.once(starts, starts_at, f"{path}.starts_at", "start")
        performances.append(FilePerformance(performance.id, starts_at))
    return tuple(performances)


def _hall(source: FileSource, file: _File) -> tuple[tuple[FileSeat, ...], Plan]:
    """Write out all seats in plan order, which is the order of the file, and place them."""
    prices = _prices(source, file)
    taken: dict[str, str] = {}
    seats: list[FileSeat] = []
    sections: list[SectionOf] = []
    for index, section in enumerate(file.sections):
        # One more than there may be, and no more: a short text can name millions of seats.
        room = SEATS_MAX - len(seats) + 1
        every = _numbered(source, file, section, f"sections[{index}]", prices)
        numbered = list(islice(every, room))
        for seat in numbered:
            if len(seats) == SEATS_MAX:
                problem = f"expected at most {SEATS_MAX} seats in the plan, found more"
                source.refuse(seat.place, problem)
            source.once(taken, seat.number, seat.place, "seat")
            seats.append(FileSeat(seat.number, section.grade, prices[section.grade]))
        if numbered:
            numbers = [seat.number for seat in numbered]
            sections.append(
                SectionOf(
                    section.name,
                    section.grade,
                    section.floor,
                    section.layout,
                    _rows(numbered),
                    numbers,
                )
            )
    if not seats:
        source.refuse("sections", "expected at least one seat, found none")
    return tuple(seats), _plan(source, file, prices, sections, taken)


def _prices(source: FileSource, file: _File) -> dict[str, int]:
    grades: dict[str, str] = {}
    most = money.price_max(file.currency)
    for index, grade in enumerate(file.grades):
        source.once(grades, grade.name, f"grades[{index}].name", "grade")
        if grade.price > most:
            said = money.amount(most, file.currency), money.amount(grade.price, file.currency)
            problem = f"expected a price of at most {said[0]}, found {said[1]}"
            source.refuse(f"grades[{index}].price", problem)
    return {grade.name: grade.price for grade in file.grades}


def _numbered(
    source: FileSource, file: _File, section: _Section, path: str, prices: dict[str, int]
) -> Iterator[RowSeat]:
    if section.grade not in prices:
        source.refuse(f"{path}.grade", f"expected one of the grades, found {shown(section.grade)}")
    require_numbering(
        source,
        f"{path}.numbering" if section.numbering else "numbering",
        numbering := section.numbering or file.numbering,
    )
    return row_seats(source, path, section.name, section.rows, numbering)


def _rows(seats: list[RowSeat]) -> list[Row]:
    """The rows of a section. A row that goes on in the next text of the file is one row."""
    rows: list[Row] = []
    for seat in seats:
        if not rows or rows[-1].name != seat.row:
            rows.append(Row(seat.row, []))
        rows[-1].seats.append(seat.seat)
    return rows


def _plan(
    source: FileSource,
    file: _File,
    prices: dict[str, int],
    sections: list[SectionOf],
    places: dict[str, str],
) -> Plan:
    """Place the seats; `places` says where in the file each seat number is, in plan order."""
    stage = None if file.stage is None else Stage(**msgspec.structs.asdict(file.stage))
    try:
        return plan.make(prices, sections, stage)
    except Overlap as overlap:
        numbers = list(places)
        number = numbers[overlap.seat]
        other = "the stage" if overlap.other is None else f"seat {shown(numbers[overlap.other])}"
        source.refuse(
            places[number],
            f"expected every seat in a place of its own, found seat {shown(number)} where {other} "
            "is",
        )
