"""Mutants of Python: what is changed, and that the program has the change meanwhile."""

import ast
from pathlib import Path
from uuid import UUID

import pytest

from helpers.pages import ROOT
from scripts.mutation.functions import (
    Change,
    Place,
    changes,
    line_of,
    mutated,
    places,
    statement_of,
)
from scripts.mutation.in_place import in_place, noted
from yemae.orders.booking_number import booking_number

BOOKING = "src/yemae/orders/booking_number.py"
ORDER = UUID("01999999-0000-7000-8000-0123456789ab")
SOURCE = '''
class House:
    @property
    def rooms(self):
        """How many."""
        if self.is_open and not self.is_full:
            raise Closed("shut")
        for room in self.all:
            self.see(room, 2)
            break
        total = self.a + 1
        log.info("counted", total=total)
        return total
'''


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "house.py").write_text(SOURCE)
    (place,) = places(tmp_path / "house.py", tmp_path)
    return place


def test_each_kind_of_change_is_made_once_and_logs_and_docstrings_are_left_alone(
    place: Place,
) -> None:
    assert (place.module, place.name) == ("house", "House.rooms")
    before = ast.unparse(place.node).splitlines()
    found = set()
    for change in changes(place.node):
        after = ast.unparse(mutated(place, change)).splitlines()
        found |= {line.strip() for line in after if line not in before}
    assert ast.unparse(place.node).splitlines() == before
    assert found == {
        "if self.is_open or not self.is_full:", "if self.is_open and self.is_full:", "if False:",
        "raise Closed('XXshut')", "raise Closed(None)", "pass", "self.see(None, 2)",
        "self.see(room, None)", "self.see(room, 3)", "continue", "total = None",
        "total = self.a - 1", "total = self.a + 2",
    }  # fmt: skip


def test_a_change_knows_its_line_and_its_statement(place: Place) -> None:
    (change,) = [c for c in changes(place.node) if "see(room, 3)" in _text(place, c)]
    lines = SOURCE.splitlines()
    assert "self.see" in lines[line_of(place, change) - 1]
    assert statement_of(place, change) == line_of(place, change)


def test_the_program_has_the_change_meanwhile_also_where_it_was_imported() -> None:
    (place,) = [p for p in places(ROOT / BOOKING, ROOT / "src") if p.name == "booking_number"]
    usual = booking_number(ORDER)
    (change,) = [c for c in changes(place.node) if "bits = None" in _text(place, c)]
    with in_place(place, mutated(place, change)), pytest.raises(TypeError):
        booking_number(ORDER)
    assert booking_number(ORDER) == usual


def test_statements_that_are_reached_are_noted() -> None:
    found = list(places(ROOT / BOOKING, ROOT / "src"))
    seen = []
    with noted(found, lambda module, line: seen.append((module, line))):
        booking_number(ORDER)
    (place,) = [p for p in found if p.name == "booking_number"]
    lines = {line for module, line in seen if module == "yemae.orders.booking_number"}
    assert lines == {node.lineno for node in place.node.body}
    seen.clear()
    booking_number(ORDER)
    assert not seen


def test_a_function_that_the_program_lacks_is_refused(place: Place) -> None:
    gone = place._replace(module="yemae.orders.booking_number", name="gone")
    with pytest.raises(LookupError), in_place(gone, place.node):
        pass


def _text(place: Place, change: Change) -> str:
    return ast.unparse(mutated(place, change))
