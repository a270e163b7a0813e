"""Concert files as documents, and back: the same values, without comments and presale codes."""

import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.concerts import GOOD
from helpers.pages import ROOT
from yemae.concerts.files import documents, toml_text
from yemae.concerts.files.concert_file import parse
from yemae.concerts.files.file_source import ConcertFileError

EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))

scalars = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.datetimes(timezones=st.just(UTC))
    | st.dates()
)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(names, scalars | st.lists(scalars), max_size=5))
def test_what_is_written_reads_back(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text.write(table)) == table


@given(st.dictionaries(names, st.lists(st.dictionaries(names, scalars), max_size=3), max_size=3))
def test_tables_of_tables_read_back(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text.write({"inside": table, "beside": [table]})) == {
        "inside": table,
        "beside": [table],
    }


def test_each_kind_of_value_is_written_as_by_hand() -> None:
    text = toml_text.write(
        {
            "title": 'a "b" \\n',
            "at": time(17),
            "on": date(2030, 1, 2),
            "opens_at": datetime(2030, 1, 2, tzinfo=UTC),
            "none": None,
            "rows": [f"Row {n}:1-20" for n in range(10)],
            "notices": 'one\n"""two"""\n',
            "시야": 1.5,
            "queue": {"lanes": [{"name": "gold", "prices": {"R": 1}, "none": None}]},
        }
    )
    assert '"Row 0:1-20",\n    "Row 1:1-20"' in text
    assert "none" not in text
    assert "[[queue.lanes]]" in text
    assert "prices = { R = 1 }" in text
    assert tomllib.loads(text)["notices"] == 'one\n"""two"""\n'


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_the_same_concerts_as_documents(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = documents.document_of(text)
    assert parse(documents.text_of(document), "x") == parse(text, "x")


def test_a_file_that_uses_everything_is_the_same_as_a_document() -> None:
    document = documents.document_of(GOOD)
    assert parse(documents.text_of(document), "x") == parse(GOOD, "x")


def test_a_time_that_is_none_is_refused_by_its_field() -> None:
    document = documents.document_of(GOOD) | {"sale_opens_at": "soon"}
    with pytest.raises(ConcertFileError) as refused:
        parse(documents.text_of(document), "x")
    assert refused.value.path == "sale_opens_at"
    assert refused.value.problem.startswith("expected a date and time")


def test_what_is_nested_too_deeply_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"a": deep}
    with pytest.raises(ConcertFileError, match="nested too deeply"):
        documents.text_of(deep)


def test_presale_codes_are_neither_kept_nor_shown() -> None:
    lanes: list[dict[str, Any]] = [
        {"name": "gold", "share": 1, "codes": ["STAR-1"]},
        {"name": "press", "group": "p"},
    ]
    sales = [{"id": "pre", "codes": ["STAR-2"], "lanes": [{"codes": [], "keep_codes": True}]}]
    kept = documents.without_codes({"queue": {"lanes": lanes}, "sales": sales})
    assert "STAR" not in str(kept)
    assert kept["queue"]["lanes"] == [
        {"name": "gold", "share": 1, "keep_codes": True},
        {"name": "press", "group": "p"},
    ]
    assert kept["sales"] == [{"id": "pre", "keep_codes": True, "lanes": [{"keep_codes": True}]}]
    assert lanes[0]["codes"] == ["STAR-1"]


def test_a_copy_has_ids_of_its_own() -> None:
    document: dict[str, Any] = {
        "id": "hall",
        "poster": "a.jpg",
        "archived": True,
        "sales": [{"id": "hall-presale"}],
        "performances": [
            {"id": "hall-1", "sales": ["general", "hall-presale"]},
            {"id": "last-night"},
        ],
        "blocks": [{"performances": ["hall-1"]}, {"all": True}],
    }
    assert documents.copied(document, "other") == {
        "id": "other",
        "hidden": True,
        "sales": [{"id": "other-presale"}],
        "performances": [
            {"id": "other-1", "sales": ["general", "other-presale"]},
            {"id": "other-last-night"},
        ],
        "blocks": [{"performances": ["other-1"]}, {"all": True}],
    }
