"""SQL files: what the driver gets to see of them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import yemae
from yemae.store.queries import load_queries

PACKAGE = Path(yemae.__file__).parent
NAMED_FILES = sorted(
    path for path in PACKAGE.rglob("*.sql") if path.read_text().startswith("-- name:")
)

names = st.lists(
    st.from_regex(r"[a-z_]{1,12}", fullmatch=True), min_size=1, max_size=4, unique=True
)
comments = st.lists(
    st.text(st.characters(codec="ascii", categories=("L", "P", "S", "Zs")), max_size=30), max_size=3
)


def load(folder: Path, text: str) -> dict[str, bytes]:
    (folder / "queries.sql").write_text(text, encoding="utf-8")
    return load_queries(str(folder / "module.py"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sql")


@given(names, comments)
def test_comments_never_reach_the_driver_whatever_is_in_them(
    folder: Path, wanted: list[str], lines: list[str]
) -> None:
    block = "".join(f"  -- 100% {line}\n" for line in lines)
    text = "".join(
        f"-- name: {name}\n{block}select %(x)s,\n{block}  '{name}'\n\n" for name in wanted
    )
    assert load(folder, text) == {
        name: f"select %(x)s,\n  '{name}'".encode() for name in wanted
    }  # fmt: skip


def test_what_comes_before_the_first_name_is_no_query(folder: Path) -> None:
    assert load(folder, "-- About this file.\n\n-- name: one\nselect 1;\n") == {"one": b"select 1"}


def test_a_minus_that_is_no_comment_stays(folder: Path) -> None:
    query = "select 1 - -2, a->>'--'\nfrom t"
    assert load(folder, f"-- name: one\n{query}\n") == {"one": query.encode()}


def test_a_name_that_is_given_twice_is_refused(folder: Path) -> None:
    with pytest.raises(AssertionError, match="named twice"):
        load(folder, "-- name: one\nselect 1\n-- name: one\nselect 2\n")


def test_there_are_sql_files_to_look_at() -> None:
    assert {path.parent.name for path in NAMED_FILES} >= {"orders", "wallet", "concerts"}


@pytest.mark.parametrize("path", NAMED_FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_percent_sign_that_the_driver_sees_is_a_parameter_by_name(path: Path) -> None:
    for name, query in load_queries(str(path.with_name("any.py")), path.name).items():
        bare = re.sub(r"%\(\w+\)s", "", query.decode())
        assert "%" not in bare, name
        assert "--" not in bare, name
        assert query.strip(), name
