"""What is found about a Valkey that is set up wrong, one setting after the other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from valkey import Valkey as Client

from helpers.cluster import Cluster, until
from yemae.doctor import valkey
from yemae.doctor.findings import Finding
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.store.valkey_facts import ValkeyFacts, valkey_facts


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A Valkey whose settings a test may change."""
    stores = PrivateStores(tmp_path / "own", external=StoreUrls("postgresql://elsewhere", ""))
    stores.start()
    yield stores.urls.valkey_url
    stores.stop()


def findings(url: str) -> dict[str, Finding]:
    return {found.check: found for found in valkey.check_valkey(valkey_facts(url))}


def reasons(url: str) -> dict[str, str]:
    return {check: found.reason for check, found in findings(url).items()}


def set_up(url: str, **settings: str) -> None:
    with Client.from_url(url) as client:
        for name, value in settings.items():
            client.config_set(name.replace("_", "-"), value)
        # While it begins its file of writes, Valkey refuses to end.
        until(lambda: not _begins_a_file(client))


def _begins_a_file(client: Client) -> bool:
    found: Any = client.info("persistence")
    return bool(found["aof_rewrite_in_progress"] or found["aof_rewrite_scheduled"])


GOOD = {
    "valkey": "answers",
    "valkey_version": "new",
    "valkey_role": "master",
    "valkey_replicas": "alone",
    "valkey_eviction": "keeps",
    "valkey_disk": "written",
    "valkey_memory": "unlimited",
}


def test_our_own_settings_are_right(url: str) -> None:
    assert reasons(url) == GOOD
    assert {found.state for found in findings(url).values()} == {"ok"}


@pytest.mark.parametrize(
    "policy", ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-ttl"]
)
def test_a_valkey_that_evicts_keys_is_a_failure(url: str, policy: str) -> None:
    """Also those that evict only keys with an end: a queue's keys have one."""
    set_up(url, maxmemory_policy=policy)
    found = findings(url)["valkey_eviction"]
    assert (found.reason, found.state) == ("evicts", "failure")
    assert policy in found.says
    assert "noeviction" in found.cure


def test_each_way_to_write_less_to_disk_is_a_warning_of_its_own(url: str) -> None:
    for settings, reason in (
        ({"appendfsync": "no"}, "late"),
        ({"appendonly": "no", "save": "3600 1"}, "snapshots"),
        ({"appendonly": "no", "save": ""}, "unwritten"),
    ):
        set_up(url, **settings)
        found = findings(url)["valkey_disk"]
        assert (found.reason, found.state) == (reason, "warning")
    set_up(url, appendonly="yes", appendfsync="always")
    assert findings(url)["valkey_disk"].reason == "written"


def test_a_valkey_that_cannot_write_to_its_disk_is_a_failure(url: str) -> None:
    failing = valkey_facts(url)[0]._replace(writes_to_disk=False)
    found = valkey.check_disk(failing)
    assert (found.reason, found.state) == ("failing", "failure")


@pytest.mark.parametrize(
    ("share", "reason", "state"),
    [(0.5, "enough", "ok"), (0.9, "low", "warning"), (0.99, "full", "failure")],
)
def test_memory_is_judged_by_its_limit(url: str, share: float, reason: str, state: str) -> None:
    used = valkey_facts(url)[0].memory_bytes
    assert used is not None
    # Far above what it uses, and then what it would use: another client changes it all the time.
    set_up(url, maxmemory=str(100 * used))
    (facts,) = valkey_facts(url)
    assert facts.memory_max_bytes == 100 * used
    found = valkey.check_memory(facts._replace(memory_bytes=int(share * 100 * used)))
    assert (found.reason, found.state) == (reason, state)


def test_a_replica_is_a_failure_and_one_of_a_cluster_is_not(url: str) -> None:
    with Client.from_url(url) as client:
        client.replicaof("127.0.0.1", 1)
    found = findings(url)["valkey_role"]
    assert (found.reason, found.state) == ("replica", "failure")
    replica = ValkeyFacts("here", role="slave", is_clustered=True)
    assert valkey.check_role(replica).reason == "master"


@pytest.mark.parametrize(
    ("kind", "version", "reason"),
    [
        ("valkey", "8.0.1", "new"),
        ("valkey", "7.2.9", "old"),
        ("redis", "7.0.0", "new"),
        ("redis", "6.2.14", "old"),
    ],
)
def test_the_oldest_version_is_that_of_each_kind(kind: str, version: str, reason: str) -> None:
    found = valkey.check_version(ValkeyFacts("here", kind=kind, version=version))
    assert found.reason == reason
    assert version in found.says


def restricted(url: str, *rules: str) -> str:
    """The same Valkey for a user with these rules."""
    with Client.from_url(url) as client:
        client.execute_command("ACL", "SETUSER", "app", "on", ">secret", "~*", "+@all", *rules)
    return f"{url}?username=app&password=secret"


def test_where_config_is_not_allowed_the_policy_is_read_otherwise(url: str) -> None:
    app = restricted(url, "-config")
    assert reasons(app) == GOOD
    set_up(url, maxmemory_policy="allkeys-lru")
    assert reasons(app)["valkey_eviction"] == "evicts"


def test_what_cannot_be_read_is_said_and_not_guessed(url: str) -> None:
    app = restricted(url, "-config", "-info", "-time")
    found = findings(app)
    assert {check for check, one in found.items() if one.reason == "unknown"} == {
        "valkey_version", "valkey_role", "valkey_eviction", "valkey_disk", "valkey_memory",
    }  # fmt: skip
    # A waiting room may be thrown away or lost unnoticed; the others show elsewhere.
    assert found["valkey_eviction"].state == found["valkey_disk"].state == "warning"
    assert valkey_facts(app)[0].clock_offset_s is None
    assert "secret" not in str(found)


def test_a_server_that_is_away_is_a_failure_without_the_password() -> None:
    (found,) = findings("valkey://user:secret@127.0.0.1:1/0").values()
    assert (found.check, found.reason, found.state) == ("valkey", "away", "failure")
    assert "secret" not in found.says


def test_one_of_several_that_is_away_is_a_warning_and_the_others_are_looked_at(
    cluster: Cluster,
) -> None:
    hosts = cluster.url_of(0).partition("://")[2].partition("/")[0]
    found = findings(f"valkey://127.0.0.1:1,{hosts}")
    assert (found["valkey"].reason, found["valkey"].state) == ("partly_away", "warning")
    assert found["valkey"].values["place"] == "127.0.0.1:1"
    assert found["valkey_eviction"].state == "ok"


def test_every_node_of_a_cluster_is_looked_at(cluster: Cluster) -> None:
    set_up(cluster.url_of(2), maxmemory_policy="volatile-lru")
    try:
        found = findings(cluster.url_of(0))["valkey_eviction"]
        assert found.reason == "evicts"
        assert str(cluster.ports[2]) in found.says
    finally:
        set_up(cluster.url_of(2), maxmemory_policy="noeviction")
    assert findings(cluster.url_of(0))["valkey_eviction"].reason == "keeps"
    assert findings(cluster.url_of(0))["valkey_role"].reason == "master"
