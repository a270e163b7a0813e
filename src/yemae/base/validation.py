"""Reads msgspec's messages: which field of a document is wrong, and what was expected. Pure."""

import re
from typing import Literal, NamedTuple

import msgspec

_FIELD = re.compile(
    r"Object (missing required|contains unknown) field `(.*?)`(?: - at `\$\.?(.*)`)?", re.DOTALL
)
_VALUE = re.compile(r"(.*?)(?: - at `\$\.?([^`]*)`)?", re.DOTALL)


class FieldFault(NamedTuple):
    """What is wrong: a field is missing or unknown, a word is none of the `choice`, or a value is
    not what `message` says, in msgspec's words."""

    kind: Literal["missing", "unknown", "choice", "value"]
    # Such as `performances[1].starts_at`; empty for the whole document.
    path: str
    message: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


def field_fault(error: msgspec.ValidationError) -> FieldFault:
    """The one fault that msgspec reports."""
    text = str(error)
    if field := _FIELD.fullmatch(text):
        path = f"{field[3] or ''}.{field[2]}".removeprefix(".")
        return FieldFault("missing" if field[1] == "missing required" else "unknown", path, text)
    value = _VALUE.fullmatch(text)
    assert value is not None
    is_choice = value[1].startswith("Invalid enum value")
    return FieldFault("choice" if is_choice else "value", value[2] or "", value[1])
