"""`yemae serve` with the tiny application: `python serve_tiny.py <option>…`."""

import functools
import sys
from pathlib import Path

import typer

from yemae.cli import serve as command
from yemae.supervisor import serve

if __name__ == "__main__":
    tiny = (sys.executable, str(Path(__file__).with_name("tiny_worker.py")))
    setattr(command, "run_server", functools.partial(serve, worker_command=tiny))  # noqa: B010
    typer.run(command.serve)
