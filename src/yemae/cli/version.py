"""`yemae version`: this program and what it brings along."""

import platform
import re
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from yemae import __version__
from yemae.cli.screen import AsJson, write_json, write_line
from yemae.embedded.postgres_server import BINARIES
from yemae.embedded.valkey_server import BINARY
from yemae.store.errors import StoreError

ANSWER_WAIT_S = 30


def _say_own(asked: bool) -> None:
    if asked:
        write_line(f"yemae {__version__}")
        raise typer.Exit


AsOption = Annotated[
    bool,
    typer.Option("--version", callback=_say_own, is_eager=True, help="Print Yemae's own version."),
]


def version(*, json: AsJson = False) -> None:
    """Print the versions of all parts."""
    found = {
        "yemae": __version__,
        "python": platform.python_version(),
        "postgresql": _asked(BINARIES / "postgres"),
        "valkey": _asked(BINARY),
    }
    if json:
        write_json(found)
        return
    for name, number in found.items():
        write_line(f"{name} {number}")


def _asked(program: Path) -> str:
    """The first number with a dot in what the program says of its version."""
    try:
        said = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=ANSWER_WAIT_S,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise StoreError(f"{program} does not run: {error}.") from error
    number = re.search(r"\d+(?:\.\d+)+", said)
    return number[0] if number else "unknown"


def add_to(app: typer.Typer) -> None:
    """Make it a command of the program."""
    app.command()(version)
