"""Lua scripts as Python functions: the header of a script names what goes in and what comes out.

A script is declared in Python as a function without a body. When it is loaded, the names of the
declaration are compared with those of the header; any difference is a `ScriptError`, so a server
with a wrong name does not start. All arguments go out as one MessagePack array, because the client
takes longer over each argument than over the whole of that. From the header the loader generates:

- a local for each key, in capitals; a last key `name...` is a table of any number of keys;
- a local for each argument; a NamedTuple is a table: `pace.at_front_ms`;
- with FOR EACH, `each()`: `for user, number in each() do` loops over the rows;
- with RETURNS, `reply{name = value}` makes the answer; with RETURNS FOR EACH, `add{...}` adds to
  `answer`.

A script is in the folder `lua` beside the module that declares it; a `prelude.lua` there goes in
front of each.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import (
    Any,
    Generic,
    NamedTuple,
    ParamSpec,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

SECTION = re.compile(r"^-- (KEYS|ARGUMENTS|FOR EACH|RETURNS FOR EACH|RETURNS):$")
ENTRY = re.compile(r"^--   ([a-z][\w.]*)(?:  |$)")

EACH = (
    "local function each() local i = 0 return function() i = i + 1 local row = {rows}[i] "
    "if row then return {values} end end end"
)

ENCODER = msgspec.msgpack.Encoder()

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class ScriptError(Exception):
    """A script and its declaration do not fit together."""


class ScriptRow(msgspec.Struct, array_like=True, gc=False):
    """One of the rows that go into a call or come out of it: much cheaper to make than a tuple with
    names."""


class ScriptCall(msgspec.Struct, Generic[Answer], frozen=True):
    """A call that is ready to be sent."""

    script: "Script[..., Answer]"
    # What follows the keys and the clock offset.
    packed: tuple[bytes, ...]


class Header(NamedTuple):
    """The names of each section; of a section that a script does not have, none."""

    keys: list[str]
    arguments: list[str]
    for_each: list[str]
    returns: list[str]
    returns_for_each: list[str]

    @classmethod
    def of(cls, text: str) -> "Header":
        """Read the comments in front of the first statement."""
        found: dict[str, list[str]] = {}
        names: list[str] = []
        for line in text.splitlines():
            if not line.startswith("--"):
                break
            if section := SECTION.match(line):
                names = found.setdefault(section[1].lower().replace(" ", "_"), [])
            elif entry := ENTRY.match(line):
                names.append(entry[1])
        return cls(*(found.get(field, []) for field in cls._fields))


class Script(Generic[Given, Answer]):
    """One Lua file with its prelude, known to Valkey by its SHA-1. A call packs a `ScriptCall`."""

    def __init__(
        self, declared: Callable[Given, Answer], folder: Path, keys: Sequence[str]
    ) -> None:
        self.name = declared.__name__.removesuffix("_lua")
        self.folder = folder
        self.body = (folder / f"{self.name}.lua").read_text(encoding="utf-8")
        prelude = folder / "prelude.lua"
        before = prelude.read_text(encoding="utf-8") if prelude.exists() else ""
        self.header = Header.of(self.body)
        self._declare(declared, [*Header.of(before).keys, *self.header.keys], keys)
        self._check_loops_and_replies()
        self.generated = self._locals()
        self.text = "".join((_keys(keys), before, self.generated, self.body))

    @property
    def text(self) -> str:
        """What Valkey runs."""
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        self._text = text
        self.sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, *_: Given.args, **given: Given.kwargs) -> ScriptCall[Answer]:
        """Pack the arguments, in the order of the declaration."""
        if not self._parameters:
            return ScriptCall(self, ())
        return ScriptCall(self, (ENCODER.encode([*map(given.__getitem__, self._parameters)]),))

    def _declare(
        self, declared: Callable[Given, Answer], keys: list[str], of: Sequence[str]
    ) -> None:
        """Take the names of the declaration, which have to be those of the header."""
        self._parameters = get_type_hints(declared)
        returns = self._parameters.pop("return")
        names: list[str] = []
        for name, hint in self._parameters.items():
            if name != "each":
                names += [f"{name}.{f}" for f in hint._fields] if _is_group(hint) else [name]
        self._row = _fields(_row(self._parameters.get("each")))
        self._compare("keys", keys, of)
        self._compare("arguments", self.header.arguments, names)
        self._compare("values of each row", self.header.for_each, self._row)
        self._take_answer(returns)

    def _take_answer(self, returns: Any) -> None:
        """How an answer becomes what the declaration says."""
        row = _row(returns)
        of_one = returns._fields if _is_group(returns) else ()
        of_each = _fields(row)
        self._compare("returned values", self.header.returns, of_one)
        self._compare("values returned for each", self.header.returns_for_each, of_each)
        self.decode: Callable[[Any], Answer]
        if of_each:
            self.decode = _rows_of(row, self.header.returns_for_each)
        elif of_one:
            self.decode = _record_of(returns, self.header.returns)
        else:
            self.decode = returns if returns in (int, str) else _as_it_is

    def _compare(self, what: str, of_header: Sequence[str], of_python: Iterable[str]) -> None:
        of_python = list(of_python)
        if sorted(of_header) != sorted(of_python):
            raise ScriptError(
                f"{self.name}.lua has the {what} ({', '.join(of_header)}), "
                f"and its declaration in Python has ({', '.join(of_python)})."
            )

    def _check_loops_and_replies(self) -> None:
        """The names that the script itself uses where the order would not say which is which."""
        for loop in re.findall(r"for ([\w, ]+) in each\(\)", self.body):
            self._check_use("a loop over each()", loop.split(", "), self.header.for_each)
        for kind, table in re.findall(r"\b(reply|add)(\{[^{}]*\})", self.body):
            names = re.findall(r"[{,]\s*(\w+) =", table)
            fields = self.header.returns if kind == "reply" else self.header.returns_for_each
            self._check_use(kind + "{}", sorted(names), sorted(fields))

    def _check_use(self, where: str, used: Sequence[str], of_header: Sequence[str]) -> None:
        if list(used) != list(of_header):
            raise ScriptError(
                f"{self.name}.lua has the names ({', '.join(used)}) in {where}, "
                f"and ({', '.join(of_header)}) in its header."
            )

    def _locals(self) -> str:
        """One line in front of the script's own text."""
        parts = ["local given = cmsgpack.unpack(ARGV[2])"] if self._parameters else []
        for i, (name, hint) in enumerate(self._parameters.items(), 1):
            if name == "each":
                values = ", ".join(f"row[{self._row.index(n) + 1}]" for n in self.header.for_each)
                parts.append(EACH.format(rows=f"given[{i}]", values=values))
            elif _is_group(hint):
                fields = ", ".join(f"{f} = given[{i}][{n}]" for n, f in enumerate(hint._fields, 1))
                parts.append(f"local {name} = {{{fields}}}")
            else:
                parts.append(f"local {name} = given[{i}]")
        if self.header.returns:
            values = ", ".join(f"t.{name}" for name in self.header.returns)
            parts.append(f"local function reply(t) return {{{values}}} end")
        if names := self.header.returns_for_each:
            places = ", ".join(f"answer[n + {i}]" for i in range(1, len(names) + 1))
            values = ", ".join(f"t.{name}" for name in names)
            parts.append("local answer = {}")
            parts.append(f"local function add(t) local n = #answer {places} = {values} end")
        return " ".join(parts) + "\n" if parts else ""


def script(
    module_file: str, keys: Sequence[str] = ()
) -> Callable[[Callable[Given, Answer]], Script[Given, Answer]]:
    """Declare a script of the folder `lua` beside a module: the function's name without `_lua` is
    the file's, its keyword-only parameters are the arguments, and `each` is the rows. `keys` are
    the names of the keys, in order."""
    folder = Path(module_file).parent / "lua"
    return lambda declared: Script(declared, folder, keys)


def _keys(names: Sequence[str]) -> str:
    """One line that names the keys."""
    if not names:
        return ""
    single = [name.upper() for name in names if not name.endswith("...")]
    line = f"local {', '.join(single)} = unpack(KEYS)"
    if len(single) < len(names):
        line += f" local {names[-1][:-3].upper()} = {{unpack(KEYS, {len(names)})}}"
    return line + "\n"


def _is_group(hint: Any) -> bool:
    return isinstance(hint, type) and hasattr(hint, "_fields")


def _row(hint: Any) -> Any:
    """The type of the elements of a list or sequence, else None."""
    return get_args(hint)[0] if get_origin(hint) in (list, Sequence) else None


def _fields(row: Any) -> Sequence[str]:
    return row.__struct_fields__ if isinstance(row, type) and issubclass(row, ScriptRow) else ()


def _rows_of(row: Any, names: Sequence[str]) -> Callable[[Any], Any]:
    """Decode a flat answer column by column, which is faster than row by row."""
    hints, width = get_type_hints(row), len(names)
    order = [names.index(field) for field in _fields(row)]
    numbers = [i for i, field in enumerate(_fields(row)) if hints[field] is int]

    def decode(answer: Any) -> Any:
        found = [answer[i::width] for i in order]
        for i in numbers:
            found[i] = map(int, found[i])
        return [*map(row, *found)]

    return decode


def _record_of(record: Any, names: Sequence[str]) -> Callable[[Any], Any]:
    hints = get_type_hints(record)
    convert = [(name, int if hints[name] is int else _as_it_is) for name in names]

    def decode(answer: Any) -> Any:
        return record(**{n: to(v) for (n, to), v in zip(convert, answer, strict=True)})

    return decode


def _as_it_is(answer: Any) -> Any:
    return answer
