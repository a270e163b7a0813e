"""What a test of a deployment measured, for the docs."""

import sys
from collections.abc import Mapping

import pytest


def say(capsys: pytest.CaptureFixture[str], what: str, figures: Mapping[str, object]) -> None:
    """One line, which pytest shows."""
    line = ", ".join(f"{name}: {value}" for name, value in figures.items())
    with capsys.disabled():
        sys.stdout.write(f"\n{what} · {line}\n")
