"""A Valkey cluster: its nodes say which of them has which slots.

What always holds: what most of the nodes that were asked say counts, so that one who has not heard
the news does no harm.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from valkey.asyncio.connection import parse_url
from valkey.exceptions import ConnectionError as ValkeyConnectionError

from yemae.store.node import soon
from yemae.store.router import Router
from yemae.store.slots import Address, Range, ranges

# How many nodes are asked who has what.
ASKED_MAX = 5


class Cluster(Router):
    """All nodes, and who has which slot."""

    def __init__(
        self, urls: Sequence[str], options: Mapping[str, Any], *, patience_s: float, rest_s: float
    ) -> None:
        """`urls` name some of the nodes."""
        named = [dict(parse_url(url)) for url in urls]
        super().__init__({**options, **named[0]}, patience_s=patience_s, rest_s=rest_s)
        self._seeds = {
            Address(each.get("host", "localhost"), each.get("port", 6379)) for each in named
        }

    async def ping(self) -> None:
        """Raise unless a node says that the cluster is able to serve."""
        said = await self._ask_several("CLUSTER", "INFO")
        if not any("cluster_state:ok" in text for text in said.values()):
            raise ValkeyConnectionError("no node says that the cluster is fine")

    async def _find(self) -> Sequence[Range]:
        said = await self._ask_several("CLUSTER", "SLOTS")
        maps = Counter(ranges(rows, asked.host) for asked, rows in said.items())
        return next((found for found, _ in maps.most_common(1)), ())

    async def _ask_several(self, *command: str) -> dict[Address, Any]:
        """What some nodes answer, of those that do so soon."""
        known = list(self._nodes.keys() | self._seeds)
        asked = random.sample(known, min(ASKED_MAX, len(known)))
        return await soon({each: self._node(each).ask(command) for each in asked})
