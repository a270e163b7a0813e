"""What `yemae serve` refuses because it would fail in silence, and what it only logs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from valkey import Valkey as Client

from helpers.private_stores import EXTERNAL
from helpers.server import Server
from yemae.embedded.private_stores import PrivateStores

OTHER = "another key than the first node's, 32 characters or more"


@pytest.fixture
def named(database_url: str, valkey_url: str) -> dict[str, str]:
    return {
        "YEMAE_DATABASE_URL": database_url,
        "YEMAE_VALKEY_URL": valkey_url,
        "YEMAE_WORKERS": "1",
    }


def refusal(server: Server) -> str:
    """Start it, expecting one sentence."""
    with pytest.raises(AssertionError):
        server.start()
    assert server.process is not None
    assert server.process.wait(timeout=60) == 1
    return server.complaint().strip().splitlines()[-1]


def logged(server: Server) -> dict[str, dict[str, Any]]:
    """What was logged of each check."""
    lines = [json.loads(line) for line in server.complaint().splitlines() if line[:1] == "{"]
    return {line["check"]: line for line in lines if "check" in line}


def test_a_database_that_loses_commits_is_refused_in_production_and_else_logged(
    tmp_path: Path, named: dict[str, str]
) -> None:
    """The tests' PostgreSQL has fsync off."""
    said = refusal(Server(tmp_path, YEMAE_MODE="production", **named))
    assert said.startswith(
        "yemae: fsync is off: a crash loses sales that were confirmed. Set fsync"
    )
    server = Server(tmp_path, **named)
    server.start()
    server.stop()
    line = logged(server)["postgres_durability"]
    assert (line["level"], line["put_right"][:14]) == ("error", "Set fsync = on")


def test_a_node_with_another_key_than_those_that_run_is_refused(
    tmp_path: Path, named: dict[str, str]
) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    one = Server(tmp_path / "one", **named)
    one.start()
    try:
        said = refusal(Server(tmp_path / "two", YEMAE_SECRET_KEY=OTHER, **named))
        assert "with another secret key. Give every node the same YEMAE_SECRET_KEY" in said
        same = Server(tmp_path / "two", **named)
        same.start()
        same.stop()
    finally:
        one.stop()
    # All were stopped, so that the key may change.
    changed = Server(tmp_path / "two", YEMAE_SECRET_KEY=OTHER, **named)
    changed.start()
    changed.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[str]:
    """A Valkey whose settings a test may change."""
    own = PrivateStores(tmp_path / "own", external=EXTERNAL._replace(valkey_url=""))
    own.start()
    yield own.urls.valkey_url
    own.stop()


def test_a_valkey_that_evicts_is_refused_and_one_that_forgets_is_logged(
    tmp_path: Path, named: dict[str, str], valkey: str
) -> None:
    server = Server(tmp_path, **{**named, "YEMAE_VALKEY_URL": valkey})
    with Client.from_url(valkey) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        assert "has maxmemory-policy allkeys-lru" in refusal(server)
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("appendonly", "no")
    (tmp_path / "err").unlink()
    server.start()
    server.stop()
    line = logged(server)["valkey_disk"]
    assert (line["level"], line["put_right"][:18]) == ("warning", "Set appendonly yes")
    assert "a restart of it empties every waiting room" in line["event"]


def test_no_new_key_is_made_for_a_database_that_is_there(tmp_path: Path) -> None:
    server = Server(tmp_path, YEMAE_WORKERS="1", YEMAE_SECRET_KEY="")
    server.start()
    server.stop()
    key = tmp_path / "data" / "secret.key"
    before = key.read_text()
    key.unlink()
    assert refusal(server).startswith(f"yemae: The key file {key} is gone, and there is a database")
    assert not key.exists()
    key.write_text(before)
    server.start()
    server.stop()
