"""CSV and XLSX files: what a spreadsheet shows of them, and that it computes nothing."""

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from yemae.base.spreadsheets import Amount, Cell, Sheet, as_csv, as_xlsx
from yemae.cli.failures import InputError
from yemae.cli.files import write_file

SEOUL = ZoneInfo("Asia/Seoul")
AT = datetime(2026, 11, 22, 11, 4, tzinfo=UTC).astimezone(SEOUL)
# The texts of OWASP's list, and how Excel and LibreOffice read more of them.
FORMULAS = [
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＠x",
]


def sheet(*rows: list[Cell]) -> Sheet:
    """A table of one heading for each cell of its first row."""
    return Sheet("Sales", [f"H{place}" for place, _ in enumerate(rows[0])], rows)


def parts(content: bytes) -> dict[str, str]:
    """The XML of a workbook, by the name of the part."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_a_csv_begins_with_a_byte_order_mark_and_quotes_texts_but_no_numbers() -> None:
    row: list[Cell] = ["콘서트", 12, Amount(66_000, "KRW"), Amount(-12_345, "USD"), AT, None]
    assert as_csv(sheet(row)) == (
        b"\xef\xbb\xbf"
        + (
            '"H0","H1","H2","H3","H4","H5"\r\n"콘서트",12,66000,-123.45,"2026-11-22 20:04",""\r\n'
        ).encode()
    )


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_in_csv(text: str) -> None:
    written = as_csv(Sheet(text, [text], [[text]])).decode("utf-8-sig")
    heading, cell = written.splitlines()
    assert heading == cell
    first = cell.removeprefix('"')[0]
    # What moves the cursor is written out, so that such a text begins with a backslash.
    assert first == ("\\" if text[0] in "\t\r\n" else "'")


def test_a_separator_or_a_quote_in_a_text_makes_no_cell() -> None:
    assert '"a;=1"' in as_csv(sheet(["a;=1"])).decode()
    assert '"a"",=1"' in as_csv(sheet(['a",=1'])).decode()


@pytest.mark.parametrize("text", [*FORMULAS, "https://example.com", "{=1}", "123"])
def test_every_text_is_a_text_in_xlsx(text: str) -> None:
    page = parts(as_xlsx(sheet([text])))["xl/worksheets/sheet1.xml"]
    assert "<f>" not in page
    assert "hyperlink" not in page
    assert re.search(r'<c r="A2" s="\d+" t="s">', page)


def test_numbers_amounts_and_times_are_such_in_xlsx() -> None:
    row: list[Cell] = ["콘서트", 12, Amount(66_000, "KRW"), Amount(12_345, "USD"), AT, None]
    found = parts(as_xlsx(sheet(row)))
    page = found["xl/worksheets/sheet1.xml"]
    for cell, value in (("B2", "12"), ("C2", "66000"), ("D2", "123.45")):
        assert re.search(rf'<c r="{cell}" s="\d+"><v>{value}</v>', page), cell
    # 20:04 on the venue's clocks, as days since 1900.
    assert re.search(r'<c r="E2" s="\d+"><v>46348\.836', page)
    assert '"F2"' not in page
    assert "콘서트" in found["xl/sharedStrings.xml"]
    assert "#,##0.00" in found["xl/styles.xml"]


def test_a_workbook_has_a_name_that_excel_takes() -> None:
    book = parts(as_xlsx(Sheet("[a]:*?/\\'" + 40 * "x", ["H"], [])))["xl/workbook.xml"]
    assert re.search(r'<sheet name="a[ x]{1,30}"', book)


def test_a_file_is_written_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    write_file(path, b"one")
    write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(InputError, match=r"none/sales\.csv cannot be written: No such file"):
        write_file(tmp_path / "none" / "sales.csv", b"x")
    with pytest.raises(InputError, match="cannot be written: Is a directory"):
        write_file(tmp_path, b"x")
    assert list(tmp_path.iterdir()) == [path]
