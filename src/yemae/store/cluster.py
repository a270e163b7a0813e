"""A Valkey cluster: which node has a key, and what to do while that changes.

What always holds: a command goes to the node that has the key's slot, and follows it when the slot
moves or its node dies, for at most `patience_s`; after that, commands to the same node are refused
at once until it answers again. A command that may have been carried out is never retried. A node
that is away does not slow down commands to the others.

Why it is not the driver's own cluster client: docs/decisions/0009-a-cluster-client-of-our-own.md;
why not valkey-glide: docs/decisions/0017-not-valkey-glide.md.
"""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from valkey.asyncio import BlockingConnectionPool
from valkey.asyncio import Valkey as Client
from valkey.asyncio.cluster import ClusterParser
from valkey.asyncio.connection import parse_url
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
    ConnectionError as ValkeyConnectionError,
)
from valkey.exceptions import (
    TimeoutError as ValkeyTimeoutError,
)

from yemae.store.away import is_away
from yemae.store.slots import SLOTS, Address, Range, ranges

# Between two looks at who has what, and so between two tries.
PAUSE_S = 0.05
# How many nodes are asked who has what, and how long those that hang are waited for.
ASKED_MAX = 5
LOOK_S = 0.5


class NotSentError(ValkeyConnectionError):
    """There was no node to send the command to, so it was not carried out."""


# What passes when the cluster has made up its mind; a moved slot is an AskError, too. None of them
# was carried out.
PASSING = (
    NotSentError,
    BusyLoadingError,
    ReadOnlyError,
    AskError,
    ClusterDownError,
    TryAgainError,
)


class Pool(BlockingConnectionPool):
    """Tells a connection that was not to be had from one that broke."""

    async def get_connection(self, command_name: Any, *keys: Any, **options: Any) -> Any:
        """A connection that works. Raises NotSentError."""
        get: Callable[..., Awaitable[Any]] = super().get_connection
        try:
            return await get(command_name, *keys, **options)
        except ValkeyTimeoutError:
            raise
        except Exception as error:
            if not is_away(error):
                raise
            raise NotSentError(str(error)) from error


class Node:
    """One server of the cluster."""

    def __init__(self, address: Address, options: Mapping[str, Any]) -> None:
        self.address = address
        pool = Pool(
            parser_class=ClusterParser, **{**options, "host": address.host, "port": address.port}
        )
        self.client = Client.from_pool(pool)
        self._timeout_s: float | None = options.get("timeout")
        self._command: Callable[..., Awaitable[Any]] = self.client.execute_command
        # No command waits for this node before that: it hung.
        self.rests_until = 0.0
        # A command has timed out, and the node has not answered since.
        self.failing = False

    async def close(self) -> None:
        """Close the connections; commands that still use one fail."""
        await self.client.aclose()

    async def ask(self, command: Sequence[Any]) -> Any:
        """One command; a redirection comes as an exception."""
        return await within(self._timeout_s, self._command(*command))

    async def ask_ahead(self, command: Sequence[Any]) -> Any:
        """One command about a slot that is still on its way to this node."""
        return await within(self._timeout_s, self._ask_ahead(command))

    async def _ask_ahead(self, command: Sequence[Any]) -> Any:
        async with self.client.pipeline(transaction=False) as pipe:
            pipe.execute_command("ASKING")
            pipe.execute_command(*command)
            _, answer = await pipe.execute(raise_on_error=False)
        if isinstance(answer, Exception):
            raise answer
        return answer


class NoNode(Node):
    """Stands where no node is known to have a slot."""

    def __init__(self) -> None:
        super().__init__(Address("", 0), {})

    async def ask(self, command: Sequence[Any]) -> Any:
        """Refuse like a node that is away."""
        raise NotSentError(f"no node is known to have the key of {command[0]}")


class Cluster:
    """All nodes, and who has which slot."""

    def __init__(
        self, urls: Sequence[str], options: Mapping[str, Any], *, patience_s: float, rest_s: float
    ) -> None:
        """`urls` name some of the nodes; `options` are those of each node's connections."""
        self._patience_s = patience_s
        self._rest_s = rest_s
        named = [dict(parse_url(url)) for url in urls]
        self._options = {**options, **named[0]}
        self._seeds = {
            Address(each.get("host", "localhost"), each.get("port", 6379)) for each in named
        }
        self._nodes: dict[Address, Node] = {}
        self._no_node = NoNode()
        self._owners: list[Node] = [self._no_node] * SLOTS
        # Slots on their way from one node to another, for longer than `patience_s`.
        self._stuck: set[int] = set()
        self._looking: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Give every connection back."""
        if self._looking:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        for node in self._nodes.values():
            await node.close()

    async def ping(self) -> None:
        """Raise unless a node says that the cluster is able to serve."""
        said = await self._ask_several("CLUSTER", "INFO")
        if not any("cluster_state:ok" in text for text in said.values()):
            raise ValkeyConnectionError("no node says that the cluster is fine")

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

    # --- Tries --------------------------------------------------------------------------------

    async def _try(self, slot: int, command: Sequence[Any]) -> Any:
        node = self._owners[slot]
        if time.monotonic() < node.rests_until:
            raise NotSentError("this node of the cluster is left alone for a moment")
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
            self._looking = asyncio.create_task(self._look(), name="look at the cluster")
        return self._looking

    async def _look(self) -> None:
        """Take over what most nodes say, so that one who has not heard the news does no harm."""
        said = await self._ask_several("CLUSTER", "SLOTS")
        maps = Counter(ranges(rows, asked.host) for asked, rows in said.items())
        for found, _ in maps.most_common(1):
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

    async def _ask_several(self, *command: str) -> dict[Address, Any]:
        """What some nodes answer, of those that do so soon."""
        known = list(self._nodes.keys() | self._seeds)
        asked = random.sample(known, min(ASKED_MAX, len(known)))
        tasks = {asyncio.create_task(self._node(each).ask(command)): each for each in asked}
        try:
            await asyncio.wait(tasks, timeout=LOOK_S)
        finally:
            for task in tasks:
                task.cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
        return {
            each: answer
            for each, answer in zip(asked, answers, strict=True)
            if not isinstance(answer, BaseException)
        }

    def _named(self, redirection: AskError, asked: Node) -> Node:
        """The node that a redirection names; a host left out is the one asked."""
        return self._node(Address(redirection.host or asked.address.host, redirection.port))

    def _node(self, address: Address) -> Node:
        if address not in self._nodes:
            self._nodes[address] = Node(address, self._options)
        return self._nodes[address]


async def within(seconds: float | None, asking: Awaitable[Any]) -> Any:
    """The answer, within `seconds` for all steps together. Raises the driver's own TimeoutError."""
    try:
        async with asyncio.timeout(seconds):
            return await asking
    except TimeoutError as error:
        raise ValkeyTimeoutError(f"no answer within {seconds} seconds") from error
