"""A primary with replicas, watched by sentinels, who say which server is the primary.

What always holds: of what the sentinels say, the newest counts: each promotion has a higher epoch,
so a sentinel that was cut off or has just started does no harm. They are asked when there is a
reason to: at first, when the primary broke, hangs or takes no writes, and after a time without a
command, in which it may have been replaced and have come back with old data.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from valkey import Valkey
from valkey.asyncio.connection import parse_url
from valkey.exceptions import ValkeyError

from yemae.store.errors import StoreError
from yemae.store.node import Node, soon
from yemae.store.router import Router
from yemae.store.slots import SLOTS, Address, Range
from yemae.store.valkey_address import SENTINEL_PORT, ValkeyAddress, place_of

# Which server it is asked of does not matter: there is one.
ANY_KEY = "yemae"
# Shorter than a fail-over takes: commands that come more often notice one by an error.
IDLE_S = 2.0


class Named(NamedTuple):
    """The primary, as a sentinel knows it."""

    epoch: int
    address: Address


class Sentinels(Router):
    """The primary that the sentinels name has every slot."""

    def __init__(
        self,
        address: ValkeyAddress,
        options: Mapping[str, Any],
        *,
        patience_s: float,
        rest_s: float,
    ) -> None:
        of_server = dict(parse_url(address.server_url(Address("", 0))))
        super().__init__({**options, **of_server}, patience_s=patience_s, rest_s=rest_s)
        self._name = address.primary
        self._sentinels = [_sentinel(url, options) for url in address.urls]
        self._asked_at = time.monotonic()

    async def ask(self, key: str, *command: Any) -> Any:
        """What the primary answers; raises what was last in the way."""
        idle_s = time.monotonic() - self._asked_at
        self._asked_at += idle_s
        if idle_s > IDLE_S:
            await asyncio.shield(self._look_soon())
        return await super().ask(key, *command)

    async def close(self) -> None:
        """Give every connection back."""
        await super().close()
        for sentinel in self._sentinels:
            await sentinel.close()

    async def ping(self) -> None:
        """Raise unless the primary answers."""
        await self.ask(ANY_KEY, "PING")

    async def _find(self) -> Sequence[Range]:
        asked = {
            each.address: each.ask_together(*questions(self._name)) for each in self._sentinels
        }
        newest = newest_of((await soon(asked)).values())
        return () if newest is None else (Range(0, SLOTS - 1, (newest,)),)


def _sentinel(url: str, options: Mapping[str, Any]) -> Node:
    own = dict(parse_url(url))
    address = Address(own.get("host", "localhost"), own.get("port", SENTINEL_PORT))
    return Node(address, {**options, **own, "max_connections": 1})


def questions(name: str) -> tuple[tuple[str, str, str], ...]:
    """What a sentinel is asked, both at once: while it promotes a replica, only the first answer is
    the new address, and only the second has the epoch."""
    return ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name), ("SENTINEL", "MASTER", name)


def newest_of(answers: Iterable[Sequence[Any]]) -> Address | None:
    """The primary of the newest epoch, or None when there is no answer."""
    named = [
        Named(int(pairs(state)["config-epoch"]), Address(str(host), int(port)))
        for (host, port), state in answers
    ]
    return max(named).address if named else None


def pairs(flat: Sequence[Any] | Mapping[str, Any]) -> dict[str, Any]:
    """A sentinel's list of names and values."""
    if isinstance(flat, Mapping):
        return dict(flat)
    return dict(zip(flat[::2], flat[1::2], strict=True))


# --- For commands and checks, which block -----------------------------------------------------


def servers_of(address: ValkeyAddress, answer_s: float) -> list[str]:
    """The URLs of all servers; where there are sentinels, of the primary, first, and of its
    replicas. Raises StoreError when no sentinel names a primary."""
    if not address.primary:
        return list(address.urls)
    reasons, answers = [], []
    replicas: dict[Address, None] = {}
    for url in address.urls:
        try:
            with Valkey.from_url(
                url,
                decode_responses=True,
                socket_timeout=answer_s,
                socket_connect_timeout=answer_s,
            ) as sentinel:
                answers.append([_ask(sentinel, each) for each in questions(address.primary)])
                for flat in _ask(sentinel, ("SENTINEL", "REPLICAS", address.primary)):
                    replica = pairs(flat)
                    replicas[Address(replica["ip"], int(replica["port"]))] = None
        except ValkeyError as error:
            reasons.append(f"{place_of(url)}: {' '.join(str(error).split()).rstrip('.')}")
    if (primary := newest_of(answers)) is None:
        raise StoreError(
            f"No sentinel says which Valkey is the primary {address.primary}: {'; '.join(reasons)}."
        )
    others = [each for each in replicas if each != primary]
    return [address.server_url(each) for each in (primary, *others)]


def _ask(sentinel: Any, command: Sequence[str]) -> Any:
    # The driver's types mix those of its two clients.
    return sentinel.execute_command(*command)
