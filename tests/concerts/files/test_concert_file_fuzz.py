"""Files with a wrong value in any place: each is refused with one sentence, or loads and draws."""

import math
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from helpers.command import yemae
from helpers.concerts import GOOD, SMALL, TEXT
from helpers.pages import ROOT
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert, parse
from yemae.concerts.files.import_files import compare_files, load_files
from yemae.concerts.files.writing import LoadResult
from yemae.concerts.seat_map import plan_svg
from yemae.rehearsal.own_file import toml
from yemae.settings import Settings

# With every table of the format: a sale, an area, a block, a price type, a fee, a mark.
SMALL_TEXT = (
    TEXT.format(**SMALL)
    + """
sales = ["general", "hall-presale"]
sale_ends_at = 2030-01-02T09:00:00Z
prices = { R = 60000 }

[booking_fee]
amount = 1000
per = "order"

[[price_types]]
id = "child"
name = "어린이"
percent_off = 50
grades = ["R"]

[[sections.parts]]
grade = "R"
rows = ["A:9-10"]

[[areas]]
name = "Pit"
grade = "R"
capacity = 5

[[blocks]]
name = "press"
reason = "press"
seats = ["1"]

[[marks]]
mark = "wheelchair"
seats = ["10"]

[[sales]]
id = "hall-presale"
name = "Presale"
opens_at = 2025-12-28T20:00:00Z
ends_at = 2025-12-29T20:00:00Z
codes = ["STAR-1"]
"""
)
BASES = [GOOD, SMALL_TEXT, (ROOT / "examples" / "theatre.toml").read_text("utf-8")]
ODD_TEXTS = (
    "", " ", "A:1-20", "A-Z:1-99999", "A:1-3,2-5", "9:9-1", ":", "{seat}", "{row}{row}", "{", "🎻",
    "가" * 61, "\u202e", "\ufeff", "e\u0301", "\u1100\u1161", "2030-05-03T20:00:00+09:00", "KRW",
    "XXX", "-", "a" * 5_000,
)  # fmt: skip
ODD_NUMBERS = (0, -1, 1, 2**31, 2**63 - 1, -(2**63), 0.5, 1e308, -1e308, math.inf, math.nan)
ODD_TIMES = (
    datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    datetime(2030, 5, 3, 20),  # noqa: DTZ001 - the format refuses it
    date(2030, 5, 3), time(20, 0),
)  # fmt: skip
LEAVES = st.sampled_from([*ODD_TEXTS, *ODD_NUMBERS, *ODD_TIMES, True, False]) | st.text(max_size=6)
VALUES = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(st.text(max_size=4), LEAVES)

# A way to a place in a file: names of fields and numbers of elements.
Way = tuple[str | int, ...]


def ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """Every place of a file, tables and arrays too."""
    if way:
        yield way
    if isinstance(value, dict):
        for name, each in value.items():
            yield from ways(each, (*way, name))
    elif isinstance(value, list):
        for number, each in enumerate(value[:3]):
            yield from ways(each, (*way, number))


def changed(value: Any, way: Way, new: Any, *, drops: bool) -> Any:
    """A copy with another value at one place, or without it."""
    (step, *rest) = way
    copy = value.copy()
    if rest:
        copy[step] = changed(value[step], tuple(rest), new, drops=drops)
    elif drops:
        del copy[step]
    else:
        copy[step] = new
    return copy


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good file with one to three wrong values."""
    data = tomllib.loads(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 3))):
        places = list(ways(data))
        if not places:
            break
        way = draw(st.sampled_from(places))
        data = changed(data, way, draw(VALUES), drops=draw(st.integers(0, 4)) == 0)
    return toml(data)


def read(text: str) -> FileConcert | None:
    """The concert of a file, or None for one that is refused with a sentence."""
    try:
        return parse(text, "x.toml")
    except ConcertFileError as refused:
        said = str(refused)
    assert said.startswith("x.toml")
    assert said.endswith(".")
    assert len(said.splitlines()) == 1
    assert len(said) < 1_000
    return None


@given(damaged())
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_wrong_value_in_any_place_is_a_sentence_or_a_plan_that_is_drawn(text: str) -> None:
    concert = read(text)
    if concert is not None:
        assert plan_svg.draw(concert.plan, concert.title, concert.currency).endswith("</svg>\n")


def outcome(work: Callable[[], list[LoadResult]]) -> list[LoadResult] | str:
    """What a load or a dry run says, or its refusal."""
    try:
        return work()
    except ConcertFileError as refused:
        return str(refused)


@given(st.data())
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_the_file_lets_through_is_loaded(
    settings: Settings, tmp_path: Path, data: st.DataObject
) -> None:
    """Into the database itself, after a dry run that says the same."""
    table = tomllib.loads(SMALL_TEXT)
    way = data.draw(st.sampled_from(list(ways(table))))
    path = tmp_path / "any.toml"
    path.write_text(toml(changed(table, way, data.draw(VALUES), drops=False)), encoding="utf-8")
    compared = outcome(lambda: compare_files(settings, [path]))
    assert outcome(lambda: load_files(settings, [path])) == compared
    if not isinstance(compared, str):
        (unchanged,) = load_files(settings, [path])
        assert unchanged.changes == []


@given(content=st.binary(max_size=60), at=st.integers(0, len(GOOD)))
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_command_never_ends_with_a_traceback(tmp_path: Path, content: bytes, at: int) -> None:
    path = tmp_path / "any.toml"
    good = GOOD.encode()
    path.write_bytes(good[:at] + content + good[at + len(content) :])
    done = yemae("concerts", "plan", str(path))
    assert done.code in {0, 2}
    assert len(done.err.splitlines()) == (1 if done.code else 0)
