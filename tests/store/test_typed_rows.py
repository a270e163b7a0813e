"""Every `Query` has the columns that PostgreSQL says its statement returns, by name and by type."""

import pkgutil
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import psycopg

import yemae
from helpers.owner import owner_url
from helpers.statements import numbered
from yemae.runtime import Runtime
from yemae.store.queries import Query

# Python's types as pg_type names them.
TYPES: dict[object, set[str]] = {
    bool: {"bool"},
    int: {"int2", "int4", "int8"},
    str: {"text"},
    bytes: {"bytea"},
    float: {"float8"},
    UUID: {"uuid"},
    datetime: {"timestamptz"},
    list[str]: {"_text"},
    list[int]: {"_int4", "_int8"},
    list[UUID]: {"_uuid"},
    dict[str, str]: {"jsonb"},
    dict[str, Any]: {"jsonb"},
    list[dict[str, str] | None]: {"jsonb"},
}


async def test_each_field_of_a_row_has_the_name_and_the_type_of_its_column(
    runtime: Runtime,
) -> None:
    found = dict(queries())
    assert len(found) > 20
    with psycopg.connect(owner_url(runtime.settings)) as connection:
        names: dict[int, str] = dict(
            connection.execute("select oid, typname from pg_type").fetchall()
        )
        for place, query in found.items():
            connection.pgconn.prepare(b"", numbered(query.text))
            columns = connection.pgconn.describe_prepared(b"")
            assert columns.error_message == b""
            described = [
                (columns.fname(i), names[columns.ftype(i)]) for i in range(columns.nfields)
            ]
            assert [(name or b"").decode() for name, _ in described] == list(query.columns), place
            for (name, type_name), field in zip(described, field_types(query), strict=True):
                assert type_name in TYPES[field], (place, name)


def queries() -> Iterator[tuple[str, Query[Any]]]:
    """Every query of the package, with its module and name."""
    for module in pkgutil.walk_packages(yemae.__path__, "yemae."):
        if ".migrations" in module.name or module.name.endswith("__main__"):
            continue
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, Query):
                yield f"{module.name}.{name}", value


def field_types(query: Query[Any]) -> list[object]:
    """The type of each column as the fields say it, without None."""
    of_row = list(get_type_hints(query.row).values())
    if query.rest is None:
        return [plain(hint) for hint in of_row]
    of_rest = list(get_type_hints(query.rest).values())
    assert plain(of_row[-1]) is query.rest
    return [plain(hint) for hint in of_row[:-1] + of_rest]


def plain(hint: Any) -> object:
    """`int | None` as int, and a Literal as the type of its words."""
    # `Literal | None` is a union of the older kind.
    if get_origin(hint) in (UnionType, Union):
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
    return type(get_args(hint)[0]) if get_origin(hint) is Literal else hint
