"""The diagrams of docs/flows.md name the statements and scripts that exist, all of them."""

import re

from helpers.pages import ROOT, blocks, read

PACKAGE = ROOT / "src" / "yemae"
DIAGRAMS = "".join(block.text for block in blocks(read("docs/flows.md")))
# Loading concert files, publishing terms, the reconcile, the diagram, and the report of a rehearsal
# and its check of the console are no calls of fans.
NOT_IN_THE_FLOW = {
    *("load.sql", "presale_codes.sql", "books.sql", "money.sql", "erd.sql", "publishing.sql"),
    *("card_books.sql", "charges.sql", "sold.sql", "box_office_books.sql"),
    "console_figures.sql",
}


def statements() -> set[str]:
    files = [path for path in PACKAGE.rglob("*.sql") if path.name not in NOT_IN_THE_FLOW]
    return {
        name
        for path in files
        for name in re.findall(r"^-- name: (\w+)$", path.read_text("utf-8"), re.MULTILINE)
    }


def test_arrows_to_postgresql_name_statements_that_exist_and_all_of_them() -> None:
    arrows = "\n".join(re.findall(r"->>P: (.+)$", DIAGRAMS, re.MULTILINE))
    assert set(re.findall(r"[a-z]+(?:_[a-z]+)+", arrows)) == statements()


def test_arrows_to_valkey_name_scripts_that_exist_and_all_of_them() -> None:
    arrows = "\n".join(re.findall(r"->>V: (.+)$", DIAGRAMS, re.MULTILINE))
    scripts = {path.name for path in PACKAGE.glob("**/*.lua")} - {"prelude.lua"}
    assert set(re.findall(r"\w+\.lua", arrows)) == scripts


def test_no_diagram_has_a_character_that_mermaid_takes_for_its_own() -> None:
    assert re.findall(r"[;#]", DIAGRAMS) == []
