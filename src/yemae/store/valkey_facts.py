"""What each Valkey behind a URL says of itself: version, role, eviction, persistence, memory and
clock. Read only; `doctor/` judges it.

Always holds: what a server does not let this user read is None, not a guess; and a server that is
away is one of the answers, because the others are asked all the same.
"""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from valkey import Valkey
from valkey.exceptions import ResponseError, ValkeyError

from yemae.store.sentinel import servers_of
from yemae.store.valkey_address import place_of, read_address

ANSWER_S = 5
NODES_MAX = 1_000

# The driver's types mix those of its two clients, so functions take a client as Any.


class ValkeyFacts(NamedTuple):
    """One server; `away` is why it could not be asked, and "" when it was."""

    # Host and port, or the path of the socket; never the password.
    place: str
    away: str = ""
    # `valkey` or `redis`.
    kind: str = "valkey"
    version: str | None = None
    # `master` or `slave`, as the server says it.
    role: str | None = None
    is_clustered: bool = False
    has_sentinels: bool = False
    # The setting `min-replicas-to-write`.
    replicas_min: str | None = None
    policy: str | None = None
    aof: bool | None = None
    appendfsync: str | None = None
    # The schedule of snapshots, "" for none.
    save: str | None = None
    writes_to_disk: bool | None = None
    memory_max_bytes: int | None = None
    memory_bytes: int | None = None
    # How far this machine's clock is ahead of the server's.
    clock_offset_s: float | None = None


def valkey_facts(url: str) -> list[ValkeyFacts]:
    """Every server behind the URL, all nodes of a cluster included, in the order they were found.
    The URL was checked before (`require_valkey_url`)."""
    found: dict[str, ValkeyFacts] = {}
    address = read_address(url)
    waiting = servers_of(address, ANSWER_S)
    while waiting and len(found) < NODES_MAX:
        one = waiting.pop(0)
        place = place_of(one)
        if place in found:
            continue
        try:
            with Valkey.from_url(
                one,
                decode_responses=True,
                socket_timeout=ANSWER_S,
                socket_connect_timeout=ANSWER_S,
            ) as valkey:
                found[place] = _facts(valkey, place)._replace(has_sentinels=bool(address.primary))
                waiting += _other_nodes(valkey, one)
        except ValkeyError as error:
            found[place] = ValkeyFacts(place, away=" ".join(str(error).split()).rstrip("."))
    return list(found.values())


def _facts(valkey: Any, place: str) -> ValkeyFacts:
    valkey.ping()
    info = {section: _info(valkey, section) for section in SECTIONS}
    server, memory, disk = info["server"], info["memory"], info["persistence"]
    kind = "redis" if "redis_version" in server and "valkey_version" not in server else "valkey"
    aof = disk.get("aof_enabled")
    limit = _config(valkey, "maxmemory")
    return ValkeyFacts(
        place,
        kind=kind,
        version=server.get(f"{kind}_version"),
        role=info["replication"].get("role"),
        is_clustered=bool(info["cluster"].get("cluster_enabled")),
        # INFO says it where CONFIG is not allowed.
        policy=_config(valkey, "maxmemory-policy") or memory.get("maxmemory_policy"),
        aof=None if aof is None else bool(aof),
        replicas_min=_config(valkey, "min-replicas-to-write"),
        appendfsync=_config(valkey, "appendfsync"),
        save=_config(valkey, "save"),
        writes_to_disk=_writes(disk),
        memory_max_bytes=memory.get("maxmemory") if limit is None else int(limit),
        memory_bytes=memory.get("used_memory"),
        clock_offset_s=_clock_offset_s(valkey),
    )


SECTIONS = ("server", "replication", "cluster", "memory", "persistence")
LAST_WRITES = ("aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status")


def _writes(disk: dict[str, Any]) -> bool | None:
    """Whether its last writes to the disk went well."""
    said = [disk[name] for name in LAST_WRITES if name in disk]
    return all(word == "ok" for word in said) if said else None


def _info(valkey: Any, section: str) -> dict[str, Any]:
    """A section of INFO, empty where it is not allowed."""
    try:
        found: dict[str, Any] = valkey.info(section)
    except ResponseError:
        return {}
    return found


def _config(valkey: Any, name: str) -> str | None:
    """A setting, or None where CONFIG is unknown or not allowed."""
    try:
        found: str | None = valkey.config_get(name).get(name)
    except ResponseError:
        return None
    return found


def _clock_offset_s(valkey: Any) -> float | None:
    """The question is taken to have met the server half-way."""
    try:
        sent = time.time()
        seconds, microseconds = valkey.time()
        took_s = time.time() - sent
    except ResponseError:
        return None
    return float(sent + took_s / 2 - (seconds + microseconds / 1e6))


def _other_nodes(valkey: Any, url: str) -> Iterator[str]:
    """The URLs of the other nodes, when this one belongs to a cluster."""
    if not _info(valkey, "cluster").get("cluster_enabled"):
        return
    try:
        # By the driver: address → what the node says of itself.
        nodes: dict[str, object] = valkey.execute_command("CLUSTER NODES")
    except ResponseError:
        return
    parts = urlsplit(url)
    account, at, _ = parts.netloc.rpartition("@")
    for address in nodes:
        # A node whose address is not known yet has no host.
        if not address.startswith(":"):
            yield urlunsplit(parts._replace(netloc=f"{account}{at}{address}"))
