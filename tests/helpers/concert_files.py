"""A concert file with one fault, and what its reader says."""

import pytest

from helpers.concerts import GOOD
from yemae.concerts.files.concert_file import ConcertFileError, parse


def changed(old: str, new: str) -> str:
    """Replace the first `old` of the good file."""
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def refusal(text: str) -> str:
    """Return what the file is refused with: one short line that begins with the file's name."""
    with pytest.raises(ConcertFileError) as caught:
        parse(text, "x.toml")
    message = str(caught.value)
    assert message.startswith("x.toml")
    assert message.endswith(".")
    assert len(message.splitlines()) == 1
    assert len(message) < 500
    return message.removeprefix("x.toml")
