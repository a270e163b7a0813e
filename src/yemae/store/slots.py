"""Which node of a cluster has which slots, as the answer to CLUSTER SLOTS says. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

SLOTS = 16_384


class Address(NamedTuple):
    """Where a node listens."""

    host: str
    port: int


class Range(NamedTuple):
    """Some slots, and all who have them; the first is the master."""

    first: int
    last: int
    nodes: tuple[Address, ...]


def ranges(rows: Sequence[Any], asked: str) -> tuple[Range, ...]:
    """The answer to CLUSTER SLOTS, the same from all who agree; no host means the one asked."""
    found = []
    for first, last, *nodes in rows:
        master, *replicas = (Address(host or asked, port) for host, port, *_ in nodes)
        found.append(Range(first, last, (master, *sorted(replicas))))
    return tuple(sorted(found))
