"""`yemae serve` with the tiny application: `python serve_tiny.py <option>…`.

YEMAE_TEST_HEARTBEAT_S replaces the time after which a server process without a heartbeat is
replaced.
"""

import functools
import importlib
import os
import sys
from pathlib import Path

from yemae.cli import run
from yemae.serve.supervisor import serve
from yemae.serve.worker_pool import HEARTBEAT_TIMEOUT_S

if __name__ == "__main__":
    command = importlib.import_module("yemae.cli.serve")
    tiny = (sys.executable, str(Path(__file__).with_name("tiny_worker.py")))
    tiny_jobs = (sys.executable, str(Path(__file__).with_name("tiny_jobs.py")))
    heartbeat_s = float(os.environ.get("YEMAE_TEST_HEARTBEAT_S", HEARTBEAT_TIMEOUT_S))
    vars(command)["run_server"] = functools.partial(
        serve, worker_command=tiny, jobs_command=tiny_jobs, heartbeat_timeout_s=heartbeat_s
    )
    sys.exit(run(["serve", *sys.argv[1:]]))
