"""What is checked of Valkey, by what each server behind the URL says of itself."""

from collections.abc import Callable, Sequence

from yemae.doctor.findings import Finding, found, worst
from yemae.store.failures import OLDEST_MAJOR
from yemae.store.valkey_facts import ValkeyFacts

KEEPS = "noeviction"
MB = 1_000_000
LOW_SHARE = 0.8
FULL_SHARE = 0.98

CheckOfOne = Callable[[ValkeyFacts], Finding]


def check_valkey(servers: Sequence[ValkeyFacts]) -> list[Finding]:
    """Every check; of several servers the worst finding of each."""
    answering = [server for server in servers if not server.away]
    if not answering:
        return [found("valkey.away", reason="; ".join(server.away for server in servers))]
    away = (server for server in servers if server.away)
    partly = (found("valkey.partly_away", place=one.place, reason=one.away) for one in away)
    return [
        worst([found("valkey.answers"), *partly]),
        *(worst(check(server) for server in answering) for check in CHECKS),
    ]


def check_version(server: ValkeyFacts) -> Finding:
    """Whether it is new enough."""
    if server.version is None:
        return found("valkey_version.unknown", place=server.place)
    major = int(server.version.split(".", maxsplit=1)[0])
    name = "old" if major < OLDEST_MAJOR[server.kind] else "new"
    return found(
        f"valkey_version.{name}",
        kind=server.kind.title(),
        version=server.version,
        place=server.place,
    )


def check_role(server: ValkeyFacts) -> Finding:
    """Whether it can be written to; clusters and sentinels say themselves which node can."""
    if server.role is None:
        return found("valkey_role.unknown", place=server.place)
    if server.role != "master" and not (server.is_clustered or server.has_sentinels):
        return found("valkey_role.replica", place=server.place)
    return found("valkey_role.master")


def check_replicas(server: ValkeyFacts) -> Finding:
    """Whether a primary that is replaced while it cannot be reached stops taking writes."""
    if server.has_sentinels and server.replicas_min == "0":
        return found("valkey_replicas.none", place=server.place)
    return found("valkey_replicas.wanted" if server.has_sentinels else "valkey_replicas.alone")


def check_eviction(server: ValkeyFacts) -> Finding:
    """Whether it keeps what it has when its memory is full: a queue's keys have an end, so that
    also the policies count that evict only such keys."""
    if server.policy is None:
        return found("valkey_eviction.unknown", place=server.place)
    if server.policy != KEEPS:
        return found("valkey_eviction.evicts", place=server.place, policy=server.policy)
    return found("valkey_eviction.keeps")


def check_disk(server: ValkeyFacts) -> Finding:
    """Whether a restart brings the waiting rooms back."""
    if server.writes_to_disk is False:
        return found("valkey_disk.failing", place=server.place)
    if server.aof:
        name = "late" if server.appendfsync == "no" else "written"
    elif server.aof is None or server.save is None:
        name = "unknown"
    else:
        name = "snapshots" if server.save else "unwritten"
    return found(f"valkey_disk.{name}", place=server.place)


def check_memory(server: ValkeyFacts) -> Finding:
    """Whether there is room for more places."""
    used, limit = server.memory_bytes, server.memory_max_bytes
    if used is None or limit is None:
        return found("valkey_memory.unknown", place=server.place)
    share = used / limit if limit else 0
    name = "full" if share >= FULL_SHARE else "low" if share >= LOW_SHARE else "enough"
    return found(
        f"valkey_memory.{name if limit else 'unlimited'}",
        place=server.place,
        used_mb=used // MB,
        limit_mb=limit // MB,
    )


CHECKS: tuple[CheckOfOne, ...] = (
    check_version,
    check_role,
    check_replicas,
    check_eviction,
    check_disk,
    check_memory,
)
