"""What a service manager hears, over a socket as systemd's."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.serving import Serving
from yemae.serve.service_manager import READY, STOPPING, Watchdog, notify


@pytest.fixture(params=["path", "abstract"])
def heard(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """A socket that hears what is said, and does not wait for it."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@yemae-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(name.replace("@", "\0", 1))
        ear.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield ear


def test_states_are_sent_in_one_message(heard: socket.socket) -> None:
    notify(READY, "STATUS=Serving")
    notify(STOPPING)
    assert [heard.recv(100) for _ in range(2)] == [b"READY=1\nSTATUS=Serving", b"STOPPING=1"]


def test_the_watchdog_is_pinged_while_all_is_well(
    heard: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "120000000")
    watchdog = Watchdog()
    watchdog.look(is_well=False)
    with pytest.raises(BlockingIOError):
        heard.recv(100)
    watchdog.look(is_well=True)
    assert heard.recv(100) == b"WATCHDOG=1"
    # The next is due after half of the time.
    watchdog.look(is_well=True)
    with pytest.raises(BlockingIOError):
        heard.recv(100)


@pytest.mark.parametrize("variables", [{}, {"WATCHDOG_USEC": "2", "WATCHDOG_PID": "1"}])
def test_no_watchdog_is_pinged_that_is_not_ours(
    heard: socket.socket, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    Watchdog().look(is_well=True)
    with pytest.raises(BlockingIOError):
        heard.recv(100)


def test_without_a_service_manager_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify(READY)
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere/notify")
    notify(READY)


def test_a_server_says_that_it_is_ready_that_it_is_well_and_that_it_stops(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(120)
        manager = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
        serving = Serving(tmp_path, **manager)
        serving.start()
        assert ear.recv(200).decode() == f"READY=1\nSTATUS=Serving http://127.0.0.1:{serving.port}"
        assert ear.recv(200) == b"WATCHDOG=1"
        assert serving.end() == 0
        heard = [ear.recv(200)]
        while heard[-1] != b"STOPPING=1":
            heard.append(ear.recv(200))
    assert set(heard) <= {b"WATCHDOG=1", b"STOPPING=1"}
