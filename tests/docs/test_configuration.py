"""The configuration pages say what yemae.settings says, and every page names real settings."""

import re
import runpy
from pathlib import Path

import pytest

from helpers.pages import ROOT, pages, read
from yemae.settings import FROM_FILE, variable
from yemae.settings.reading import OTHERS, fields
from yemae.settings.removed import REMOVED

VARIABLES = {variable(field) for _, field, _ in fields()}
# What the files of deploy/ are filled in with, by compose and Caddy.
FILLED_IN = {
    name
    for file in ("deploy/compose.yaml", "deploy/proxies/Caddyfile")
    for name in re.findall(r"(?:\$\{|\{\$)(YEMAE_\w+)", read(file))
}
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "configuration.py"))


@pytest.mark.parametrize("name", ["configuration.md", "configuration.ko.md"])
def test_a_page_is_what_the_script_writes(name: str) -> None:
    written = SCRIPT["page"](SCRIPT["PAGES"][name])
    assert read(f"docs/{name}") == written, "type: make docs"
    assert sorted(re.findall(r"^\| `(YEMAE_\w+)` \|", written, re.MULTILINE)) == sorted(VARIABLES)


def test_every_setting_has_its_sentence_in_english_and_in_korean() -> None:
    for _, field, hint in fields():
        english, korean = SCRIPT["sentences"](hint)
        assert english.endswith("."), field
        assert re.search("[가-힣]", korean), field
        assert not re.search("[가-힣]", english), field


def test_the_changelog_names_every_variable_that_is_gone() -> None:
    changelog = read("CHANGELOG.md")
    assert [name for name in REMOVED if f"`{name}`" not in changelog] == []


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_variable_that_a_page_names_is_a_setting(page: Path) -> None:
    named = set(re.findall(r"YEMAE_[A-Z]+(?:_[A-Z]+)*", read(page)))
    gone = set(REMOVED) if Path(page).name == "CHANGELOG.md" else set()
    of_files = {name + FROM_FILE for name in VARIABLES}
    assert named - VARIABLES - of_files - FILLED_IN - OTHERS - gone == set()
