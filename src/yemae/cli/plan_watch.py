"""A picture of a plan that is drawn again at each change of its concert file.

The fault of a file, or of one that is half written, is a sentence on the terminal, and the last
picture stays as it is.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from yemae.cli.failures import InputError
from yemae.cli.screen import write_line
from yemae.concerts.files.file_source import ConcertFileError

EVERY_S = 0.3

# What changes when an editor saves: time of change, size, and the file itself, which some replace.
Stamp = tuple[int, int, int]


def watch_file(path: Path, draw: Callable[[], None]) -> NoReturn:
    """Draw now and whenever the file changes, until Ctrl-C."""
    seen: Stamp | None = None
    while True:
        if (stamp := _stamp(path)) != seen:
            seen = stamp
            _draw(path, draw)
        time.sleep(EVERY_S)


def write_picture(svg: Path, drawn: str) -> None:
    """Write a picture whole, so that a viewer never reads half of it. Raises InputError."""
    beside = svg.with_name(f".{svg.name}.part")
    try:
        if svg.exists() and not svg.is_file():
            svg.write_text(drawn, encoding="utf-8")
            return
        beside.write_text(drawn, encoding="utf-8")
        beside.replace(svg)
    except OSError as error:
        raise InputError(f"{svg}: cannot be written: {error.strerror}.") from error


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _draw(path: Path, draw: Callable[[], None]) -> None:
    try:
        draw()
    except (ConcertFileError, InputError) as error:
        write_line(f"{error}")
    else:
        write_line(f"{path}: drawn")
    # A pipe shows each line at once, as a terminal does.
    sys.stdout.flush()
