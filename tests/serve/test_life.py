"""When the port opens, what a hung server process is worth, and what a killed server leaves."""

import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from helpers.server import Server
from helpers.serving import Serving, alive, until

GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    serving = Serving(tmp_path)
    yield serving
    if serving.process is not None and serving.process.poll() is None:
        serving.end()


def test_the_port_opens_when_a_server_process_can_answer_and_not_before(serving: Serving) -> None:
    serving.environ["YEMAE_TEST_START_S"] = "3"
    serving.begin()
    answer = b""

    def answered() -> bool:
        nonlocal answer
        try:
            connection = socket.create_connection(("127.0.0.1", serving.port), timeout=2)
        except ConnectionRefusedError:
            return False
        # An accepted connection is answered: a socket that waits to be accepted would time out.
        with connection:
            connection.sendall(GET)
            answer = connection.recv(100)
        return True

    until(answered)
    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("way", ["block", "stop"])
def test_a_server_process_that_hangs_is_replaced_and_says_where_it_stood(
    serving: Serving, way: str
) -> None:
    serving.environ["YEMAE_TEST_HEARTBEAT_S"] = "2"
    serving.start()
    before = serving.worker()
    if way == "stop":
        os.kill(before, signal.SIGSTOP)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=120)
        connection.request("GET", "/block")
    until(lambda: not psutil.pid_exists(before))
    until(lambda: serving.answers() and serving.worker() != before)
    said = serving.said() + serving.complaint()
    assert "server process hangs and is replaced" in said
    assert ("stand_still" in said) == (way == "block")
    if way == "block":
        with pytest.raises((http.client.HTTPException, OSError)):
            connection.getresponse()


def test_a_server_process_that_is_only_slow_stays(serving: Serving) -> None:
    serving.environ["YEMAE_TEST_HEARTBEAT_S"] = "2"
    serving.start()
    before = serving.worker()
    assert serving.get("/slow?s=5").split()[0] == str(before)


def test_a_server_that_stood_still_as_a_whole_goes_on_with_its_processes(serving: Serving) -> None:
    serving.environ["YEMAE_TEST_HEARTBEAT_S"] = "6"
    supervisor = serving.start()
    before = serving.worker()
    everything = [supervisor, psutil.Process(before)]
    for process in everything:
        process.suspend()
    threading.Event().wait(8)
    # The supervisor first, so that it looks before the other has given a sign of life.
    supervisor.resume()
    until(lambda: supervisor.status() == psutil.STATUS_SLEEPING)
    everything[1].resume()
    assert serving.worker() == before
    assert "hangs" not in serving.said() + serving.complaint()


def test_the_metrics_of_a_killed_server_are_removed_by_the_next(
    tmp_path: Path, database_url: str, valkey_url: str
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (tmp_path / "other").mkdir()
    named = {
        "YEMAE_DATABASE_URL": database_url,
        "YEMAE_VALKEY_URL": valkey_url,
        "TMPDIR": str(temporary),
        "YEMAE_WORKERS": "1",
    }
    killed, other, after = (
        Serving(folder, **named) for folder in (tmp_path, tmp_path / "other", tmp_path)
    )
    other.start()
    (kept,) = temporary.glob("yemae-metrics-*")
    killed.start()
    below = killed.below()
    killed.end(signal.SIGKILL)
    until(lambda: not any(alive(process) for process in below))
    assert len(list(temporary.glob("yemae-metrics-*"))) == 2
    after.start()
    assert kept.exists()
    assert len(list(temporary.glob("yemae-metrics-*"))) == 2
    for server in (after, other):
        server.end()
    assert not list(temporary.glob("yemae-metrics-*"))


def test_metrics_are_shown_while_a_process_is_replaced(tmp_path: Path) -> None:
    """A new process begins as root, and those that read its files have given that up."""
    tmp_path.chmod(0o711)
    server = Server(tmp_path, "--migrate", YEMAE_WORKERS="1")
    server.start()
    try:
        until(lambda: len(server.jobs()) == 1)
        (before,) = server.jobs()
        os.kill(before, signal.SIGKILL)
        statuses = set()
        deadline = time.monotonic() + 4.0
        while time.monotonic() < deadline or server.jobs() in ([], [before]):
            statuses.add(httpx.get(f"{server.url}/metrics").status_code)
        assert statuses == {200}
    finally:
        server.stop()
