"""The concert file: what a good one gives, how files are read, and that the guide is true."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helpers.concerts import GOOD
from helpers.pages import ROOT
from yemae.concerts import lanes
from yemae.concerts.files import (
    blocks_table,
    concert_file,
    mark_tables,
    price_tables,
    queue_table,
)
from yemae.concerts.files.areas_table import AreaTable
from yemae.concerts.files.concert_file import (
    ConcertFileError,
    FilePerformance,
    FileSeat,
    parse,
    read,
)
from yemae.concerts.files.hall import SectionTable
from yemae.concerts.files.sales_table import SaleTable
from yemae.concerts.seat_map.areas import AreaLayout
from yemae.concerts.seat_map.layout import Layout, StageLayout

GUIDE = ROOT / "docs" / "concert-file.md"


def changed(old: str, new: str) -> str:
    """Replace the first `old` of the good file."""
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_good_file_gives_the_whole_concert() -> None:
    concert = parse(GOOD, "x.toml")
    assert (concert.id, concert.title, concert.artist, concert.venue) == (
        "one",
        "Title",
        "Artist",
        "Venue",
    )
    assert concert.sale_opens_at == datetime(2026, 1, 1, 2, tzinfo=UTC)
    assert concert.performances == (
        FilePerformance("one-1", datetime(2030, 5, 3, 11, tzinfo=UTC)),
        FilePerformance("one-2", datetime(2030, 5, 4, 11, tzinfo=UTC)),
    )
    moments = [concert.sale_opens_at, *(date.starts_at for date in concert.performances)]
    assert [moment.utcoffset() for moment in moments] == [
        timedelta(hours=9),
        timedelta(hours=9),
        timedelta(0),
    ]
    assert concert.seats == (
        FileSeat("1F-A-1", "R", 66000),
        FileSeat("1F-A-2", "R", 66000),
        FileSeat("1F-A-3", "R", 66000),
        FileSeat("1F-B-1", "R", 66000),
        FileSeat("1F-B-3", "R", 66000),
        FileSeat("2F-A-1", "S", 0),
        FileSeat("2F-B-1", "S", 0),
    )


def test_what_is_left_out_gets_the_documented_default() -> None:
    concert = parse(changed("seat_limit = 4\n", ""), "x.toml")
    assert (concert.currency, concert.seat_limit, concert.listing) == ("KRW", 4, 1000)
    assert (concert.queue.entry_ttl_s, concert.queue.absent_after_s) == (600, 45)


@pytest.mark.parametrize(
    ("numbering", "rows", "numbers"),
    [
        ("{seat}", '"A:1-2", "B:3"', ["1", "2", "3"]),
        ("{row}-{seat}", '"C-D : 9-10 , 12"', ["C-9", "C-10", "C-12", "D-9", "D-10", "D-12"]),
        ("{section}/{row}열{seat}", '"9-11:7"', ["1F/9열7", "1F/10열7", "1F/11열7"]),
        ("{seat}{row}", '"가:1"', ["1가"]),
    ],
)
def test_numbering_makes_seat_numbers_in_plan_order(
    numbering: str, rows: str, numbers: list[str]
) -> None:
    section = f'[{rows}]\nnumbering = "{numbering}"'
    seats = parse(changed('["A:1-3", "B:1,3"]', section), "x.toml").seats
    assert [seat.number for seat in seats if seat.grade == "R"] == numbers


def test_braces_in_the_name_of_a_section_are_kept() -> None:
    seats = parse(changed('"1F"', '"{row}"'), "x.toml").seats
    assert seats[0].number == "{row}-A-1"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read(path) == parse(GOOD, "x.toml")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    with pytest.raises(ConcertFileError) as caught:
        read(missing)
    assert str(caught.value) == f"{missing}: cannot be read: No such file or directory."
    with pytest.raises(ConcertFileError, match=r"cannot be read: Is a directory\.$"):
        read(tmp_path)
    with pytest.raises(ConcertFileError, match=r"cannot be read: embedded null byte\.$"):
        read(tmp_path / "a\0b")


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(changed('"Title"', '"제목"').encode("cp949"))
    with pytest.raises(ConcertFileError) as caught:
        read(path)
    assert str(caught.value) == f"{path}, line 2: this is not UTF-8 text."


def test_a_sentence_about_a_key_with_the_end_of_a_line_is_one_line() -> None:
    text = 'time_zone = "Asia/Seoul"\nid = { "\\r" = 9999-12-31T23:59:00Z }\n'
    with pytest.raises(ConcertFileError) as caught:
        parse(text, "x.toml")
    said = "x.toml, line 2: id.\\r: expected a year from 2000 to 2999, found 9999."
    assert str(caught.value) == said


def test_a_file_has_at_most_5000000_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(GOOD + "#" * (concert_file.FILE_MAX_BYTES - len(GOOD)))
    assert read(path).id == "one"
    path.write_text(GOOD + "#" * (concert_file.FILE_MAX_BYTES - len(GOOD) + 1))
    with pytest.raises(ConcertFileError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: may be at most 5000000 bytes, and is larger."


def examples(guide: Path) -> list[str]:
    """The examples of a guide: whole files, and tables that can follow the first of them."""
    text = guide.read_text(encoding="utf-8")
    return re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("guide", [GUIDE, GUIDE.with_suffix(".ko.md")], ids=lambda path: path.name)
def test_every_whole_file_in_the_guide_can_be_loaded(guide: Path) -> None:
    whole = [example for example in examples(guide) if example.startswith("id = ")]
    assert len(whole) > 1
    for example in whole:
        parse(example, "guide")


def test_the_examples_in_the_guide_are_what_the_guide_says() -> None:
    example, *others = examples(GUIDE)
    # The ends and phases of a sale, policies, the plan, parts, the poster, and what is hidden:
    # tests/docs/test_concert_file.py.
    tables = [
        other
        for other in others
        if not other.startswith("id = ")
        and "sale_ends_at" not in other
        and "[[sales]]" not in other
        and "[cancellation]" not in other
        and "hidden" not in other
        and "[stage]" not in other
        and "[[sections.parts]]" not in other
        and "poster = " not in other
    ]
    whole = parse(example + "".join(tables), "guide")
    assert whole.queue.lanes[0].name == "fanclub"
    assert [(block.name, len(block.seats)) for block in whole.blocks] == [
        ("camera", 18),
        ("press", 2),
    ]
    assert [len(mark.seats) for mark in whole.plan.marks] == [1, 1, 2]
    types = [grade.types for grade in whole.on(whole.performances[1])[1].grades]
    assert [(each.id, each.price) for each in types[0]] == [
        ("child", 40_000),
        ("disabled", 38_500),
        ("early-bird", 61_600),
    ]
    (zone,) = (other for other in others if "time_zone = " in other)
    new_york = parse(zone, "guide")
    assert new_york.sale_opens_at == datetime(2030, 1, 7, 16, tzinfo=UTC)
    assert new_york.performances[0].starts_at == datetime(2030, 5, 4, tzinfo=UTC)
    standing = whole.seats[38:]
    assert (len(standing), standing[0].number) == (2_000, "스탠딩A-1")
    assert (standing[-1].number, standing[-1].area) == ("B2000", "스탠딩 B")
    concert = parse(example, "guide")
    numbers = [seat.number for seat in concert.seats]
    assert (len(numbers), numbers[0], numbers[-1]) == (38, "1F-A-1", "1F-B-20")


@pytest.mark.parametrize(
    "table",
    [
        concert_file._File,
        SectionTable,
        price_tables.PriceTypeTable,
        price_tables.BookingFeeTable,
        mark_tables.MarkTable,
        FilePerformance,
        AreaTable,
        AreaLayout,
        queue_table.QueueTable,
        blocks_table.BlockTable,
        lanes.LaneSettings,
        Layout,
        StageLayout,
        SaleTable,
    ],
)
def test_the_guide_names_every_field(table: type[concert_file._File]) -> None:
    guide = GUIDE.read_text()
    for field in table.__struct_fields__:
        assert re.search(rf"[`.\[]{field}[`\]]", guide), field
