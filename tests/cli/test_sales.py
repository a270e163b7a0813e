"""`yemae sales`: the table, the files and the JSON."""

import asyncio
import csv
import io
import re
import signal
from pathlib import Path

import pytest

from helpers.blocks import block
from helpers.command import Done, finish, start, yemae
from helpers.concerts import SMALL, TEXT
from helpers.fans import Fan
from helpers.terminal import on_a_terminal
from helpers.time_travel import travel
from races.interleaving import execute
from yemae.runtime import open_runtime
from yemae.settings import Settings

MORE = """
[[price_types]]
id = "child"
name = "=어린이"
name_en = "=Child"
percent_off = 50
"""


async def _sell(settings: Settings) -> None:
    async with open_runtime(settings) as runtime:
        fan, other = Fan(runtime, "fan"), Fan(runtime, "other")
        await fan.top_up()
        await other.top_up()
        await fan.hold("1", "2", price_types=("child", None))
        await fan.pay()
        await fan.hold("3")
        await block(runtime, "4", "5")
        travel(runtime, 120)
        await other.hold("6")
        await other.pay()


@pytest.fixture
def sold(named_stores: Settings, hall_file: str) -> Settings:
    """Three seats sold, one of them with a price type whose name begins a formula."""
    text = 'time_zone = "Asia/Seoul"\n' + TEXT.format(**SMALL) + MORE
    Path(hall_file).write_text(text, encoding="utf-8")
    assert yemae("concerts", "load", hall_file).code == 0
    asyncio.run(_sell(named_stores))
    return named_stores


def sales(*arguments: str) -> Done:
    """Run the command on the hall."""
    return yemae("sales", "hall", *arguments)


def read(path: Path) -> list[list[str]]:
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.mark.usefixtures("sold")
def test_the_table_has_a_line_for_each_price_type_and_a_total() -> None:
    done = sales()
    assert (done.code, done.err) == (0, "")
    heading, *rows = done.out.splitlines()
    assert "Starts (Asia/Seoul)" in heading
    assert "Revenue (KRW)" in heading
    full, child, total = (" ".join(row.split()) for row in (*rows[:2], rows[-1]))
    assert full.startswith("hall-1 2030-01-01 19:00 R queue Full price ")
    assert full.endswith(" 2 0 1 2 4 100,000 0 0 0 100,000")
    assert child.endswith(" R queue =Child 1 0 0 0 0 25,000 0 0 0 25,000")
    assert total == "Total 3 0 1 2 14 125,000 0 0 0 125,000"


@pytest.mark.usefixtures("sold")
def test_files_have_the_same_rows_in_either_language(tmp_path: Path) -> None:
    as_csv, as_xlsx = tmp_path / "sales.csv", tmp_path / "sales.xlsx"
    done = sales("--csv", str(as_csv), "--xlsx", str(as_xlsx), "--language", "ko")
    assert done == (0, f"{as_csv} written\n{as_xlsx} written\n", "")
    heading, full, child, *_, total = read(as_csv)
    assert heading[:5] == ["회차", "시작 (Asia/Seoul)", "등급", "판매 경로", "권종"]
    assert full[:6] == ["hall-1", "2030-01-01 19:00", "R", "온라인", "정가", "2"]
    assert child[4:6] == ["'=어린이", "1"]
    assert " ".join(total) == "합계     3 0 1 2 14 125000 0 0 0 125000"
    assert as_xlsx.read_bytes().startswith(b"PK")
    assert sales("--csv", str(as_csv)).code == 0
    heading, full, child, *_ = read(as_csv)
    assert (heading[0], full[4], child[4]) == ("Performance", "Full price", "'=Child")


@pytest.mark.usefixtures("sold")
def test_minutes_are_in_the_venues_time(tmp_path: Path) -> None:
    path = tmp_path / "minutes.csv"
    assert sales("--per-minute", "--csv", str(path)).code == 0
    heading, first, second, total = read(path)
    assert heading == [
        "Minute (Asia/Seoul)",
        "Orders",
        "Seats",
        "Charged (KRW)",
        "Cancelled",
        "Refunded (KRW)",
    ]
    assert (first[1:], second[1:]) == (["1", "2", "75000", "0", "0"], ["1", "1", "50000", "0", "0"])
    assert total == ["Total", "2", "3", "125000", "0", "0"]
    minutes = sales("--per-minute", "--json").json()
    local = minutes["minutes"][0]["minute_local"]
    assert local.replace("T", " ").startswith(first[0])
    assert local.endswith(":00.000+09:00")
    assert minutes["next_since"] is None
    assert "Charged (KRW)" in sales("--per-minute").out


@pytest.mark.usefixtures("sold")
def test_json_is_what_the_api_answers() -> None:
    found = sales("--json").json()
    assert found["total"]["net"] == 125_000
    assert [line["price_type"] and line["price_type"]["id"] for line in found["lines"]] == [
        None,
        "child",
        None,
    ]


def test_methods_show_what_came_in_and_end_with_1_when_it_is_not_what_was_sold(
    sold: Settings, tmp_path: Path
) -> None:
    done = sales("--methods")
    assert (done.code, done.err) == (0, "")
    heading, wallet, *rest = (" ".join(row.split()) for row in done.out.splitlines())
    assert "Came in (KRW)" in heading
    assert wallet == "wallet 2 125,000 0 0 0 0 125,000"
    assert [row for row in rest if not row.endswith(" 0")] == [
        "Total 2 125,000 0 0 0 0 125,000",
        "Sold now 125,000",
    ]
    assert rest[-1] == "Difference 0"
    path = tmp_path / "methods.csv"
    assert sales("--methods", "--csv", str(path), "--language", "ko").code == 0
    _, first, *_, last = read(path)
    assert (first[1], last[0], last[-1]) == ("잔액", "차액", "0")
    assert sales("--methods", "--json").json()["sold"] == 125_000
    done = sales("--methods", "--per-minute")
    assert (
        done.err == "yemae: --per-minute, --methods and --payments are tables each: ask for one.\n"
    )
    asyncio.run(execute(sold.stores.database_url, "update orders set total = total + 1"))
    done = sales("--methods")
    assert done.code == 1
    assert " ".join(done.out.splitlines()[-1].split()) == "Difference -2"


@pytest.mark.usefixtures("sold")
def test_payments_are_listed_by_time_without_their_fans(tmp_path: Path) -> None:
    path = tmp_path / "payments.csv"
    assert sales("--payments", "--csv", str(path)).code == 0
    heading, first, second = read(path)
    assert heading[0] == "Paid at (Asia/Seoul)"
    assert (first[4:10], second[5]) == (["paid", "2", "", "wallet", "", "75000"], "1")
    one, other = sales("--payments", "--json").json()
    assert (one["charged"], one["booking_number"], other["seats"]) == (75_000, first[1], 1)


@pytest.mark.usefixtures("hall")
def test_what_cannot_be_shown_is_one_sentence() -> None:
    assert yemae("sales", "another").err == "yemae: There is no concert with this id.\n"
    done = sales("--csv", "/dev/null/sales.csv")
    assert (done.code, done.out) == (2, "")
    assert done.err == "yemae: /dev/null/sales.csv cannot be written: Not a directory.\n"
    rows = sales("--per-minute").out.splitlines()
    assert rows[1].split() == ["Total", "0", "0", "0", "0", "0"]


@pytest.mark.usefixtures("sold")
def test_the_watched_table_says_how_old_its_figures_are_and_ends_with_ctrl_c() -> None:
    code, said = on_a_terminal("sales", "hall", "--watch", until=rb"hall, [1-4] s old")
    assert code == 130
    assert re.search(rb"Total.*125,000", said)
    assert b"Traceback" not in said
    _, said = on_a_terminal("sales", "hall", "--watch", until=rb"hall, 1 s old", lines=6)
    assert b"Total" in said


@pytest.mark.usefixtures("sold")
def test_watching_writes_lines_where_no_terminal_is_and_goes_with_no_other_option() -> None:
    process = start("sales", "hall", "--watch")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert re.search(r"Z hall sold=3 held=1 blocked=2 free=\d+ revenue=[\d,]+ refunds=0 net=", line)
    process.send_signal(signal.SIGINT)
    assert finish(process).code == 130
    done = sales("--watch", "--json")
    assert done.code == 2
    assert done.err == "yemae: --watch shows the table on the screen, without another option.\n"
