"""`yemae serve` with the tiny application: `python serve_tiny.py <option>…`."""

import functools
import importlib
import sys
from pathlib import Path

from yemae.cli import run
from yemae.serve.supervisor import serve

if __name__ == "__main__":
    command = importlib.import_module("yemae.cli.serve")
    tiny = (sys.executable, str(Path(__file__).with_name("tiny_worker.py")))
    vars(command)["run_server"] = functools.partial(serve, worker_command=tiny)
    sys.exit(run(["serve", *sys.argv[1:]]))
