"""A concert file: one TOML file describes one concert, its seats and its performances.

Pure but for `read`. A `Concert` that comes out of here has kept every limit and every cross
check: seat numbers are unique, each seat's grade has a price, times are UTC. Any input either
gives a `Concert` or raises `ConcertFileError`. The format is explained in docs/concert-file.md.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.concerts import queue_settings
from yemae.concerts.file_source import ConcertFileError, FileSource, shown
from yemae.concerts.limits import (
    CHOICES,
    CURRENCY,
    PATTERN_WORDS,
    Moment,
    Price,
    ShortText,
    Slug,
    Text,
    wrong_moment,
    wrong_prequeue,
)
from yemae.concerts.queue_settings import QueueSettings

__all__ = ["Concert", "ConcertFileError", "Performance", "QueueSettings", "Seat", "parse", "read"]

FILE_MAX_BYTES = 5_000_000
SEATS_MAX = 50_000
PERFORMANCES_MAX = 366
SEAT_NUMBER_MAX_CHARS = 20


class Seat(msgspec.Struct, frozen=True):
    """One seat of the plan; `price` in minor units of the concert's currency."""

    number: str
    grade: str
    price: int


class Performance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One date of the concert; `id` is unique among all performances of a server."""

    id: Slug
    starts_at: Moment


class Concert(msgspec.Struct, frozen=True, kw_only=True):
    """A whole concert. `seats` are in plan order; every time is UTC."""

    id: str
    title: str
    artist: str
    venue: str
    currency: str
    sale_opens_at: datetime
    prequeue_opens_at: datetime | None
    seat_limit: int
    listing: int
    queue: QueueSettings
    seats: tuple[Seat, ...]
    performances: tuple[Performance, ...]


class _Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: ShortText
    price: Price


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: ShortText
    grade: str
    rows: list[str]
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
    queue: QueueSettings
    grades: list[_Grade] = []
    sections: list[_Section] = []
    performances: Annotated[list[Performance], Meta(max_length=PERFORMANCES_MAX)] = []


def read(path: Path) -> Concert:
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


def parse(text: str, name: str) -> Concert:
    """Make a Concert of a file's text; `name` stands for the file in the message of an error.

    Raises ConcertFileError.
    """
    source = FileSource(text, name)
    file = source.load(_File, PATTERN_WORDS, CHOICES)
    sale_opens_at = _utc(source, "sale_opens_at", file.sale_opens_at)
    queue_settings.check(source, file.queue)
    return Concert(
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
        seats=_seats(source, file),
        performances=_performances(source, file),
    )


def _utc(source: FileSource, path: str, moment: datetime) -> datetime:
    if wrong := wrong_moment(moment):
        source.refuse(path, wrong)
    return moment.astimezone(UTC)


def _prequeue(
    source: FileSource, moment: datetime | None, sale_opens_at: datetime
) -> datetime | None:
    if moment is None:
        return None
    prequeue_opens_at = _utc(source, "prequeue_opens_at", moment)
    if wrong := wrong_prequeue(prequeue_opens_at, sale_opens_at):
        source.refuse("prequeue_opens_at", f"{wrong}, found {shown(moment)}")
    return prequeue_opens_at


def _performances(source: FileSource, file: _File) -> tuple[Performance, ...]:
    if not file.performances:
        source.refuse("performances", "expected at least one performance, found none")
    ids: dict[str, str] = {}
    starts: dict[datetime, str] = {}
    performances = []
    for index, performance in enumerate(file.performances):
        path = f"performances[{index}]"
        starts_at = _utc(source, f"{path}.starts_at", performance.starts_at)
        source.once(ids, performance.id, f"{path}.id", "performance id")
        source.once(starts, starts_at, f"{path}.starts_at", "start")
        performances.append(Performance(performance.id, starts_at))
    return tuple(performances)


def _seats(source: FileSource, file: _File) -> tuple[Seat, ...]:
    """Write out all seats in plan order, which is the order of the file."""
    grades: dict[str, str] = {}
    for index, grade in enumerate(file.grades):
        source.once(grades, grade.name, f"grades[{index}].name", "grade")
    prices = {grade.name: grade.price for grade in file.grades}
    taken: dict[str, str] = {}
    seats: list[Seat] = []
    for index, section in enumerate(file.sections):
        path = f"sections[{index}]"
        if section.grade not in prices:
            source.refuse(
                f"{path}.grade", f"expected one of the grades, found {shown(section.grade)}"
            )
        for number, place in _numbers(source, file, section, path):
            if len(seats) == SEATS_MAX:
                source.refuse(place, f"expected at most {SEATS_MAX} seats in the plan, found more")
            source.once(taken, number, place, "seat")
            seats.append(Seat(number, section.grade, prices[section.grade]))
    if not seats:
        source.refuse("sections", "expected at least one seat, found none")
    return tuple(seats)


def _numbers(
    source: FileSource, file: _File, section: _Section, path: str
) -> Iterator[tuple[str, str]]:
    """Yield each seat number of a section, with the path of the row that it comes from."""
    own = f"{path}.numbering" if section.numbering else "numbering"
    numbering = section.numbering or file.numbering
    if "{seat}" not in numbering or re.search(r"[{}]", _PLACEHOLDER.sub("", numbering)):
        expected = "expected {seat} and, if wanted, {row} and {section} among other characters"
        source.refuse(own, f"{expected}, found {shown(numbering)}")
    for index, spec in enumerate(section.rows):
        place = f"{path}.rows[{index}]"
        for row, seat in _row_seats(source, place, spec):
            number = _number(numbering, section.name, row, seat)
            if len(number) > SEAT_NUMBER_MAX_CHARS or " " in number or not number.isprintable():
                limit = f"1 to {SEAT_NUMBER_MAX_CHARS} visible characters without spaces"
                source.refuse(place, f"expected seat numbers of {limit}, found {shown(number)}")
            yield number, place


_PLACEHOLDER = re.compile(r"\{(?:section|row|seat)\}")
_ROW = re.compile(r"([A-Z])-([A-Z])|([1-9][0-9]{0,2})-([1-9][0-9]{0,2})|[^\W_]{1,10}")
_SEATS = re.compile(r"([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?")


def _row_seats(source: FileSource, place: str, spec: str) -> Iterator[tuple[str, int]]:
    """Yield (row, seat) of a text such as `B:1-9,12-20` or, for rows that are alike, `A-D:1-20`."""
    rows, _, spans = (part.strip() for part in spec.partition(":"))
    row_match = _ROW.fullmatch(rows)
    span_matches = [_SEATS.fullmatch(span.strip()) for span in spans.split(",")]
    if row_match is None or None in span_matches:
        expected = 'expected a row such as "A:1-20", "B:1-9,12-20" or "C-F:1-20"'
        source.refuse(place, f"{expected}, found {shown(spec)}")
    bounds = [(int(m[1]), int(m[2] or m[1])) for m in span_matches if m is not None]
    names = _row_names(row_match)
    if not names or any(first > last for first, last in bounds):
        source.refuse(place, f"expected ranges from low to high, found {shown(spec)}")
    for name in names:
        for first, last in bounds:
            for seat in range(first, last + 1):
                yield name, seat


def _number(numbering: str, section: str, row: str, seat: int) -> str:
    # One pass, so that braces inside a section's name stay what they are.
    parts = {"{section}": section, "{row}": row, "{seat}": str(seat)}
    return _PLACEHOLDER.sub(lambda match: parts[match[0]], numbering)


def _row_names(match: re.Match[str]) -> list[str]:
    if match[1]:
        return [chr(code) for code in range(ord(match[1]), ord(match[2]) + 1)]
    if match[3]:
        return [str(row) for row in range(int(match[3]), int(match[4]) + 1)]
    return [match[0]]
