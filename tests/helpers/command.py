"""The command line as tests use it: in this process, or as a process of its own."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

from yemae.cli import run


class Done(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What it wrote, as JSON."""
        return json.loads(self.out)


def yemae(*arguments: str) -> Done:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(list(arguments))
    return Done(code, out.getvalue(), err.getvalue())


def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start a command as a process of its own, without a terminal."""
    return start_with(subprocess.DEVNULL, *arguments, **variables)


def start_with(stdin: int, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """The same with an input of its own, such as a terminal."""
    return subprocess.Popen(
        [sys.executable, "-m", "yemae", *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **variables},
    )


def finish(process: subprocess.Popen[str]) -> Done:
    """Wait for a started command."""
    out, err = process.communicate(timeout=120)
    return Done(process.returncode, out, err)
