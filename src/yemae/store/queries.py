"""Named SQL: each noun keeps its statements in a queries.sql beside its code.

A statement starts at a line `-- name: verb_noun`; the comment lines after it say why. Comments are
stripped, because the driver would read a % in them. A name that does not exist fails when the
module that wants it is imported. A `Query` is a statement whose rows have a type.
"""

import re
from collections.abc import Callable, Container, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
COMMENT = re.compile(r"^\s*--.*$\n?", re.MULTILINE)
PARAMETER = re.compile(rb"%\((\w+)\)s|%%")
# Statements of the code are few, and each is read once.
STATEMENTS_MAX = 1_024


Row = TypeVar("Row", bound=NamedTuple)


class Numbered(NamedTuple):
    """A statement as the server sees it, with $1, $2 … for the names."""

    text: bytes
    names: tuple[str, ...]


@lru_cache(STATEMENTS_MAX)
def numbered(statement: bytes) -> Numbered:
    """A statement whose parameters are `%(name)s`; `%%` is a percent sign."""
    names: list[str] = []

    def number(match: re.Match[bytes]) -> bytes:
        if match[1] is None:
            return b"%"
        name = match[1].decode()
        if name not in names:
            names.append(name)
        return b"$%d" % (names.index(name) + 1)

    return Numbered(PARAMETER.sub(number, statement), tuple(names))


class Query(Generic[Row]):
    """A statement, and the NamedTuple that its rows are: the fields have the names of the columns,
    in their order. With `rest` the last field is itself such a NamedTuple, of the columns that are
    left, or None where the first of them is null."""

    def __init__(self, text: bytes, row: type[Row], rest: type[NamedTuple] | None = None) -> None:
        self.text, self.row, self.rest = text, row, rest
        self.columns = row._fields if rest is None else row._fields[:-1] + rest._fields
        self.make: Callable[[Sequence[Any]], Row]
        self.make = row._make if rest is None else _nested(row, rest)


def _nested(row: type[Row], rest: type[NamedTuple]) -> Callable[[Sequence[Any]], Row]:
    own = len(row._fields) - 1
    # Quicker than `_make`, which counts the values of each row.
    new = tuple.__new__

    def make(values: Sequence[Any]) -> Row:
        inner = None if values[own] is None else new(rest, values[own:])
        return new(row, (*values[:own], inner))

    return make


def as_json(rows: Sequence[NamedTuple], without: Container[str] = ()) -> str:
    """Rows as one parameter, for json_to_recordset, `without` the fields that it does not ask for.
    What all rows have as None is left out as well: it means the same, and each field costs time
    here and in PostgreSQL."""
    if not rows:
        return "[]"
    columns = zip(rows[0]._fields, zip(*rows, strict=True), strict=True)
    kept = {
        name: values
        for name, values in columns
        if name not in without and (values[0] is not None or values.count(None) < len(values))
    }
    names = tuple(kept)
    objects = [dict(zip(names, row, strict=True)) for row in zip(*kept.values(), strict=True)]
    return msgspec.json.encode(objects).decode()


def load_queries(module_file: str, name: str = "queries.sql") -> dict[str, bytes]:
    """Read the SQL file beside a module: name → statement, ready for the driver."""
    text = Path(module_file).with_name(name).read_text(encoding="utf-8")
    parts = NAME.split(text)[1:]
    names, bodies = parts[::2], parts[1::2]
    assert len(set(names)) == len(names), f"a query is named twice beside {module_file}"
    return {
        name: COMMENT.sub("", body).strip().rstrip(";").encode()
        for name, body in zip(names, bodies, strict=True)
    }
