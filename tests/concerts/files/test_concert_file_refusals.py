"""What a concert file is refused for, in which words, and with which line."""

import re

import pytest

from helpers.concert_files import changed, refusal
from helpers.concerts import GOOD

OFFSET = "expected a date and time with an offset such as +09:00"
NUMBERS = "expected seat numbers of 1 to 20 visible characters without spaces"
ROW = 'expected a row such as "A:1-20", "B:1-9,12-20" or "C-F:1-20"'
SLUG = "expected a text of 1 to 63 characters a-z, 0-9 and -, the first one not -"
TEXT = "expected a text of one line that is not blank and has no control characters"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # The concert's own fields.
        ('"one"', '"One"', f", line 1: id: {SLUG}, found 'One'."),
        ('"one"', '"-one"', f", line 1: id: {SLUG}, found '-one'."),
        ('"one"', '"one\\n"', f", line 1: id: {SLUG}, found 'one\\n'."),
        ('"one"', '""', f", line 1: id: {SLUG}, found ''."),
        ('"one"', f'"{"a" * 64}"', f", line 1: id: {SLUG}, found '{'a' * 60}'…."),
        ('id = "one"\n', "", ": id: this required field is missing."),
        ('"Title"', "{}", ", line 2: title: expected a text, found a table."),
        ('id = "one"', "id = 5", ", line 1: id: expected a text, found 5."),
        ('"Title"', '""', ", line 2: title: expected a text whose length is at least 1, found ''."),
        (
            '"Venue"',
            f'"{"v" * 201}"',
            f", line 4: venue: expected a text whose length is at most 200, found '{'v' * 60}'….",
        ),
        ('"Title"', '" \\t"', f", line 2: title: {TEXT}, found ' \\t'."),
        ('"Artist"', '"a\\u0000b"', f", line 3: artist: {TEXT}, found 'a\\x00b'."),
        ('"one"', '"one"\ncolour = 1', ", line 2: colour: this is not a field of the format."),
        (
            '"one"',
            '"one"\ncurrency = "krw"',
            ", line 2: currency: expected a text of three capital letters such as KRW, "
            "found 'krw'.",
        ),
        ("+09:00", "", f", line 5: sale_opens_at: {OFFSET}, found 2026-01-01 11:00:00."),
        ("T11:00:00+09:00", "", f", line 5: sale_opens_at: {OFFSET}, found 2026-01-01."),
        (
            "2026-01-01T11:00:00+09:00",
            '"2026-01-01T11:00:00+09:00"',
            f", line 5: sale_opens_at: {OFFSET}, without quotes, "
            "found '2026-01-01T11:00:00+09:00'.",
        ),
        (
            "2026-01-01",
            "0001-01-01",
            ", line 5: sale_opens_at: expected a year from 2000 to 2999, found 1.",
        ),
        (
            "limit = 4",
            "limit = 0",
            ", line 6: seat_limit: expected an integer of at least 1, found 0.",
        ),
        (
            "limit = 4",
            "limit = 21",
            ", line 6: seat_limit: expected an integer of at most 20, found 21.",
        ),
        ("limit = 4", "limit = true", ", line 6: seat_limit: expected an integer, found true."),
        ("limit = 4", "limit = 4.0", ", line 6: seat_limit: expected an integer, found 4.0."),
        (
            "limit = 4",
            f"limit = 0x1{'0' * 5000}",
            ", line 6: seat_limit: expected an integer of at most 20, found a huge number.",
        ),
        (
            "seat_limit = 4",
            "listing = -1",
            ", line 6: listing: expected an integer of at least 0, found -1.",
        ),
        # The waiting room.
        (
            "limit = 100",
            "limit = 1_000_001",
            ", line 9: queue.active_limit: expected an integer of at most 1000000, found 1000001.",
        ),
        (
            "active_limit = 100\n",
            "",
            ", line 8: queue.active_limit: this required field is missing.",
        ),
        (
            "= 300",
            "= 300\nentry_ttl_s = 29",
            ", line 11: queue.entry_ttl_s: expected an integer of at least 30, found 29.",
        ),
        (
            "= 300",
            "= 300\nabsent_after_s = 3601",
            ", line 11: queue.absent_after_s: expected an integer of at most 3600, found 3601.",
        ),
        (
            "= 300",
            "= 300\nentry_ttl = 60",
            ", line 11: queue.entry_ttl: this is not a field of the format.",
        ),
        ("[queue]", "[[queue]]", ", line 8: queue: expected [queue], found [[queue]]."),
        # Grades.
        (
            "66000",
            "-1",
            ", line 14: grades[0].price: expected an integer of at least 0, found -1.",
        ),
        (
            "66000",
            "100000001",
            ", line 14: grades[0].price: expected a price of at most 100,000,000 KRW, "
            "found 100,000,001 KRW.",
        ),
        (
            '"S"',
            '"R"',
            ", line 17: grades[1].name: expected each grade once, found 'R' again, "
            "first at grades[0].name.",
        ),
        (
            'grade = "S"',
            'grade = "VIP"',
            ", line 27: sections[1].grade: expected one of the grades, found 'VIP'.",
        ),
        # Seats.
        (
            '"B:1,3"',
            '"B:1,3", "A:3"',
            ", line 23: sections[0].rows[2]: expected each seat once, found '1F-A-3' again, "
            "first at sections[0].rows[0].",
        ),
        (
            '"B:1,3"',
            '"B:1-3,2"',
            ", line 23: sections[0].rows[1]: expected each seat once, found '1F-B-2' again, "
            "first at sections[0].rows[1].",
        ),
        (
            '"A-B:1"',
            '"A-B:1-9-2"',
            f", line 28: sections[1].rows[0]: {ROW}, found 'A-B:1-9-2'.",
        ),
        (
            '"B:1,3"',
            '"B:3-1"',
            ", line 23: sections[0].rows[1]: expected ranges from low to high, found 'B:3-1'.",
        ),
        (
            '"B:1,3"',
            '"9-2:1"',
            ", line 23: sections[0].rows[1]: expected ranges from low to high, found '9-2:1'.",
        ),
        ('"B:1,3"', "7", ", line 23: sections[0].rows[1]: expected a text, found 7."),
        (
            '"1F"',
            '"1 F"',
            f", line 23: sections[0].rows[0]: {NUMBERS}, found '1 F-A-1'.",
        ),
        (
            '"1F"',
            f'"{"F" * 17}"',
            f", line 23: sections[0].rows[0]: {NUMBERS}, found '{'F' * 17}-A-1'.",
        ),
        (
            "seat_limit = 4",
            'numbering = "{row}"',
            ", line 6: numbering: expected {seat} and, if wanted, {row} and {section} among "
            "other characters, found '{row}'.",
        ),
        (
            'grade = "R"',
            'grade = "R"\nnumbering = "{seat.__class__}{seat}"',
            ", line 23: sections[0].numbering: expected {seat} and, if wanted, {row} and "
            "{section} among other characters, found '{seat.__class__}{seat}'.",
        ),
        # Performances.
        (
            '"one-2"',
            '"one-1"',
            ", line 37: performances[1].id: expected each performance id once, found 'one-1' "
            "again, first at performances[0].id.",
        ),
        (
            "2030-05-04T11:00:00Z",
            "2030-05-03T11:00:00Z",
            ", line 38: performances[1].starts_at: expected each start once, found "
            "2030-05-03 11:00:00+00:00 again, first at performances[0].starts_at.",
        ),
        (
            "2030-05-04T11:00:00Z",
            "2030-05-04T11:00:00",
            f", line 38: performances[1].starts_at: {OFFSET}, found 2030-05-04 11:00:00.",
        ),
        (
            "2030-05-04T11:00:00Z",
            "2030-05-04T11:00:00Z\nsale_ends_at = 2030-05-04T11:00:01Z",
            ", line 39: performances[1].sale_ends_at: expected a time not after starts_at, found "
            "2030-05-04 11:00:01+00:00.",
        ),
        # TOML itself.
        ('"Title"', '"Title', ", line 2: this is not TOML: Illegal character '\\n' at column 15."),
        ("Z\n", "Z\n[[grades]", ", line 39: this is not TOML: Expected ']]' at the end of an "),
    ],
)
def test_a_wrong_file_is_refused_with_its_place_and_the_limit(
    old: str, new: str, message: str
) -> None:
    assert refusal(changed(old, new)).startswith(message)


ODD_ROWS = (
    "|A|A:|:1|A:1,|A:0|A:01|A:-1|A:1-|A:1:2|A:١|A:100000|a-c:1|A-CC:1|A B:1|A_B:1|"
    "AAAAAAAAAAA:1|1-1000:1|A\\u0000:1"
)


@pytest.mark.parametrize("row", ODD_ROWS.split("|"))
def test_a_row_that_cannot_be_read_is_refused(row: str) -> None:
    text = changed('"B:1,3"', f'"{row}"')
    assert refusal(text).startswith(f", line 23: sections[0].rows[1]: {ROW}, found ")


def test_a_plan_without_seats_is_refused() -> None:
    sections = re.compile(r"\[\[sections\]\].*?(?=\[\[performances)", re.DOTALL)
    message = "sections: expected at least one seat, found none."
    assert refusal(sections.sub("", GOOD)) == f": {message}"
    empty = re.sub(r"rows = \[.*?\n(?=\n)", "rows = []\n", GOOD, flags=re.DOTALL)
    assert refusal(empty) == f", line 20: {message}"


def test_a_concert_without_performances_is_refused() -> None:
    text = GOOD[: GOOD.index("[[performances]]")]
    assert refusal(text) == ": performances: expected at least one performance, found none."
