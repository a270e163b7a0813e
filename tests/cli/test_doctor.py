"""`yemae doctor` as operators and programs run it: what it writes, and how it ends."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from valkey import Valkey as Client

from helpers.command import Done, finish, start, yemae
from helpers.server import Server
from yemae import __version__
from yemae.doctor.words import WORDS
from yemae.embedded.last_runs import RehearsalRun, last_run
from yemae.settings import Settings

STATES = {"ok", "warning", "failure", "not_checked"}


@pytest.fixture(autouse=True)
def free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server of this machine answers at the address of the settings."""
    monkeypatch.setenv("YEMAE_PORT", "1")


def checks(done: Done) -> dict[str, dict[str, Any]]:
    return {check["check"]: check for check in done.json()["checks"]}


def states(done: Done) -> dict[str, str]:
    return {name: f"{check['state']} {check['reason']}" for name, check in checks(done).items()}


def test_the_json_has_the_documented_shape(named_stores: Settings) -> None:
    assert named_stores.stores.valkey_url
    done = yemae("doctor", "--json")
    said = done.json()
    assert set(said) == {"state", "version", "checked_at", "checks"}
    assert said["version"] == __version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said["checked_at"])
    names = [check["check"] for check in said["checks"]]
    assert len(names) == len(set(names)), "each check is there once"
    for check in said["checks"]:
        assert set(check) == {"check", "state", "reason", "values", "says", "cure"}
        assert check["state"] in STATES
        assert f"{check['check']}.{check['reason']}" in WORDS
        assert (check["cure"] is not None) >= (check["state"] in {"warning", "failure"})


def test_every_check_is_made_of_named_stores(named_stores: Settings) -> None:
    assert named_stores.stores.database_url
    done = yemae("doctor", "--json")
    assert set(checks(done)) == {name.partition(".")[0] for name in WORDS}
    found = states(done)
    assert found["postgres"] == "ok answers"
    assert found["valkey"] == "ok answers"
    assert found["clock"] == "ok right"
    # The tests' PostgreSQL is made for speed.
    assert found["postgres_durability"] == "failure lost"
    assert (done.code, done.err) == (1, "")


def test_people_read_a_line_for_each_check_and_the_cure_below(named_stores: Settings) -> None:
    assert named_stores.stores.database_url
    done = yemae("doctor")
    lines = done.out.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("✗ postgres_durability "))
    assert lines[at].endswith("fsync is off: a crash loses sales that were confirmed.")
    assert lines[at + 1].strip() == "→ Set fsync = on in postgresql.conf, then reload PostgreSQL."
    assert re.fullmatch(r"\d+ ok, \d+ warnings, 1 failures, \d+ not checked", lines[-1])


def test_nodes_to_come_are_counted(named_stores: Settings) -> None:
    assert named_stores.stores.database_url
    done = yemae("doctor", "--nodes", "500", "--json")
    assert states(done)["postgres_connections"] == "failure few"
    assert yemae("doctor", "--nodes", "0").code == 2


def test_a_setting_that_cannot_be_used_is_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEMAE_WORKERS", "many")
    done = yemae("doctor")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("yemae: YEMAE_WORKERS='many' cannot be used")


@pytest.mark.parametrize(
    ("away", "url", "other"),
    [
        ("postgres", "postgresql://fan:hunter2@127.0.0.1:1/yemae", "valkey"),
        ("valkey", "valkey://fan:hunter2@127.0.0.1:1", "postgres"),
    ],
)
def test_a_store_that_is_away_is_named_and_the_other_is_looked_at(
    named_stores: Settings, monkeypatch: pytest.MonkeyPatch, away: str, url: str, other: str
) -> None:
    assert named_stores.stores.database_url
    variable = {"postgres": "YEMAE_DATABASE_URL", "valkey": "YEMAE_VALKEY_URL"}[away]
    monkeypatch.setenv(variable, url)
    done = yemae("doctor", "--json")
    assert done.code == 1
    assert (states(done)[away], states(done)[other]) == ("failure away", "ok answers")
    assert states(done)["clock"] == "ok right", "by the clock of the other"
    assert "hunter2" not in done.out


@pytest.mark.parametrize("url", ["nonsense", "valkey://one:port"])
def test_an_address_that_is_none_is_a_failure(
    named_stores: Settings, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    assert named_stores.stores.database_url
    monkeypatch.setenv("YEMAE_VALKEY_URL", url)
    found = checks(yemae("doctor", "--json"))["valkey"]
    assert found["state"] == "failure"
    assert "YEMAE_VALKEY_URL cannot be used" in found["says"]


def test_where_no_server_has_run_nothing_is_made(tmp_path: Path) -> None:
    done = yemae("doctor", "--json")
    found = states(done)
    assert (done.code, done.err) == (0, ""), done.out
    for check in ("data_folder", "postgres", "valkey", "clock", "secret_key", "backup"):
        assert found[check].startswith("not_checked"), check
    assert not (tmp_path / "data").exists()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, YEMAE_WORKERS="1", YEMAE_SECRET_KEY="")
    server.start()
    yield server
    server.stop()


def test_private_stores_are_lent_by_a_server_and_started_without_one(server: Server) -> None:
    done = finish(start("doctor", "--json", **server.environ))
    running = states(done)
    assert (done.code, done.err) == (0, ""), done.out
    assert running["server"] == "ok ready"
    assert running["secret_key_nodes"] == "ok same"
    assert running["data_folder"] == "ok right"
    assert checks(done)["open_files"]["values"]["whose"] == "The running server"
    server.stop()
    done = finish(start("doctor", "--json", **server.environ))
    stopped = states(done)
    assert (done.code, done.err) == (0, ""), done.out
    assert stopped["server"] == "not_checked none"
    assert stopped["secret_key_nodes"] == "not_checked alone"
    same = ("postgres", "postgres_durability", "schema", "role", "valkey", "valkey_disk", "clock")
    assert {name: stopped[name] for name in same} == {name: running[name] for name in same}


def test_private_stores_that_cannot_start_are_a_failure_that_says_why(server: Server) -> None:
    server.stop()
    data = server.folder / "data"
    (data / "postgres" / "PG_VERSION").write_text("12\n")
    done = finish(start("doctor", "--json", **server.environ))
    assert (done.code, done.err) == (1, "")
    assert "was made by PostgreSQL 12" in checks(done)["postgres"]["says"]
    assert states(done)["valkey"] == "not_checked not_started"


def test_a_running_server_whose_valkey_hangs_is_looked_at(server: Server) -> None:
    (valkey,) = server.below("valkey-server")
    os.kill(valkey, signal.SIGSTOP)
    try:
        done = finish(start("doctor", "--json", **server.environ))
    finally:
        os.kill(valkey, signal.SIGCONT)
    assert (done.code, done.err) == (1, "")
    assert states(done)["valkey"] == "failure away"
    assert states(done)["postgres"] == "ok answers"


def test_a_setting_that_an_operator_changed_in_a_private_store_is_found(server: Server) -> None:
    with Client.from_url(server.settings.stores.valkey_url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    done = finish(start("doctor", "--json", **server.environ))
    assert (done.code, states(done)["valkey_eviction"]) == (1, "failure evicts")


def test_a_rehearsal_is_noted_and_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEMAE_WORKERS", "1")
    done = finish(start("rehearse", "--embedded", "--fans", "5", "--seats", "10"))
    assert done.code == 0, done.err
    noted = last_run(tmp_path / "data", RehearsalRun)
    assert noted is not None
    assert (noted.fans, noted.problems, noted.was_stopped) == (5, [], False)
    assert states(yemae("doctor", "--json"))["rehearsal"] == "ok held"
