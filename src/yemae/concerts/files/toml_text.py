"""Writes tables as TOML, which Python's library reads and does not write. Pure.

What is written reads back as the same values. Comments are no values: a text that was read and is
written again has none.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")
# Longer arrays have a line for each value.
LINE_MAX_CHARS = 100


def write(table: Mapping[str, Any]) -> str:
    """The text of a file with these values. What is None is left out."""
    return "\n".join(_table("", table)).lstrip("\n") + "\n"


def _table(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a table: its values first, because each line counts to the table above it."""
    tables: dict[str, Any] = {}
    for name, value in table.items():
        if value is None:
            continue
        if _is_table(path, value) or _are_tables(value):
            tables[name] = value
        else:
            yield f"{_key(name)} = {_value(value)}"
    for name, value in tables.items():
        inner = f"{path}.{_key(name)}" if path else _key(name)
        if isinstance(value, Mapping):
            yield from ("", f"[{inner}]")
            yield from _table(inner, value)
        else:
            for each in value:
                yield from ("", f"[[{inner}]]")
                yield from _table(inner, each)


def _is_table(path: str, value: object) -> bool:
    """Whether a value has a header of its own. Inside of another table, a small one has not."""
    if not isinstance(value, Mapping):
        return False
    return not path or any(isinstance(each, Mapping | list) for each in value.values())


def _are_tables(value: object) -> bool:
    if not isinstance(value, list | tuple) or not value:
        return False
    return all(isinstance(each, Mapping) for each in value)


def _key(name: str) -> str:
    return name if BARE_KEY.match(name) else _quoted(name)


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _long(value) if "\n" in value else _quoted(value)
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            given = {name: each for name, each in value.items() if each is not None}
            inside = ", ".join(f"{_key(name)} = {_inline(each)}" for name, each in given.items())
            return f"{{ {inside} }}" if inside else "{}"
        case list() | tuple():
            return _array([_inline(each) for each in value if each is not None])
    return str(value)


def _inline(value: Any) -> str:
    """A value that may not be on several lines."""
    return _quoted(value) if isinstance(value, str) else _value(value)


def _array(values: list[str]) -> str:
    line = f"[{', '.join(values)}]"
    if len(line) <= LINE_MAX_CHARS:
        return line
    return "[\n" + "".join(f"    {value},\n" for value in values) + "]"


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but JSON lets this character stand.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _long(text: str) -> str:
    """A text of several lines, as it is written by hand."""
    lines = (_quoted(line)[1:-1] for line in text.split("\n"))
    return '"""\n' + "\n".join(lines) + '"""'
