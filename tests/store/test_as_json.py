"""Rows as the parameter of a statement that writes them."""

from typing import NamedTuple
from uuid import UUID

import msgspec

from yemae.store.queries import as_json


class Line(NamedTuple):
    """A row."""

    id: UUID
    name: str
    note: str | None = None
    amount: int | None = None


FIRST, SECOND = UUID(int=1), UUID(int=2)


def test_what_all_rows_have_as_none_is_left_out_and_what_one_of_them_has_is_not() -> None:
    rows = [Line(FIRST, "a"), Line(SECOND, "b", amount=0)]
    assert msgspec.json.decode(as_json(rows)) == [
        {"id": str(FIRST), "name": "a", "amount": None},
        {"id": str(SECOND), "name": "b", "amount": 0},
    ]


def test_fields_that_are_not_asked_for_are_left_out() -> None:
    assert msgspec.json.decode(as_json([Line(FIRST, "a")], without=("name",))) == [
        {"id": str(FIRST)}
    ]


def test_no_rows_are_an_empty_list() -> None:
    assert as_json([]) == "[]"
