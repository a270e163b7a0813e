"""The copy of an operator's file for a rehearsal: shifted, and otherwise the same."""

import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.concerts import GOOD, SMALL, TEXT
from helpers.pages import ROOT
from yemae.cli.rehearse_place import own_file
from yemae.concerts.files.concert_file import FileConcert, parse
from yemae.rehearsal.own_file import FanLane, OwnFile, lane_of, shifted, toml

NOW = datetime(2026, 11, 28, 18, 0, 0, tzinfo=UTC)


def own(text: str, early_s: float = 20.0, **options: Any) -> tuple[OwnFile, FileConcert]:
    concert = parse(text, "mine.toml")
    return own_file(text, concert, early_s=early_s, **options), concert


def copy_of(wanted: OwnFile) -> FileConcert:
    return parse(shifted(wanted, NOW), "copy.toml")


EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))


@pytest.mark.parametrize("text", [GOOD, *(path.read_text("utf-8") for path in EXAMPLES)])
def test_a_copy_opens_when_it_is_wanted_and_keeps_everything_else(text: str) -> None:
    mine, concert = own(text)
    copy = copy_of(mine)
    by = NOW + timedelta(seconds=20) - concert.sale_opens_at
    assert copy.sale_opens_at == NOW + timedelta(seconds=20)
    assert [date.starts_at for date in copy.performances] == [
        date.starts_at + by for date in concert.performances
    ]
    same = msgspec.structs.replace(
        copy,
        sale_opens_at=concert.sale_opens_at,
        prequeue_opens_at=concert.prequeue_opens_at,
        performances=concert.performances,
        details=concert.details,
        poster_file=concert.poster_file,
        tables=concert.tables,
        queue=msgspec.structs.replace(
            copy.queue,
            joins_per_address_per_minute=concert.queue.joins_per_address_per_minute,
        ),
    )
    assert same == concert
    assert copy.queue.joins_per_address_per_minute == 0


def test_what_is_hidden_or_archived_is_sold_in_a_rehearsal() -> None:
    text = f"hidden = true\narchived = true\n{TEXT.format(**SMALL)}"
    mine, concert = own(text)
    copy = copy_of(mine)
    assert (concert.hidden, concert.archived) == (True, True)
    assert (copy.hidden, copy.archived) == (False, False)


@pytest.mark.parametrize("early_s", [0.0, 20.0])
def test_joining_has_begun_when_the_first_fans_come(early_s: float) -> None:
    opens = "sale_opens_at = 2026-01-01T00:00:00Z"
    text = TEXT.format(**SMALL).replace(opens, f"{opens}\nprequeue_opens_at = 2025-12-31T00:00:00Z")
    copy = copy_of(own(text, early_s)[0])
    assert copy.prequeue_opens_at == NOW - timedelta(seconds=1)
    assert copy.prequeue_opens_at < copy.sale_opens_at


def test_the_limits_to_try_replace_those_of_the_file() -> None:
    mine, _ = own(TEXT.format(**SMALL), active_limit=7, admit_per_minute=77)
    queue = copy_of(mine).queue
    assert (queue.active_limit, queue.admit_per_minute) == (7, 77)


def test_fans_of_a_lane_have_a_code_or_else_its_group() -> None:
    lanes = (
        '[[queue.lanes]]\nname = "a"\nshare = 30\ncodes = ["CODE-1"]\ngroup = "club"\n'
        '[[queue.lanes]]\nname = "b"\nshare = 30\ngroup = "press"\n\n[[grades]]'
    )
    text = TEXT.format(**SMALL).replace("[[grades]]", lanes, 1)
    found = own(text, lane=["a=0.3", "b=0.2"])[0].lanes
    assert found == (FanLane(0.3, ("CODE-1",), ""), FanLane(0.2, (), "press"))
    assert [lane_of(found, lot) for lot in (0.1, 0.4, 0.6, 0.9)] == [*found, None, None]


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_written_as_toml_is_read_again(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml(table)) == table
