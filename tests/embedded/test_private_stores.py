"""The private stores: real servers, killed and restarted for real."""

import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from valkey import Valkey

from helpers.private_stores import EXTERNAL, alive, kept, put, quick, sql
from yemae.embedded.data_folder import run_folder
from yemae.embedded.postgres_server import _why_not
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.store.errors import StoreError


def until(condition: Callable[[], bool], deadline_s: float = 120) -> None:
    """Wait for a condition; the test fails when it does not come true."""
    deadline = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def answers(stores: PrivateStores) -> bool:
    return all(running.server.is_ready() for running in stores._all)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[PrivateStores]:
    stores = quick(tmp_path / "data")
    stores.start()
    yield stores
    stores.stop()


def test_a_stop_and_a_start_keep_the_data(tmp_path: Path) -> None:
    stores = quick(tmp_path / "data")
    for value in ("first", "second"):
        urls = stores.start()
        put(urls, value)
        pids = list(stores.pids.values())
        stores.stop()
        assert not any(alive(pid) for pid in pids)
        assert stores.pids == {}
    urls = stores.start()
    assert kept(urls) == (["first", "second"], ["first", "second"])
    stores.stop()


def test_the_durable_settings_are_in_force(tmp_path: Path) -> None:
    stores = PrivateStores(tmp_path / "data", shared_buffers_mb=32)
    urls = stores.start()
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "server_encoding": "UTF8",
        "timezone": "UTC",
        "shared_buffers": "32MB",
        "max_connections": "200",
        "jit": "off",
        "shared_preload_libraries": "pg_stat_statements",
    }
    assert {name: sql(urls.database_url, f"show {name}")[0][0] for name in wanted} == wanted
    with Valkey.from_url(urls.valkey_url, decode_responses=True) as client:
        config = client.config_get("*")
        stores.stop()
    assert config["appendonly"] == "yes"
    assert config["appendfsync"] == "everysec"
    assert config["maxmemory-policy"] == "noeviction"
    assert config["port"] == "0"
    assert config["save"] == ""


def test_only_their_own_user_can_reach_the_stores(stores: PrivateStores) -> None:
    data_dir = stores.data_dir
    others = stat.S_IRWXG | stat.S_IRWXO
    sockets = run_folder(data_dir)
    for folder in (data_dir / "postgres", data_dir / "valkey", data_dir / "log", sockets):
        assert stat.S_IMODE(folder.stat().st_mode) & others == 0, folder
    assert stat.S_IMODE((sockets / "valkey.sock").stat().st_mode) & others == 0
    assert stat.S_IMODE(data_dir.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    for pid in stores.pids.values():
        process = psutil.Process(pid)
        assert process.uids().effective != 0
        assert process.net_connections("inet") == []


@pytest.mark.parametrize("name", ["PostgreSQL", "Valkey"])
def test_a_killed_store_is_started_again_with_its_data(stores: PrivateStores, name: str) -> None:
    put(stores.urls, "before")
    assert stores.check() == []
    for _ in range(2):
        pid = stores.pids[name]
        os.kill(pid, signal.SIGKILL)
        until(lambda: stores.check() == [name])
        until(lambda: answers(stores))
        assert stores.pids[name] != pid
    assert kept(stores.urls) == (["before"], ["before"])


def test_a_store_that_cannot_be_started_now_is_tried_again(stores: PrivateStores) -> None:
    log = stores.data_dir / "log"
    log.rename(log.with_name("away"))
    os.kill(stores.pids["Valkey"], signal.SIGKILL)
    until(lambda: stores.check() == ["Valkey"])
    assert "Valkey" not in stores.pids
    log.with_name("away").rename(log)
    until(lambda: stores.check() == ["Valkey"])
    until(lambda: answers(stores))


def test_a_killed_owner_leaves_no_process_and_the_next_starts_at_once(
    tmp_path: Path, owner: tuple[subprocess.Popen[str], dict[str, int]]
) -> None:
    process, pids = owner
    stores = quick(tmp_path / "data")
    put(stores.urls, "before")
    process.kill()
    process.wait()
    stores.start()
    assert not any(alive(pid) for pid in pids.values())
    assert kept(stores.urls) == (["before"], ["before"])
    stores.stop()


def test_a_store_that_outlived_its_owner_is_ended_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yemae.embedded.postgres_server.LEFT_BEHIND_WAIT_S", 0.5)
    monkeypatch.setattr("yemae.embedded.valkey_server.LEFT_BEHIND_WAIT_S", 0.5)
    before, after = quick(tmp_path / "data"), quick(tmp_path / "data")
    put(before.start(), "before")
    pids = set(before.pids.values())
    after.start()
    assert before.pids == {}
    assert pids.isdisjoint(after.pids.values())
    assert kept(after.urls) == (["before"], ["before"])
    before.stop()
    after.stop()


def test_traces_that_name_a_stranger_do_not_stop_a_start(tmp_path: Path) -> None:
    stores = quick(tmp_path / "data")
    put(stores.start(), "before")
    pid_file = tmp_path / "data" / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    os.kill(stores.pids["PostgreSQL"], signal.SIGKILL)
    os.kill(stores.pids["Valkey"], signal.SIGKILL)
    stores.stop()
    # The number now belongs to another process: to this test, which is certainly alive.
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert (run_folder(tmp_path / "data") / "valkey.sock").exists()
    stores.start()
    assert kept(stores.urls) == (["before"], ["before"])
    stores.stop()


def test_a_cut_off_first_start_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "data" / "postgres.new" / "base").mkdir(parents=True)
    stores = quick(tmp_path / "data")
    put(stores.start(), "kept")
    stores.stop()
    assert not (tmp_path / "data" / "postgres.new").exists()


def test_a_long_path_gets_its_sockets_a_short_folder(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 20) / "data '\" 예매"
    stores = quick(data_dir)
    put(stores.start(), "kept")
    assert run_folder(data_dir).name.startswith("yemae-")
    assert stat.S_IMODE(run_folder(data_dir).stat().st_mode) == 0o700
    stores.stop()


def test_data_of_another_postgresql_is_refused(tmp_path: Path) -> None:
    stores = quick(tmp_path / "data")
    stores.start()
    stores.stop()
    (tmp_path / "data" / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(StoreError, match=r"made by PostgreSQL 16, .* brings PostgreSQL 18"):
        stores.start()
    assert stores.pids == {}


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "postgres/postgresql.auto.conf",
            "nonsense = 1",
            r"PostgreSQL did not start: .*contains errors",
        ),
        ("valkey.conf", None, None),
        ("valkey/appendonlydir/appendonly.aof.1.incr.aof", "*nonsense", "Valkey did not start: "),
    ],
)
def test_a_store_that_cannot_start_says_why(
    tmp_path: Path, file: str, text: str | None, said: str | None
) -> None:
    stores = quick(tmp_path / "data")
    put(stores.start(), "kept")
    stores.stop()
    if text is None:
        (run_folder(tmp_path / "data") / file).unlink()
        stores.start()  # settings are written at every start
        stores.stop()
        return
    (tmp_path / "data" / file).write_text(text)
    with pytest.raises(StoreError, match=said) as refused:
        stores.start()
    assert "Its log is " in str(refused.value)
    assert stores.pids == {}


def test_a_named_store_is_left_alone(tmp_path: Path) -> None:
    one = PrivateStores(
        tmp_path / "data", external=StoreUrls(EXTERNAL.database_url, ""), durable=False
    )
    urls = one.start()
    assert list(one.pids) == ["Valkey"]
    assert urls.database_url == EXTERNAL.database_url
    one.stop()
    none = PrivateStores(tmp_path / "none", external=EXTERNAL)
    assert none.start() == EXTERNAL
    assert none.check() == []
    none.stop()
    assert not (tmp_path / "none").exists()


def test_the_environment_of_the_caller_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "5999")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("LC_ALL", "no_SUCH.locale")
    stores = quick(tmp_path / "data")
    put(stores.start(), "kept")
    stores.stop()


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    output = "fixing permissions ... ok\ninitdb: error: could not write: No space left on device"
    assert "is full" in _why_not(tmp_path / "postgres", output)
    assert "could not make its data folder" in _why_not(
        tmp_path / "postgres", "initdb: error: other"
    )
