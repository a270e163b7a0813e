"""The terms file: what it gives, what it is refused for, and that the guide is true."""

from pathlib import Path

import pytest

from helpers.pages import blocks, read
from yemae.terms import terms_file
from yemae.terms.terms_file import LegalTexts, TermsFile, TermsFileError

GOOD = 'version = "1"\n[terms]\nko = "약관"\n[privacy]\nen = "Privacy"\n'


def parsed(folder: Path, text: str) -> TermsFile:
    path = folder / "terms.toml"
    path.write_text(text, encoding="utf-8")
    return terms_file.read(path)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(TermsFileError) as caught:
        parsed(folder, text)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message.removeprefix(f"{folder / 'terms.toml'}: ")


def test_a_file_gives_its_texts_in_the_languages_that_it_has(tmp_path: Path) -> None:
    assert parsed(tmp_path, GOOD) == TermsFile("1", LegalTexts(ko="약관"), LegalTexts(en="Privacy"))


@pytest.mark.parametrize("page", ["docs/operations.md", "docs/operations.ko.md"])
def test_the_example_in_the_guide_can_be_published(tmp_path: Path, page: str) -> None:
    (example,) = [block.text for block in blocks(read(page)) if block.language == "toml"]
    found = parsed(tmp_path, example)
    assert found.version == "2030-01"
    assert found.privacy.en is not None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"1"',
            '"a b"',
            "version: expected 1 to 40 letters, digits, dots, hyphens and underscores.",
        ),
        ('version = "1"\n', "", "version: this required field is missing."),
        ("en =", "fr =", "privacy.fr: this is not a field of the format."),
        ('"약관"', '" "', "terms.ko: expected text without control characters."),
        ('ko = "약관"\n', "", "terms: expected a text in ko or en, found neither."),
        (
            "version",
            "version = ",
            "this is not TOML in UTF-8: Invalid value (at line 1, column 12).",
        ),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert refusal(tmp_path, GOOD.replace(old, new, 1)) == problem


def test_a_file_that_is_away_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TermsFileError, match="cannot be read: No such file or directory"):
        terms_file.read(tmp_path / "none.toml")
    large, odd = tmp_path / "large.toml", tmp_path / "odd.toml"
    large.write_bytes(b"#" * 1_000_001)
    odd.write_bytes(b"\xff\xfe")
    with pytest.raises(TermsFileError, match="at most 1,000,000 bytes"):
        terms_file.read(large)
    with pytest.raises(TermsFileError, match="not TOML in UTF-8"):
        terms_file.read(odd)
