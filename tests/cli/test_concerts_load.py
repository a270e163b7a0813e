"""`yemae concerts load`: the diff, the dry run, and the question after the first sale."""

import asyncio
import os
import pty
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.command import finish, start_with, yemae
from helpers.concerts import FIRST, HALL, SMALL, TEXT
from helpers.fans import Fan
from yemae.runtime import open_runtime
from yemae.settings import Settings

DEARER = ("price = 50000", "price = 60000")
HEAD = "hall.toml: hall, performances: 2, seats in each: 10\n"
DIFF = f"{HEAD}  ~ R 50,000 → 60,000: 20 seats of hall-1, hall-2, {{sold}} sold at the old price\n"
QUESTION = (
    "yemae: Nothing was loaded, because prices, dates or openings would change after the first "
    "sale ({}): look at all changes with --dry-run, then add --yes.\n"
)


@pytest.fixture
def change(hall: Settings, hall_file: str) -> Callable[..., str]:
    """Change the file of the hall that is on sale."""
    del hall

    def changed(*changes: tuple[str, str]) -> str:
        path = Path(hall_file)
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return hall_file

    return changed


@pytest.fixture
def sold(hall: Settings) -> None:
    """A fan has bought seat 1 and another holds seat 2 of the first date."""

    async def buy() -> None:
        async with open_runtime(hall) as runtime:
            buyer, holder = Fan(runtime, "buyer"), Fan(runtime, "holder")
            await buyer.enter()
            await buyer.top_up()
            await buyer.pay((await buyer.hold("1")).id)
            await holder.enter()
            await holder.hold("2")

    asyncio.run(buy())


def price() -> int:
    """The price that new orders have."""
    (listed,) = yemae("concerts", "list", "--json").json()
    return int(listed["performances"][0]["price_from"])


def test_a_dry_run_shows_the_diff_and_writes_nothing(change: Callable[..., str]) -> None:
    path = change(DEARER)
    before = yemae("queue", "log", HALL, "--json").json()
    for _ in range(2):
        done = yemae("concerts", "load", path, "--dry-run")
        assert done == (0, DIFF.format(sold=0) + "dry run: nothing was written\n", "")
    assert price() == 50_000
    assert yemae("queue", "log", HALL, "--json").json() == before


def test_before_the_first_sale_everything_changes_without_a_question(
    change: Callable[..., str],
) -> None:
    assert yemae("concerts", "load", change(DEARER)) == (0, DIFF.format(sold=0), "")
    assert price() == 60_000


@pytest.mark.usefixtures("sold")
def test_a_dry_run_says_that_the_load_will_ask(change: Callable[..., str]) -> None:
    done = yemae("concerts", "load", change(DEARER), "--dry-run")
    asks = "dry run: nothing was written; the load will ask first\n"
    assert done == (0, DIFF.format(sold=1) + asks, "")


@pytest.mark.usefixtures("sold")
def test_after_the_first_sale_a_script_needs_a_yes(change: Callable[..., str]) -> None:
    path = change(DEARER)
    asked = yemae("concerts", "load", path)
    assert asked == (2, "", QUESTION.format("R 50,000 → 60,000"))
    assert price() == 50_000
    assert yemae("concerts", "load", path, "--yes") == (0, DIFF.format(sold=1), "")
    assert price() == 60_000
    assert yemae("concerts", "load", path) == (0, f"{HEAD}  unchanged\n", "")


@pytest.mark.usefixtures("sold")
@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "2030-01-02T10:00:00Z",
            "2030-01-02T11:00:00Z",
            "date hall-2: starts_at: 2030-01-02 10:00Z → 2030-01-02 11:00Z",
        ),
        (
            "2026-01-01T00:00:00Z",
            "2026-01-01T01:00:00Z",
            "sale_opens_at: 2026-01-01 00:00Z → 2026-01-01 01:00Z",
        ),
        (
            '[[performances]]\nid = "hall-2"\nstarts_at = 2030-01-02T10:00:00Z\n',
            "",
            "date hall-2",
        ),
        (
            "starts_at = 2030-01-02T10:00:00Z",
            "starts_at = 2030-01-02T10:00:00Z\nsale_ends_at = 2030-01-01T10:00:00Z",
            "date hall-2: sale_ends_at: none → 2030-01-01 10:00Z",
        ),
        (
            "seat_limit = 4",
            "seat_limit = 4\nsale_ends_at = 2029-01-01T00:00:00Z",
            "sale_ends_at: none → 2029-01-01 00:00Z",
        ),
        ("seat_limit = 4", "seat_limit = 4\narchived = true", "archived: false → true"),
        (
            "[[grades]]",
            "[booking_fee]\namount = 1000\n\n[[grades]]",
            "booking fee: none → 1,000 per ticket",
        ),
        (
            "[[grades]]",
            '[[price_types]]\nid = "child"\nname = "Child"\npercent_off = 50\n\n[[grades]]',
            "price type child: Child, 50 % off",
        ),
    ],
)
def test_dates_openings_ends_and_price_types_are_asked_about_too(
    change: Callable[..., str], old: str, new: str, what: str
) -> None:
    path = change((old, new))
    assert yemae("concerts", "load", path) == (2, "", QUESTION.format(what))
    assert yemae("concerts", "load", path, "--yes").code == 0


@pytest.mark.usefixtures("sold")
def test_the_opening_of_another_sale_and_its_loss_are_asked_about_but_not_a_new_one(
    change: Callable[..., str],
) -> None:
    opens = "opens_at = 2026-02-01T00:00:00Z"
    later = opens.replace("02-01", "03-01")
    sale = f'[[sales]]\nid = "hall-late"\nname = "Late"\n{opens}\n\n'
    path = change(("[[grades]]", f"{sale}[[grades]]"))
    new = "  + sale hall-late: Late, opens 2026-02-01 00:00Z\n"
    assert yemae("concerts", "load", path) == (0, f"{HEAD}{new}", "")
    change((opens, later))
    what = "sale hall-late: opens_at: 2026-02-01 00:00Z → 2026-03-01 00:00Z"
    assert yemae("concerts", "load", path) == (2, "", QUESTION.format(what))
    assert yemae("concerts", "load", path, "--yes").code == 0
    change((sale.replace(opens, later), ""))
    what = "sale hall-late: not in the file any more, so it ends"
    assert yemae("concerts", "load", path) == (2, "", QUESTION.format(what))


@pytest.mark.usefixtures("sold")
def test_what_no_fan_has_bought_by_is_not_asked_about(change: Callable[..., str]) -> None:
    path = change(('title = "Test"', 'title = "New"'), ('"A:1-10"', '"A:1-12"'))
    assert yemae("concerts", "load", path).code == 0


def typed(answer: str, *arguments: str) -> tuple[int, list[str]]:
    """A command whose input is a terminal on which `answer` is typed: its exit code and lines."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        done = finish(start_with(theirs, *arguments))
    finally:
        os.close(ours)
        os.close(theirs)
    return done.code, [line.strip() for line in done.out.split("\n") if line.strip()]


@pytest.mark.usefixtures("sold")
def test_on_a_terminal_it_asks(change: Callable[..., str]) -> None:
    path = change(DEARER)
    diff = [line.strip() for line in DIFF.format(sold=1).splitlines()]
    assert typed("n", "concerts", "load", path) == (2, diff)
    assert price() == 50_000
    assert typed("y", "concerts", "load", path) == (0, [*diff, "loaded"])
    assert price() == 60_000


def test_every_load_that_changes_a_concert_is_in_the_log(change: Callable[..., str]) -> None:
    path = change(DEARER, ("seat_limit = 4", "seat_limit = 6"))
    for _ in range(2):
        assert yemae("concerts", "load", path).code == 0
    (last,) = yemae("queue", "log", HALL, "--json").json()
    assert last["action"] == "load"
    assert last["who"].startswith("cli:")
    assert last["details"] == {
        "seat_limit": {"from": 4, "to": 6},
        "changes": [
            "~ seat_limit: 4 → 6",
            "~ R 50,000 → 60,000: 20 seats of hall-1, hall-2, 0 sold at the old price",
        ],
    }
    assert "~ seat_limit: 4 → 6 ~ R 50,000 → 60,000" in yemae("queue", "log", HALL).out


@pytest.mark.usefixtures("named_stores")
def test_a_concert_a_sale_or_a_date_that_is_in_two_files_of_a_load_is_refused(
    hall_file: str, tmp_path: Path
) -> None:
    twin = tmp_path / "twin.toml"
    twin.write_text(TEXT.format(**SMALL), encoding="utf-8")
    said = "yemae: twin.toml: concert hall is in hall.toml too.\n"
    assert yemae("concerts", "load", hall_file, str(twin)) == (2, "", said)
    other = TEXT.format(**SMALL).replace('id = "hall"', 'id = "twin"', 1)
    twin.write_text(other, "utf-8")
    said = f"yemae: twin.toml: performance {FIRST} is in hall.toml too.\n"
    assert yemae("concerts", "load", hall_file, str(twin)) == (2, "", said)
    sale = '[[sales]]\nid = "hall"\nname = "Late"\nopens_at = 2026-02-01T00:00:00Z\n\n[[grades]]'
    twin.write_text(other.replace("[[grades]]", sale), "utf-8")
    said = "yemae: twin.toml: sale hall is in hall.toml too.\n"
    assert yemae("concerts", "load", hall_file, str(twin)) == (2, "", said)
