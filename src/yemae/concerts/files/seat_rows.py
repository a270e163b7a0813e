"""The rows of a section as a concert file writes them: `A:1-20`, `B:1-9,12-20`, `C-F:1-20`. Pure.

What comes out has row names and seat numbers of the right form; whether a seat number comes only
once in the file is for the whole file to check.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.limits import SEAT_NUMBER, SEAT_NUMBER_MAX_CHARS

PLACEHOLDER = re.compile(r"\{(?:section|row|seat)\}")
ROWS = re.compile(r"([A-Z])-([A-Z])|([1-9][0-9]{0,2})-([1-9][0-9]{0,2})")
ROW_MAX_CHARS = 10
IS_SEAT_NUMBER = re.compile(SEAT_NUMBER)
SEATS = re.compile(r"([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?")


class RowSeat(NamedTuple):
    """A seat as its row names it: `number` is the whole seat number, `seat` its part in the row,
    and `place` the path of the text that it comes from."""

    row: str
    seat: int
    number: str
    place: str


def row_seats(
    source: FileSource, path: str, section: str, rows: list[str], numbering: str
) -> Iterator[RowSeat]:
    """Write out the seats of a section's rows, in order. Raises ConcertFileError."""
    for index, spec in enumerate(rows):
        place = f"{path}.rows[{index}]"
        for row, seat in _seats_of(source, place, spec):
            number = _number(numbering, section, row, seat)
            if not IS_SEAT_NUMBER.match(number):
                limit = f"1 to {SEAT_NUMBER_MAX_CHARS} visible characters without spaces"
                source.refuse(place, f"expected seat numbers of {limit}, found {shown(number)}")
            yield RowSeat(row, seat, number, place)


def require_numbering(source: FileSource, path: str, numbering: str) -> None:
    """Refuse a numbering without `{seat}`, or with braces that mean nothing."""
    if "{seat}" not in numbering or re.search(r"[{}]", PLACEHOLDER.sub("", numbering)):
        expected = "expected {seat} and, if wanted, {row} and {section} among other characters"
        source.refuse(path, f"{expected}, found {shown(numbering)}")


def _seats_of(source: FileSource, place: str, spec: str) -> Iterator[tuple[str, int]]:
    """Yield (row, seat) of a text such as `B:1-9,12-20` or, for rows that are alike, `A-D:1-20`."""
    rows, _, spans = (part.strip() for part in spec.partition(":"))
    row_match = ROWS.fullmatch(rows)
    span_matches = [SEATS.fullmatch(span.strip()) for span in spans.split(",")]
    if not (row_match or _is_row(rows)) or None in span_matches:
        expected = 'expected a row such as "A:1-20", "B:1-9,12-20" or "C-F:1-20"'
        source.refuse(place, f"{expected}, found {shown(spec)}")
    bounds = [(int(m[1]), int(m[2] or m[1])) for m in span_matches if m is not None]
    names = _row_names(row_match) if row_match else [rows]
    if not names or any(first > last for first, last in bounds):
        source.refuse(place, f"expected ranges from low to high, found {shown(spec)}")
    for name in names:
        for first, last in bounds:
            for seat in range(first, last + 1):
                yield name, seat


def _number(numbering: str, section: str, row: str, seat: int) -> str:
    # One pass, so that braces inside a section's name stay what they are.
    parts = {"{section}": section, "{row}": row, "{seat}": str(seat)}
    return PLACEHOLDER.sub(lambda match: parts[match[0]], numbering)


def _is_row(text: str) -> bool:
    """Whether this names a row: letters and digits of any script, some of which write vowels as
    marks that follow a letter."""
    kinds = [unicodedata.category(character)[0] for character in text]
    return 0 < len(text) <= ROW_MAX_CHARS and set(kinds) <= set("LNM") and kinds[0] != "M"


def _row_names(match: re.Match[str]) -> list[str]:
    if match[1]:
        return [chr(code) for code in range(ord(match[1]), ord(match[2]) + 1)]
    return [str(row) for row in range(int(match[3]), int(match[4]) + 1)]
