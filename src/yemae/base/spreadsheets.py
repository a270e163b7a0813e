"""Tables as files for spreadsheets: CSV, and XLSX.

No cell is ever a formula: titles and names come from files and fans, and a text such as `=1+1`
would be computed where the table is opened. In CSV such a text has an apostrophe in front; in XLSX
it is a cell of text. CSV begins with a byte order mark, without which Excel takes UTF-8 for the
system's own encoding. Amounts are in whole units of their currency, times are the venue's.
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from yemae.values import money
from yemae.values.instants import wall_clock
from yemae.values.text import printable

# What a spreadsheet takes for the beginning of a formula, also in the wide forms of East Asia.
FORMULA = re.compile("[=+\\-@\\t\\r\\n＝＋－＠]")
SHEET_NAME_MAX_CHARS = 31
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")


class Amount(NamedTuple):
    """Money, in the currency's minor unit."""

    minor: int
    currency: str

    @property
    def digits(self) -> int:
        """How many digits stand after the point."""
        return money.DIGITS[self.currency]

    def in_units(self) -> Decimal:
        """In whole units, with all digits that the currency has."""
        return Decimal(self.minor).scaleb(-self.digits)


Cell = str | int | Amount | datetime | None


class Sheet(NamedTuple):
    """A table with a heading for each column. Times are on the clocks that they are shown on."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(sheet: Sheet) -> bytes:
    """The table as a CSV file."""
    written = io.StringIO(newline="")
    # Texts are quoted, so that none is taken apart where the separator is another one.
    lines = csv.writer(written, quoting=csv.QUOTE_NONNUMERIC)
    lines.writerow([_text(heading) for heading in sheet.headings])
    lines.writerows([_in_csv(cell) for cell in row] for row in sheet.rows)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(*sheets: Sheet, made_at: datetime | None = None) -> bytes:
    """The tables as a workbook, one sheet each. With a time to say it was made at, equal tables are
    equal bytes; its titles differ as sheets' names do."""
    # Only here: little else needs it.
    import xlsxwriter  # noqa: PLC0415

    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        if made_at is not None:
            book.set_properties({"created": made_at})
        heading = book.add_format({"bold": True, "bottom": 1})
        formats = _Formats(book)
        for sheet in sheets:
            page = book.add_worksheet(_sheet_name(sheet.title))
            for column, text in enumerate(sheet.headings):
                page.write_string(0, column, printable(text), heading)
            for line, row in enumerate(sheet.rows, 1):
                for column, cell in enumerate(row):
                    _write(page, line, column, cell, formats)
            page.freeze_panes(1, 0)
            page.autofit()
    return written.getvalue()


class _Formats:
    """How cells are shown."""

    def __init__(self, book: Any) -> None:
        self.text = book.add_format({"quote_prefix": True})
        self.minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.number = book.add_format({"num_format": "#,##0"})
        self.money = [self.number] + [
            book.add_format({"num_format": "#,##0." + "0" * digits})
            for digits in range(1, money.DIGITS_MAX + 1)
        ]


def _write(page: Any, line: int, column: int, cell: Cell, formats: _Formats) -> None:
    match cell:
        case Amount():
            page.write_number(line, column, float(cell.in_units()), formats.money[cell.digits])
        case int():
            page.write_number(line, column, cell, formats.number)
        case datetime():
            page.write_datetime(line, column, cell.replace(tzinfo=None), formats.minute)
        case str():
            page.write_string(line, column, printable(cell), formats.text)


def _in_csv(cell: Cell) -> str | int | Decimal:
    match cell:
        case None:
            return ""
        case Amount():
            return cell.in_units()
        case datetime():
            return wall_clock(cell)
        case str():
            return _text(cell)
    return cell


def _text(text: str) -> str:
    shown = printable(text)
    return f"'{shown}" if FORMULA.match(shown) else shown


def _sheet_name(title: str) -> str:
    return NOT_IN_SHEET_NAMES.sub(" ", printable(title))[:SHEET_NAME_MAX_CHARS].strip()
