"""What a command writes on stdout: a table for people, JSON for programs.

Names come from fans and files. What could steer a terminal in them is written out, so that no name
clears the screen, hides a line or turns its order.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from yemae.values.instants import clock, plain
from yemae.values.text import printable, printable_json

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]

# Wide enough that nothing is cut off when no terminal tells its width.
PIPE_WIDTH = 200


def without_color() -> None:
    """Do as if NO_COLOR had been set, for this process."""
    os.environ["NO_COLOR"] = "1"


def write_json(value: object) -> None:
    """Write a value as JSON."""
    encoded = msgspec.json.format(msgspec.json.encode(plain(value)), indent=2)
    sys.stdout.write(printable_json(encoded.decode()) + "\n")


def write_line(text: str) -> None:
    """Write one line, or a text of several."""
    sys.stdout.write(printable(text, lines=True) + "\n")


def write_table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Iterable[str] = ()
) -> None:
    """Write a table; the columns named in `numbers` are aligned to the right."""
    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
    console.print(table_of(headings, rows, numbers=numbers))


def table_of(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Iterable[str] = ()
) -> Table:
    """The same table, for a screen that changes."""
    right = frozenset(numbers)
    table = Table(box=None, pad_edge=False, header_style="bold cyan")
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left")
    for row in rows:
        # Text, because a title such as "[ORBIT]" is no markup.
        table.add_row(*(Text(cell(value)) for value in row))
    return table


def cell(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return clock(value)
    return "–" if value is None else printable(str(value))
