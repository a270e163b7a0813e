"""The examples of docs/concert-file.md are files that load."""

import re
from pathlib import Path

import pytest
from PIL import Image

from helpers.pages import read
from yemae.concerts.cancellation_policy import KR_PERFORMANCE
from yemae.concerts.files import poster_file
from yemae.concerts.files.concert_file import FileConcert, parse

PAGES = ("docs/concert-file.md", "docs/concert-file.ko.md")
BLOCK = re.compile(r"```toml\n(.+?)```", re.DOTALL)
FIRST_TABLE = re.compile(r"^\[", re.MULTILINE)
DATES = re.compile(r"^\[\[performances\]\]\n(?:.+\n)+", re.MULTILINE)


def example(page: str, having: str) -> FileConcert:
    """The shortest file of a page with the one example of it that has a text. The example's own
    dates take the place of the file's."""
    shortest, *others = BLOCK.findall(read(page))
    (shown,) = (block for block in others if having in block)
    start = FIRST_TABLE.search(shortest)
    assert start
    tables = shortest[start.start() :]
    if "[[performances]]" in shown:
        tables = DATES.sub("", tables)
    own = FIRST_TABLE.split(shown)[0]
    names = {line.partition("=")[0] for line in own.splitlines()}
    keys = "".join(
        line
        for line in shortest[: start.start()].splitlines(keepends=True)
        if line.partition("=")[0] not in names
    )
    return parse(f"{keys}{shown}\n{tables}", page)


@pytest.mark.parametrize("page", PAGES)
def test_the_sale_of_a_date_ends_as_the_page_says(page: str) -> None:
    concert = example(page, "sale_ends_before_min")
    ends = [f"{date.sale_ends_at:%m-%d %H:%M}" for date in concert.performances]
    assert ends == ["05-03 18:00", "05-03 22:00"]
    assert (concert.seat_limit, concert.seat_limit_per_concert) == (4, 6)


@pytest.mark.parametrize("page", PAGES)
def test_the_phases_of_a_sale_are_as_the_page_says(page: str) -> None:
    concert = example(page, "[[sales]]")
    presale, added = concert.sales
    assert (presale.group, presale.queueing_method, presale.seat_limit) == ("fanclub", "draw", 2)
    assert (presale.allotment, presale.allotment_percent) == (None, 40)
    assert [(lane.name, lane.codes) for lane in presale.lanes] == [("gold", ("GOLD-2030",))]
    assert [date.sales for date in concert.performances] == [
        ("my-concert", "my-concert-fanclub"),
        ("my-concert-added",),
    ]
    assert added.codes == ()


@pytest.mark.parametrize("page", PAGES)
def test_a_cancellation_policy_is_as_the_page_says(page: str) -> None:
    policy = example(page, "[[cancellation.steps]]").cancellation
    assert policy is not None
    assert [step.until_days_before for step in policy.steps] == [14, 2]
    assert [step.fee(20_000) for step in policy.steps] == [1_000, 5_000]
    assert (policy.free_within_days, policy.free_until_days_before) == (1, 14)
    assert (policy.closes_at, policy.booking_fee_back) == ("18:00", "never")
    assert example(page, 'preset = "kr-performance"').cancellation == KR_PERFORMANCE


@pytest.mark.parametrize("page", PAGES)
def test_a_concert_is_hidden_as_the_page_says(page: str) -> None:
    concert = example(page, "hidden = true")
    assert (concert.hidden, concert.archived) == (True, False)


@pytest.mark.parametrize("page", PAGES)
def test_a_section_has_its_place_on_the_plan_as_the_page_says(page: str) -> None:
    plan = example(page, "[stage]").plan
    assert plan.stage.label == "무대"
    (placed,) = (section for section in plan.sections if section.name == "1층")
    assert placed.seats == 8 * 20


@pytest.mark.parametrize("page", PAGES)
def test_seats_of_a_section_have_another_grade_as_the_page_says(page: str) -> None:
    plan = example(page, "[[sections.parts]]").plan
    pieces = [each for each in plan.sections if each.name == "2F"]
    assert [(plan.grades[each.grade].name, each.seats) for each in pieces] == [
        ("R", 60),
        ("VIP", 20),
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_poster_is_beside_its_file_as_the_page_says(page: str, tmp_path: Path) -> None:
    named = example(page, "poster = ").poster_file
    assert named == "first-snow.jpg"
    Image.new("RGB", (900, 1200)).save(tmp_path / named)
    poster = poster_file.read(tmp_path / named)
    assert (poster.width, poster.height) == (900, 1200)
