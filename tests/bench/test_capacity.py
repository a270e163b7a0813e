"""docs/capacity.md and the figures of `yemae simulate` are those of the results files."""

import msgspec
import pytest

from bench.capacity import (
    ENGLISH,
    EXAMPLE,
    KOREAN,
    TABLE,
    Words,
    examples,
    measured,
    page,
    run,
    table,
)
from helpers.pages import read
from yemae.simulation.figures import ROWS, Cost, Figures, defaults

FOUND = Figures(
    dict.fromkeys(ROWS, Cost(100.0, 0.0, 7.0)), 200.0, "Fast, 8 cores", "0123456789abcd"
)


def test_the_figures_of_a_simulation_are_those_of_the_results_files() -> None:
    assert defaults() == measured(), "type `make bench-page`"


@pytest.mark.parametrize("words", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_the_tables_of_the_page_are_those_of_the_results_files(words: Words) -> None:
    found = TABLE.search(words.page.read_text(encoding="utf-8"))
    assert found is not None
    assert found[2] == table(measured(), words), "type `make bench-page`"


def test_a_table_says_how_many_requests_a_core_answers_in_a_second() -> None:
    text = table(FOUND, ENGLISH)
    assert "| hold | `hold_distinct` | 10,000 | – | 143,000 |" in text
    assert "commit `0123456789ab`. A fan in line takes 200 bytes in Valkey: 20.0 MB" in text


def test_the_last_example_is_what_the_command_prints() -> None:
    text = read("docs/capacity.md")
    shown = list(EXAMPLE.finditer(text))[-1]
    assert shown[3] == run(examples(text)[-1]), "type `make bench-page`"


def test_a_page_gets_its_table_and_the_outputs_of_its_examples() -> None:
    text = (
        "<!-- figures -->\nstale\n<!-- end of figures -->\n"
        "```sh\nyemae simulate --fans 5\n```\n\n```text\nstale\n```\n"
    )
    assert examples(text) == ["yemae simulate --fans 5\n"]
    new = page(text, FOUND, ENGLISH, ["new\n"])
    assert "```text\nnew\n```" in new
    assert "`hold_distinct`" in new
    assert "stale" not in new


def test_the_figures_are_written_as_they_are_read() -> None:
    assert msgspec.json.decode(msgspec.json.encode(FOUND), type=Figures) == FOUND
