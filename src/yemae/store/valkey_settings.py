"""Whether an external Valkey keeps what is written to it: its settings, checked before serving.

A queue's keys must stay until their time is over, so a Valkey that evicts keys when its memory is
full is refused: it would throw whole waiting rooms away in the busiest minute. One that writes
nothing to disk is a warning: a restart empties it, which costs a pause and the counters. Of a
cluster and of what sentinels watch, every node is looked at: each may become a primary.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import structlog
from valkey import Valkey
from valkey.exceptions import ResponseError, ValkeyError

from yemae.store.errors import StoreError
from yemae.store.sentinel import servers_of
from yemae.store.valkey_address import place_of, read_address

KEEPS = "noeviction"
ANSWER_S = 10
NODES_MAX = 1_000

# The driver's types mix those of its two clients, so functions take a client as Any.
log = structlog.get_logger(__name__)


def require_kept(url: str) -> None:
    """Raise StoreError when a server behind the URL evicts keys; log what it does not write to
    disk, and what cannot be looked at. A server that is away is passed over: others are asked."""
    looked_at: set[str] = set()
    address = read_address(url)
    waiting = servers_of(address, ANSWER_S)
    while waiting and len(looked_at) < NODES_MAX:
        one = waiting.pop(0)
        if place_of(one) in looked_at:
            continue
        looked_at.add(place_of(one))
        try:
            with Valkey.from_url(
                one,
                decode_responses=True,
                socket_timeout=ANSWER_S,
                socket_connect_timeout=ANSWER_S,
            ) as valkey:
                _check(valkey, place_of(one))
                if address.primary:
                    _warn_of_old_primary(valkey, place_of(one))
                waiting += _other_nodes(valkey, one)
        except ValkeyError as error:
            log.warning("settings of valkey not looked at", server=place_of(one), error=str(error))


def _check(valkey: Any, place: str) -> None:
    policy = _policy(valkey)
    if policy is None:
        log.warning(
            "maxmemory-policy of valkey cannot be read: make sure that it is noeviction",
            server=place,
        )
    elif policy != KEEPS:
        raise StoreError(
            f"Valkey at {place} has maxmemory-policy {policy}: when its memory is full it throws "
            "waiting rooms away. Set it to noeviction (CONFIG SET maxmemory-policy noeviction, and "
            "in its configuration file)."
        )
    if (missing := _not_on_disk(valkey)) is not None:
        log.warning(
            "valkey writes nothing to disk: a restart of it empties every waiting room, and no fan "
            "is admitted until the places are restored from the fans' tokens",
            server=place,
            settings=missing,
            put_right="CONFIG SET appendonly yes",
        )


def _warn_of_old_primary(valkey: Any, place: str) -> None:
    """A primary that was cut off goes on until the sentinels reach it, unless it needs replicas."""
    if _config(valkey, "min-replicas-to-write") == "0":
        log.warning(
            "a primary of valkey that is replaced while it cannot be reached takes writes until "
            "the sentinels reach it again, and these are lost",
            server=place,
            settings="min-replicas-to-write 0",
            put_right="CONFIG SET min-replicas-to-write 1",
        )


def _policy(valkey: Any) -> str | None:
    """The eviction policy; INFO says it where CONFIG is not allowed. None: neither does."""
    if (policy := _config(valkey, "maxmemory-policy")) is not None:
        return policy
    try:
        found: str | None = valkey.info("memory").get("maxmemory_policy")
    except ResponseError:
        return None
    return found


def _not_on_disk(valkey: Any) -> str | None:
    """The settings by which nothing is written to disk, or None when something is, or when that
    cannot be known."""
    try:
        if valkey.info("persistence").get("aof_enabled") != 0:
            return None
    except ResponseError:
        return None
    save = _config(valkey, "save")
    return 'appendonly no, save ""' if save == "" else None


def _config(valkey: Any, name: str) -> str | None:
    """A setting, or None where CONFIG is unknown or not allowed."""
    try:
        found: str | None = valkey.config_get(name).get(name)
    except ResponseError:
        return None
    return found


def _other_nodes(valkey: Any, url: str) -> Iterator[str]:
    """The URLs of the other nodes, when this one belongs to a cluster."""
    try:
        if not valkey.info("cluster").get("cluster_enabled"):
            return
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
