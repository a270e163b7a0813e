"""The text of a concert file, and refusals that say where in it something is wrong.

Knows TOML and msgspec, and nothing about concerts. Every refusal is one `ConcertFileError` of one
line: the file, the line where it is known, the field's path, what was expected and found.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Hashable
from datetime import date, datetime, time
from typing import Any, NoReturn, TypeVar

import msgspec

from yemae.base.validation import FieldFault, field_fault
from yemae.values.text import composed
from yemae.values.troubles import BadInputError

SHOWN_MAX_CHARS = 60
# `a.b.c` has three parts. The format has no more than that, and what a parser does with a key of
# thousands takes quadratic time.
KEY_PARTS_MAX = 16
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP_KEY = re.compile(rf"(?<![\w\-.\"']){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{KEY_PARTS_MAX}}}")

Key = TypeVar("Key", bound=Hashable)
Kind = TypeVar("Kind")


class ConcertFileError(BadInputError):
    """A concert file cannot be used. The text is one sentence: file, line, field, what is wrong.
    What is wrong in the file itself has the field's `path`, "" for its text, and the `problem`."""

    def __init__(self, text: str, path: str = "", problem: str = "") -> None:
        super().__init__(text)
        self.path = path
        self.problem = problem


class FileSource:
    """One file's text and its name, which stands in front of every message."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.data: dict[str, object] = {}

    def load(
        self,
        kind: type[Kind],
        patterns: dict[str, str],
        choices: dict[str, str],
        prepare: Callable[["FileSource"], None],
    ) -> Kind:
        """Parse the text into `kind`; `patterns` gives words for its regular expressions, and
        `choices` for its fields that are one of a few words. `prepare` sees the data before."""
        if deep := _DEEP_KEY.search(self.text):
            line = self.text.count("\n", 0, deep.start()) + 1
            raise self._error("", line, f"a key has more than {KEY_PARTS_MAX} parts")
        try:
            # An editor on a Mac writes decomposed letters, and so may an escape such as \u0301:
            # names are kept and compared composed.
            self.data = _composed(tomllib.loads(self.text))
            prepare(self)
        except RecursionError:
            raise self._error("", 0, "the values are nested too deeply") from None
        except ValueError as error:
            # Not only TOMLDecodeError: an endless number is a plain ValueError.
            raise self._syntax_error(str(error)) from error
        try:
            # TOML has its own date and time, so a text that looks like one is refused.
            return msgspec.convert(self.data, kind, builtin_types=(datetime, date, time))
        except msgspec.ValidationError as error:
            fault = field_fault(error)
            if fault.kind == "unknown":
                raise self._unknown_field(fault.path, kind) from error
            raise self._field_error(fault, patterns, choices) from error

    def refuse(self, path: str, problem: str) -> NoReturn:
        """Raise for the field at `path`, which is written like `performances[1].starts_at`."""
        line = self._line(path)
        if not path.isprintable():
            # A key of the file may have the end of a line in it.
            path = _cut(repr(path)[1:-1], 2 * SHOWN_MAX_CHARS)
        raise self._error(path, line, problem)

    def once(self, seen: dict[Key, str], key: Key, path: str, what: str) -> None:
        """Note that `key` occurs at `path`; refuse when it has occurred before."""
        if key in seen:
            again = f"found {shown(key)} again, first at {seen[key]}"
            self.refuse(path, f"expected each {what} once, {again}")
        seen[key] = path

    def _error(self, path: str, line: int, problem: str) -> ConcertFileError:
        where = f"{self.name}, line {line}" if line else self.name
        field = f" {path}:" if path else ""
        said = problem if path or not line else f"line {line}: {problem}"
        return ConcertFileError(f"{where}:{field} {problem}.", path, said)

    def _syntax_error(self, reason: str) -> ConcertFileError:
        place = re.search(r" \(at (?:line (\d+), (column \d+)|end of document)\)\Z", reason)
        if place is None:
            words = "a number has too many digits" if "digits" in reason else _cut(reason, 200)
            return self._error("", 0, f"this is not TOML: {words}")
        words = _cut(reason[: place.start()], 200)
        words = next((ours for theirs, ours in _TWICE.items() if words.startswith(theirs)), words)
        line = int(place[1]) if place[1] else self.text.rstrip("\n").count("\n") + 1
        found = self._odd_character(line, place[2])
        return self._error("", line, f"this is not TOML: {words} at {place[2] or 'the end'}{found}")

    def _odd_character(self, line: int, column: str | None) -> str:
        """The character of a place, where it is none that TOML is made of: a quotation mark or a
        space of a word processor looks like another."""
        if column is None:
            return ""
        content = self.text.split("\n")[line - 1]
        place = int(column.removeprefix("column ")) - 1
        found = content[place : place + 1]
        return "" if found.isascii() else f", which is {found!r}"

    def _unknown_field(self, path: str, kind: type) -> ConcertFileError:
        """TOML counts a line to the table above it, so a field of the file may be in another
        table."""
        outer, _, name = path.rpartition(".")
        own = msgspec.structs.fields(kind)
        known = [field.encode_name for field in own]
        problem = "this is not a field of the format"
        if outer and name in known:
            problem = f"this stands at the top of the file, above the first table, not in {outer}"
        elif not outer and (close := difflib.get_close_matches(name, known, 1)):
            problem = f"{problem}; {close[0]} is"
        path = _cut(repr(path)[1:-1], 2 * SHOWN_MAX_CHARS)
        return self._error(path, self._line(path), problem)

    def _field_error(
        self, fault: FieldFault, patterns: dict[str, str], choices: dict[str, str]
    ) -> ConcertFileError:
        """Say in the words of the format's page what msgspec found."""
        reason, path = fault.message, fault.path
        if fault.kind == "missing":
            path = _cut(repr(path)[1:-1], 2 * SHOWN_MAX_CHARS)
            return self._error(path, self._line(path), "this required field is missing")
        for pattern, words in patterns.items():
            reason = reason.replace(f"matching regex {pattern!r}", f"of {words}")
        for theirs, ours in _WORDS.items():
            reason = reason.replace(theirs, ours)
        expected = reason.partition(", got ")[0].removeprefix("Expected ")
        if fault.kind == "choice":
            expected = choices[fault.name]
        value = self._value(path)
        problem = self._brackets(path, expected, value) or (
            f"expected {_quoted(expected, value)}, found {shown(value)}"
        )
        return self._error(path, self._line(path), problem)

    def _brackets(self, path: str, expected: str, value: object) -> str | None:
        """What to write where a header has one pair of brackets in place of two, or two of one."""
        name = re.sub(r"\[\d+\]", "", path)
        one, two = f"[{name}]", f"[[{name}]]"
        if expected.startswith("an array") and isinstance(value, dict) and one in self.text:
            return f"expected {two}, found {one}"
        if expected == "a table" and isinstance(value, list) and two in self.text:
            return f"expected {one}, found {two}"
        return None

    def _value(self, path: str) -> object:
        value: object = self.data
        for step in re.findall(r"[^.\[\]]+", path):
            if isinstance(value, list):
                value = value[int(step)]
            elif isinstance(value, dict):
                value = value[step]
        return value

    def _line(self, path: str) -> int:
        """Find the line of a field or of what is around it; 0 where that is not known."""
        # Inside a text of several lines anything can look like a field: no line is named.
        if '"""' in self.text or "'''" in self.text:
            return 0
        lines = _lines(self.text)
        while path:
            if path in lines:
                return lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return 0


def _composed(value: Any) -> Any:
    """The same value with every text in it composed."""
    match value:
        case str():
            return composed(value)
        case list():
            return [_composed(each) for each in value]
        case dict():
            return {name: _composed(each) for name, each in value.items()}
    return value


# What TOML's reader says of a name that is there twice.
_TWICE = {
    "Cannot declare": "this table stands above already; where there are several, each has two "
    "pairs of brackets, [[…]]; found again",
    "Cannot overwrite a value": "this name has a value above already, or [[…]] follows […]; "
    "found again",
}


def _quoted(expected: str, value: object) -> str:
    """What was expected; with a word on quotes where these make the difference."""
    if isinstance(value, str) and expected.startswith("a date and time"):
        return f"{expected}, without quotes"
    if isinstance(value, date | time) and expected.startswith("a text"):
        return f"{expected}, in quotes"
    return expected


# What msgspec calls things, and what the format's page calls them.
_WORDS = {
    "`float | null`": "a number",
    "`str | null`": "a text",
    "`int` >=": "an integer of at least",
    "`int` <=": "an integer of at most",
    "`int`": "an integer",
    "`float` >=": "a number of at least",
    "`float` <=": "a number of at most",
    "`float`": "a number",
    "`str` of length >=": "a text whose length is at least",
    "`str` of length <=": "a text whose length is at most",
    "`str`": "a text",
    "`bool`": "true or false",
    "`array` of length <=": "an array whose length is at most",
    "`array`": "an array",
    "`object`": "a table",
    "`datetime` with a timezone component": "a date and time with an offset such as +09:00",
    "`datetime`": "a date and time with an offset such as +09:00",
}

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]")
_FIELD = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*=")


def _lines(text: str) -> dict[str, int]:
    """Note the line of each table header and each field that stands at the start of a line."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for line, content in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(content):
            table = _inside(header[2], counts)
            if header[1] == "[[":
                lines.setdefault(table, line)
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}[{counts[table]}]"
            lines.setdefault(table, line)
        elif field := _FIELD.match(content):
            lines.setdefault(f"{table}.{field[1]}".removeprefix("."), line)
    return lines


def _inside(table: str, counts: dict[str, int]) -> str:
    """A table inside one of an array belongs to the last one before it."""
    around, dot, name = table.rpartition(".")
    return f"{around}[{counts[around]}]{dot}{name}" if around in counts else table


def shown(value: object) -> str:
    """Show a value in a message: short, on one line, and safe however odd the value is."""
    if isinstance(value, str):
        whole = len(value) <= SHOWN_MAX_CHARS
        return repr(value) if whole else f"{value[:SHOWN_MAX_CHARS]!r}…"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 64:
        return "a huge number"
    return _cut(str(value), SHOWN_MAX_CHARS)


def _cut(text: str, limit_chars: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit_chars else f"{text[:limit_chars]}…"
