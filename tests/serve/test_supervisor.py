"""`yemae serve` from outside: what it says, what survives which death, and how it ends."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from helpers.serving import Serving, alive, until
from yemae.embedded.data_folder import run_folder


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    serving = Serving(tmp_path)
    yield serving
    if serving.process is not None and serving.process.poll() is None:
        serving.end()


def stores(serving: Serving, name: str) -> list[int]:
    """Find the living processes of a store that the supervisor itself started."""
    assert serving.process is not None
    children = psutil.Process(serving.process.pid).children()
    return [p.pid for p in children if named(p) == name]


def named(process: psutil.Process) -> str:
    """The program of a process; empty when it has just ended."""
    try:
        return process.name() if alive(process) else ""
    except psutil.NoSuchProcess:
        return ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_says_where_it_is_and_ends_without_a_trace(serving: Serving, number: int) -> None:
    serving.environ["YEMAE_WORKERS"] = "2"
    serving.start()
    url = f"http://127.0.0.1:{serving.port}"
    (line,) = serving.said().splitlines()
    said = json.loads(line)
    assert (said["event"], said["url"], said["docs"]) == ("serving", url, f"{url}/docs")
    assert said["data_dir"] == serving.environ["YEMAE_DATA_DIR"]
    below = serving.below()
    assert {p.name() for p in below} > {"postgres", "valkey-server"}
    assert serving.end(number) == 0
    assert not any(alive(p) for p in below)
    assert "Traceback" not in serving.said() + serving.complaint()
    assert not list(run_folder(serving.folder / "data").glob("metrics-*"))


def test_with_json_logs_every_line_is_json_and_with_logs_for_people_there_is_a_banner(
    serving: Serving,
) -> None:
    serving.environ["YEMAE_LOG_FORMAT"] = "json"
    serving.start()
    assert serving.end() == 0
    lines = [*serving.said().splitlines(), *serving.complaint().splitlines()]
    assert all({"event", "level", "timestamp"} <= json.loads(line).keys() for line in lines), lines
    serving.environ["YEMAE_LOG_FORMAT"] = "console"
    serving.start()
    assert f"Yemae is ready at http://127.0.0.1:{serving.port}\n" in serving.said()


def test_options_come_before_variables_and_reach_the_workers(serving: Serving) -> None:
    port = serving.port
    serving.environ |= {"YEMAE_PORT": "1", "YEMAE_WORKERS": "2"}
    serving.start("--port", str(port), "--workers", "1", "--host", "localhost", "--migrate")
    assert f"http://127.0.0.1:{port}" in serving.said()
    environ = psutil.Process(serving.worker()).environ()
    assert environ["YEMAE_PORT"] == str(port)
    assert environ["YEMAE_WORKERS"] == "1"
    assert environ["YEMAE_ACCESS_LOG"] == "false"
    assert len(environ["YEMAE_SECRET_KEY"]) == 64


def test_a_killed_server_process_is_replaced_however_often(serving: Serving) -> None:
    serving.start()
    seen = set()
    for _ in range(7):
        pid = serving.worker()
        seen.add(pid)
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: serving.answers() and serving.worker() != pid)  # type: ignore[misc]
    assert len(seen) == 7


def jobs_of(serving: Serving) -> list[int]:
    return [p.pid for p in serving.below() if alive(p) and "tiny_jobs.py" in " ".join(p.cmdline())]


def test_a_killed_jobs_process_is_replaced_and_the_server_does_not_notice(serving: Serving) -> None:
    serving.start()
    until(lambda: len(jobs_of(serving)) == 1)
    (before,) = jobs_of(serving)
    os.kill(before, signal.SIGKILL)
    until(lambda: jobs_of(serving) not in ([], [before]))
    assert serving.answers()
    assert "jobs process ended" in serving.said() + serving.complaint()


def test_a_jobs_process_that_never_starts_leaves_the_server_running(serving: Serving) -> None:
    serving.environ["YEMAE_TEST_NO_JOBS"] = "1"
    serving.start()
    # More often than a server process may fail.
    until(lambda: (serving.said() + serving.complaint()).count("jobs process ended") > 6)
    assert serving.answers()
    assert serving.end() == 0


@pytest.mark.parametrize("name", ["postgres", "valkey-server"])
def test_a_killed_store_comes_back_under_the_running_server(serving: Serving, name: str) -> None:
    serving.start()
    (before,) = stores(serving, name)
    os.kill(before, signal.SIGKILL)
    until(lambda: stores(serving, name) not in ([], [before]))
    assert serving.answers()
    assert "store" in serving.said() + serving.complaint()


def test_a_killed_supervisor_leaves_no_process_and_the_next_starts_at_once(
    serving: Serving,
) -> None:
    serving.environ["YEMAE_WORKERS"] = "2"
    serving.start()
    below = serving.below()
    serving.end(signal.SIGKILL)
    serving.start()
    assert not any(alive(p) for p in below)
    assert serving.answers()


def test_requests_under_way_are_answered_before_it_ends(serving: Serving) -> None:
    serving.start()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(serving.get, "/slow?s=1")
        until(lambda: connections(serving) > 0)
        assert serving.end() == 0
        assert slow.result().split()[0].isdigit()


def connections(serving: Serving) -> int:
    return sum(
        c.status == psutil.CONN_ESTABLISHED and c.laddr.port == serving.port
        for p in serving.below()
        if named(p).startswith("python")
        for c in p.net_connections("tcp")
    )


def test_a_second_ctrl_c_does_not_wait_for_them(serving: Serving) -> None:
    serving.environ["YEMAE_SHUTDOWN_GRACE_S"] = "300"
    process = serving.start()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(serving.get, "/slow?s=250")
        until(lambda: connections(serving) > 0)
        process.send_signal(signal.SIGINT)
        until(lambda: not listens(serving))
        assert serving.end(signal.SIGINT) == 0
        assert slow.exception() is not None


def listens(serving: Serving) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", serving.port)) == 0


def test_a_stop_during_the_start_is_clean(serving: Serving) -> None:
    serving.begin()
    until((serving.folder / "data" / "lock").exists)
    assert serving.end(signal.SIGINT) == 0
    assert "Traceback" not in serving.said() + serving.complaint()
    serving.start()


def test_a_second_server_is_refused(serving: Serving, tmp_path: Path) -> None:
    process = serving.start()
    (tmp_path / "second").mkdir()
    second = Serving(tmp_path / "second", YEMAE_DATA_DIR=str(tmp_path / "data"))
    code, said = second.refusal()
    assert code == 1
    assert said.startswith(f"yemae: Another Yemae server (process {process.pid}) is using")
    second.environ |= {"YEMAE_PORT": str(serving.port), "YEMAE_DATA_DIR": str(tmp_path / "second")}
    code, said = second.refusal()
    assert code == 1
    assert said.startswith(f"yemae: Port {serving.port} of 127.0.0.1 is in use: choose another")


def test_an_application_that_cannot_start_ends_the_server(serving: Serving) -> None:
    serving.environ["YEMAE_TEST_BROKEN"] = "1"
    code, said = serving.refusal()
    assert code == 1
    assert said.startswith("yemae: A server process ended 5 times in a row before it was ready")
    assert serving.complaint().count("broken on purpose") >= 5


@pytest.mark.parametrize(
    ("variable", "value", "code", "sentence"),
    [
        ("YEMAE_DOMAIN", "a b", 2, "YEMAE_DOMAIN='a b' cannot be used: expected a name"),
        ("YEMAE_PORT", "eighty", 2, "YEMAE_PORT='eighty' cannot be used"),
        ("YEMAE_SECRET_KEY", "short", 2, "YEMAE_SECRET_KEY needs at least 32 characters"),
        ("YEMAE_DATA_DIR", "/dev/null", 1, "The data folder /dev/null is not a folder"),
        ("YEMAE_HOST", "192.0.2.1", 1, "192.0.2.1 is not an address of this machine"),
        ("YEMAE_DATABASE_URL", "postgresql://@/x?host=/no", 1, "PostgreSQL cannot be reached"),
        ("YEMAE_PAGE_DIR", "/dev", 2, "YEMAE_PAGE_DIR cannot be used: /dev has no index.html"),
    ],
)
def test_what_cannot_work_is_refused_in_one_sentence(
    serving: Serving, variable: str, value: str, code: int, sentence: str
) -> None:
    serving.environ[variable] = value
    found, said = serving.refusal()
    assert found == code
    assert said.startswith(f"yemae: {sentence}"), said
    assert "Traceback" not in serving.complaint()
