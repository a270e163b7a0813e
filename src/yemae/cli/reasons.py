"""The reason for a change that an operator types, for the log."""

from yemae.cli.failures import InputError
from yemae.values.text import printable

REASON_MAX_CHARS = 200


def one_line(text: str, option: str = "--reason") -> str:
    """The reason as it was typed. Raises InputError."""
    if not text.strip() or len(text) > REASON_MAX_CHARS or printable(text) != text:
        raise InputError(f"{option} is one line of 1 to {REASON_MAX_CHARS} characters.")
    return text
