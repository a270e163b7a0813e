"""A command on a terminal of its own, ended with Ctrl-C."""

import os
import re
import signal
import sys
from typing import NamedTuple


class Shown(NamedTuple):
    """What the terminal showed, and how the command ended."""

    code: int
    said: bytes


def on_a_terminal(*arguments: str, until: bytes, lines: int = 50) -> Shown:
    """Run a command until its terminal shows a pattern, then press Ctrl-C."""
    master, slave = os.openpty()
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "yemae", *arguments],
        {**os.environ, "TERM": "xterm", "COLUMNS": "160", "LINES": str(lines)},
        file_actions=[(os.POSIX_SPAWN_DUP2, slave, number) for number in (0, 1, 2)],
        setsid=True,
    )
    os.close(slave)
    said = b""
    while not re.search(until, said):
        piece = _read(master)
        assert piece, said
        said += piece
    os.kill(child, signal.SIGINT)
    while piece := _read(master):
        said += piece
    _, status = os.waitpid(child, 0)
    os.close(master)
    return Shown(os.waitstatus_to_exitcode(status), said)


def _read(terminal: int) -> bytes:
    """What a terminal has to say; nothing once the program has ended."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""
