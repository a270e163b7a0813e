"""What is asked of a Valkey that is not ours before it gets a waiting room."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from valkey import Valkey as Client

from helpers.cluster import Cluster
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.store.errors import StoreError
from yemae.store.valkey_settings import require_kept


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A Valkey whose settings a test may change."""
    stores = PrivateStores(
        tmp_path / "own", external=StoreUrls("postgresql://elsewhere", ""), durable=False
    )
    stores.start()
    yield stores.urls.valkey_url
    stores.stop()


def said(url: str) -> list[dict[str, Any]]:
    """What is logged while the settings are looked at."""
    with capture_logs() as lines:
        require_kept(url)
    return [dict(line) for line in lines]


def set_up(url: str, **settings: str) -> None:
    with Client.from_url(url) as client:
        for name, value in settings.items():
            client.config_set(name.replace("_", "-"), value)


def test_our_own_settings_are_fine(url: str) -> None:
    assert said(url) == []


@pytest.mark.parametrize(
    "policy",
    ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-ttl"],
)
def test_a_valkey_that_evicts_keys_is_refused(url: str, policy: str) -> None:
    """Also those that evict only keys with an end: a queue's keys have one."""
    set_up(url, maxmemory_policy=policy)
    with pytest.raises(StoreError, match=f"has maxmemory-policy {policy}.*Set it to noeviction"):
        require_kept(url)


def test_a_valkey_that_writes_nothing_to_disk_is_a_warning_that_says_what_follows(url: str) -> None:
    set_up(url, appendonly="no")
    (line,) = said(url)
    assert line["log_level"] == "warning"
    assert line["settings"] == 'appendonly no, save ""'
    assert "a restart of it empties every waiting room" in line["event"]
    set_up(url, save="3600 1")
    assert said(url) == []


def restricted(url: str, *rules: str) -> str:
    """The same Valkey for a user with these rules."""
    with Client.from_url(url) as client:
        client.execute_command("ACL", "SETUSER", "app", "on", ">secret", "~*", "+@all", *rules)
    return f"{url}?username=app&password=secret"


def test_where_config_is_not_allowed_the_policy_is_read_otherwise(url: str) -> None:
    app = restricted(url, "-config")
    assert said(app) == []
    set_up(url, maxmemory_policy="allkeys-lru")
    with pytest.raises(StoreError, match="allkeys-lru"):
        require_kept(app)


def test_a_policy_that_cannot_be_read_at_all_is_a_warning(url: str) -> None:
    (line,) = said(restricted(url, "-config", "-info"))
    assert line["event"].startswith("maxmemory-policy of valkey cannot be read")


def test_a_server_that_is_away_is_passed_over_and_no_password_is_logged() -> None:
    (line,) = said("valkey://user:secret@127.0.0.1:1/0")
    assert line["event"] == "settings of valkey not looked at"
    assert "secret" not in str(line)


def test_every_node_of_a_cluster_is_looked_at(cluster: Cluster) -> None:
    set_up(cluster.url_of(2), maxmemory_policy="volatile-lru")
    try:
        with pytest.raises(StoreError, match=f"{cluster.ports[2]} has maxmemory-policy"):
            require_kept(cluster.url_of(0))
    finally:
        set_up(cluster.url_of(2), maxmemory_policy="noeviction")
    assert said(cluster.url_of(0)) == []
