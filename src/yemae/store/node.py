"""One of several Valkey servers: its connections, and a question to several servers at once.

What always holds: an answer comes within the time that the caller gave, or the driver's
TimeoutError does; and a command for which there was no connection raises another error than one
whose connection broke.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from valkey.asyncio import BlockingConnectionPool
from valkey.asyncio import Valkey as Client
from valkey.asyncio.cluster import ClusterParser
from valkey.exceptions import (
    ConnectionError as ValkeyConnectionError,
)
from valkey.exceptions import (
    TimeoutError as ValkeyTimeoutError,
)

from yemae.store.away import is_away
from yemae.store.slots import Address

# How long servers that hang are waited for when several are asked.
LOOK_S = 0.5

Key = TypeVar("Key")
Said = TypeVar("Said")


class NotSentError(ValkeyConnectionError):
    """There was no node to send the command to, so it was not carried out."""


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
    """One server."""

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
        return (await self.ask_together(("ASKING",), command))[1]

    async def ask_together(self, *commands: Sequence[Any]) -> list[Any]:
        """Several commands over one connection. Raises what the last one does."""
        return await within(self._timeout_s, self._together(commands))

    async def _together(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        async with self.client.pipeline(transaction=False) as pipe:
            for command in commands:
                pipe.execute_command(*command)
            answers: list[Any] = await pipe.execute(raise_on_error=False)
        if isinstance(answers[-1], Exception):
            raise answers[-1]
        return answers


class NoNode(Node):
    """Stands where no node is known to have a slot."""

    def __init__(self) -> None:
        super().__init__(Address("", 0), {})

    async def ask(self, command: Sequence[Any]) -> Any:
        """Refuse like a node that is away."""
        raise NotSentError(f"no node is known to have the key of {command[0]}")


async def within(seconds: float | None, asking: Awaitable[Said]) -> Said:
    """The answer, within `seconds` for all steps together. Raises the driver's own TimeoutError."""
    try:
        async with asyncio.timeout(seconds):
            return await asking
    except TimeoutError as error:
        raise ValkeyTimeoutError(f"no answer within {seconds} seconds") from error


async def soon(asked: Mapping[Key, Coroutine[Any, Any, Said]]) -> dict[Key, Said]:
    """The answers that come within LOOK_S, of questions that are asked at once."""
    tasks = {key: asyncio.create_task(asking) for key, asking in asked.items()}
    try:
        await asyncio.wait(tasks.values(), timeout=LOOK_S)
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    said = {}
    for key, task in tasks.items():
        with suppress(Exception, asyncio.CancelledError):
            said[key] = task.result()
    return said
