"""What an operator types after `yemae queue set` and `yemae queue admit`, read with its type.

A value that cannot be used is an InputError: one sentence with the setting, its limits and the
value.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from yemae.base.validation import field_fault
from yemae.cli.failures import InputError
from yemae.concerts.queue_settings import NAMES, allowed, changes_struct, given

# A longer value is not repeated in the sentence about it.
REPEATED_MAX_CHARS = 60

CHANGES = changes_struct("Changes", "What to change.", msgspec.Struct)


def read_pairs(pairs: Sequence[str]) -> dict[str, Any]:
    """The settings of `KEY=VALUE` pairs; None for `KEY=`. Raises InputError."""
    typed: dict[str, str | None] = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if not sign or name not in NAMES or name in typed:
            raise InputError(
                f"{pair!r} cannot be used: expected KEY=VALUE, each key once, of "
                f"{', '.join(NAMES)}."
            )
        typed[name] = text or None
    return read_changes(typed)


def read_changes(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as they were typed, with their types. Raises InputError."""
    try:
        return given(msgspec.convert(typed, CHANGES, strict=False))
    except msgspec.ValidationError as error:
        name = field_fault(error).path
        raise InputError(f"{name} must be {allowed(name)}, not {_repeated(typed[name])}.") from None


def whole_number(name: str, low: int, high: int) -> Callable[[str | int], int]:
    """A parser of an argument or option that is a whole number. It raises InputError."""

    def parse(given: str | int) -> int:
        text = str(given)  # A default comes as a number.
        if not (text.isascii() and text.isdigit() and low <= int(text[:20]) <= high):
            raise InputError(
                f"{name} must be a whole number from {low:,} to {high:,}, not {_repeated(text)}."
            )
        return int(text)

    return parse


def _repeated(text: str) -> str:
    if len(text) > REPEATED_MAX_CHARS:
        return f"a text of {len(text)} characters"
    return repr(text)
