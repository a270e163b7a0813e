"""Commands to one of several Valkey servers: which of them has a key, and what to do while that
changes.

What always holds: a command goes to the node that has the key's slot, and follows it when the slot
moves or its node dies, for at most `patience_s`; after that, commands to the same node are refused
at once until it answers again. A command that may have been carried out is never retried. A node
that is away does not slow down commands to the others.

Who has what is found out by a subclass: cluster.py asks the nodes, sentinel.py the sentinels. Why
it is not the driver's own cluster client: docs/decisions/0009-a-cluster-client-of-our-own.md; why
not valkey-glide: docs/decisions/0017-not-valkey-glide.md.
"""

import asyncio
import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from valkey.crc import key_slot
from valkey.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    MovedError,
    ReadOnlyError,
    TryAgainError,
)
from valkey.exceptions import (
    TimeoutError as ValkeyTimeoutError,
)

from yemae.store.away import is_away
from yemae.store.node import Node, NoNode, NotSentError
from yemae.store.slots import SLOTS, Address, Range

# Between two looks at who has what, and so between two tries.
PAUSE_S = 0.05
# What passes when the servers have made up their mind; a moved slot is an AskError, too. None of
# them was carried out.
PASSING = (
    NotSentError,
    BusyLoadingError,
    ReadOnlyError,
    AskError,
    ClusterDownError,
    TryAgainError,
)


class Router(ABC):
    """The nodes, and who has which slot."""

    def __init__(self, options: Mapping[str, Any], *, patience_s: float, rest_s: float) -> None:
        """`options` are those of each node's connections."""
        self._patience_s = patience_s
        self._rest_s = rest_s
        self._options = options
        # Nodes that stay known, whatever is found.
        self._seeds: set[Address] = set()
        self._nodes: dict[Address, Node] = {}
        self._no_node = NoNode()
        self._owners: list[Node] = [self._no_node] * SLOTS
        # Slots on their way from one node to another, for longer than `patience_s`.
        self._stuck: set[int] = set()
        self._looking: asyncio.Task[None] | None = None

    @abstractmethod
    async def ping(self) -> None:
        """Raise unless the servers are able to serve."""

    @abstractmethod
    async def _find(self) -> Sequence[Range]:
        """Who has which slots now; nothing when that cannot be found out."""

    async def close(self) -> None:
        """Give every connection back."""
        if self._looking:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        for node in self._nodes.values():
            await node.close()

    async def ask(self, key: str, *command: Any) -> Any:
        """What the node of this key answers; raises what was last in the way."""
        slot = key_slot(key.encode())
        owner = self._owners[slot]
        try:
            return await self._try(slot, command)
        except PASSING as error:
            # News of where it is now is worth another try in any case.
            vain = owner.failing or slot in self._stuck
            if vain and not isinstance(error, MovedError):
                self._look_soon()
                raise
            return await self._try_again(slot, command, error)
        except Exception as error:
            # It broke, or takes no writes: another one may have its place.
            if is_away(error):
                self._look_soon()
            raise

    # --- Tries --------------------------------------------------------------------------------

    async def _try(self, slot: int, command: Sequence[Any]) -> Any:
        node = self._owners[slot]
        if time.monotonic() < node.rests_until:
            raise NotSentError("this node is left alone for a moment")
        try:
            answer = await node.ask(command)
        except MovedError as moved:
            self._owners[slot] = self._named(moved, node)
            raise
        except AskError as ahead:
            answer = await self._named(ahead, node).ask_ahead(command)
        except ValkeyTimeoutError:
            self._give_up(node)
            raise
        node.failing = False
        self._stuck.discard(slot)
        return answer

    async def _try_again(self, slot: int, command: Sequence[Any], error: Exception) -> Any:
        """Retry until it works or `patience_s` is over; later commands are refused at once."""
        try:
            async with asyncio.timeout(self._patience_s):
                for again in itertools.count():
                    looking = self._look_soon()
                    if again or not isinstance(error, MovedError):
                        await asyncio.shield(looking)
                    try:
                        return await self._try(slot, command)
                    except PASSING as latest:
                        error = latest
        except TimeoutError:
            if isinstance(error, TryAgainError):
                self._stuck.add(slot)
            else:
                self._give_up(self._owners[slot])
        raise error

    def _give_up(self, node: Node) -> None:
        node.failing = True
        node.rests_until = time.monotonic() + self._rest_s
        self._look_soon()

    # --- Who has what -------------------------------------------------------------------------

    def _look_soon(self) -> "asyncio.Task[None]":
        """The look that is under way, or a new one."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="look for the node of each slot")
        return self._looking

    async def _look(self) -> None:
        if found := await self._find():
            await self._take_over(found)
        await asyncio.sleep(PAUSE_S)

    async def _take_over(self, found: Sequence[Range]) -> None:
        owners: list[Node] = [self._no_node] * SLOTS
        for first, last, nodes in found:
            owners[first : last + 1] = [self._node(nodes[0])] * (last + 1 - first)
        self._owners = owners
        listed = {address for each in found for address in each.nodes}
        for address in self._nodes.keys() - listed - self._seeds:
            await self._nodes.pop(address).close()
        for address in listed:
            self._node(address)

    def _named(self, redirection: AskError, asked: Node) -> Node:
        """The node that a redirection names; a host left out is the one asked."""
        return self._node(Address(redirection.host or asked.address.host, redirection.port))

    def _node(self, address: Address) -> Node:
        if address not in self._nodes:
            self._nodes[address] = Node(address, self._options)
        return self._nodes[address]
