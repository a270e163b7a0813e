"""docs/configuration.md says what yemae.settings says."""

import re
import runpy
from pathlib import Path

import pytest

from helpers.pages import ROOT, pages, read
from yemae.settings import Settings, variable

VARIABLES = {variable(field) for field in Settings.__struct_fields__}
# What is spelt like a setting and is none: the address that the README's flow talks to.
OTHERS = {"YEMAE_URL"}


def test_the_page_is_what_the_script_writes() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "configuration.py"))
    written = script["page"]()
    assert read("docs/configuration.md") == written, "type: make docs"


def test_the_page_has_every_setting_once() -> None:
    rows = re.findall(r"^\| `(YEMAE_\w+)` \|", read("docs/configuration.md"), re.MULTILINE)
    assert sorted(rows) == sorted(VARIABLES)


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_variable_that_a_page_names_is_a_setting(page: Path) -> None:
    named = set(re.findall(r"YEMAE_[A-Z]+(?:_[A-Z]+)*", read(page)))
    assert named - VARIABLES - OTHERS == set()
