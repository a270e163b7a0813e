"""The list of findings: each can be found, each has its words, and the pages have each check."""

import re
import string
from pathlib import Path

import pytest

from helpers.pages import read
from yemae import doctor
from yemae.doctor.findings import found, state_of, worst
from yemae.doctor.words import WORDS

SOURCES = {
    path.stem: path.read_text(encoding="utf-8")
    for path in Path(str(doctor.__file__)).parent.glob("*.py")
    if not path.stem.startswith("words")
}
CHECKS = {name.partition(".")[0] for name in WORDS}


def test_every_finding_has_a_place_where_it_is_found() -> None:
    """By its whole name, or by its reason where the name is put together."""
    code = "\n".join(SOURCES.values())
    for name in WORDS:
        check, _, reason = name.partition(".")
        whole, parts = f'"{name}"' in code, f'"{check}.{{' in code and f'"{reason}"' in code
        in_words = f"'{reason}'" in code and f'"{check}.{{' in code
        assert whole or parts or in_words, name


def test_what_is_wrong_has_a_cure_and_what_is_right_has_none() -> None:
    for name, words in WORDS.items():
        assert words.says, name
        if words.state == "ok":
            assert not words.cure, name
        if words.state in ("warning", "failure"):
            assert words.cure, name
        assert "\n" not in words.cure, name


def test_a_finding_has_the_values_of_its_words() -> None:
    for name, words in WORDS.items():
        fields = {
            field: spec
            for text in (words.says, words.cure)
            for _, field, spec, _ in string.Formatter().parse(text)
            if field
        }
        finding = found(name, **{field: 7 if spec else "x" for field, spec in fields.items()})
        assert "{" not in finding.says + finding.cure


@pytest.mark.parametrize("page", ["docs/operations.md", "docs/operations.ko.md"])
def test_the_page_has_every_check_and_no_other(page: str) -> None:
    rows = re.findall(r"^\| `([a-z_`, ]+)` \|", read(page), re.MULTILINE)
    named = {name for row in rows for name in re.split(r"`, `", row)}
    assert named >= CHECKS
    section = read(page).partition("yemae doctor")[2]
    assert all(name in section for name in CHECKS)


def test_the_worst_of_several_counts() -> None:
    ok, warning = found("postgres_durability.kept"), found("postgres_durability.torn")
    failure = found("postgres_durability.lost", setting="fsync", value="off")
    assert worst([ok, failure, warning]) == failure
    assert state_of([ok, found("clock.unknown")]) == "ok"
    assert state_of([ok, warning]) == "warning"
    assert state_of([warning, failure, ok]) == "failure"
