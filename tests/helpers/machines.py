"""Machines for what deploy/ ships, on loopback: each has an address of its own in 127.0.0.0/8, so
that the usual ports are free on all of them, and the files are run as they are."""

import os
import random
import re
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

DEPLOY = Path(__file__).parents[2] / "deploy"
# A port that all of these machines must have free.
PROBED = 6379


def hosts(count: int) -> list[str]:
    """Addresses of machines that no other test uses."""
    while True:
        net = f"127.{random.randrange(1, 255)}.{random.randrange(255)}"  # noqa: S311 - no secret
        found = [f"{net}.{number}" for number in range(1, count + 1)]
        if all(_is_free(host) for host in found):
            return found


def _is_free(host: str) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind((host, PROBED))
        return True
    return False


def free_ports(count: int) -> list[int]:
    """Ports below the ephemeral range: a client that keeps connecting to the port of a dead node in
    that range would in the end connect to itself."""
    found: list[int] = []
    for port in random.sample(range(10_000, 32_000), 1_000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            break
    return found


def filled(name: str, paths: dict[str, str], **values: str) -> str:
    """A file of deploy/ with what an operator fills in, in folders of the test."""
    text = (DEPLOY / name).read_text()
    for word, value in values.items():
        text = text.replace(f"@{word}@", value)
    for path, here in paths.items():
        assert path in text, f"{name} does not name {path}"
        text = text.replace(path, here)
    settings = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert not re.search(r"@[A-Z_0-9]+@", settings), "a place was not filled in"
    return text


def family(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """A process and all below it that run."""
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process.pid)
        return [parent, *parent.children(recursive=True)]
    return []


def signal_all(processes: "list[psutil.Process]", number: int) -> None:
    """The same signal for all of them at about the same time."""
    for each in processes:
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            os.kill(each.pid, number)


def end_all(processes: "list[subprocess.Popen[bytes]]") -> None:
    """Kill these and all below them, also when they are frozen."""
    signal_all([each for one in processes for each in family(one)], signal.SIGKILL)
    for one in processes:
        one.wait()
