"""Throttles: counts in windows of fixed length, shares of limited resources, and the network that
an address belongs to."""

import asyncio
import ipaddress
import math
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from functools import cache, partial
from typing import Generic, NamedTuple, TypeVar

import structlog

from yemae.refusals import Overloaded, RateLimited

# A share is free again when its holder lets go of it, and nothing says when.
SHARE_RETRY_S = 10
# What all addresses that cannot be read are counted as.
UNREADABLE = "unreadable"
# The most of the time in which a value that many want is made.
MAKING_PART = 0.01

log = structlog.get_logger(__name__)

Kind = TypeVar("Kind")
# Share of a window's length over which refused callers retry in the next one.
SPREAD = 0.25


class Window:
    """Counts by key; every count is forgotten when the window ends."""

    def __init__(self, length_s: float, most: int) -> None:
        self._length_s = length_s
        self._most = most
        self._counts: dict[Hashable, int] = {}
        self._ends_at = 0.0

    def has_room(self, key: Hashable) -> bool:
        """Whether one more can be counted."""
        return self._counts.get(key, 0) < self._most or time.monotonic() >= self._ends_at

    def count(self, key: Hashable) -> None:
        """Count one more. Raises RateLimited when that is too many."""
        now = time.monotonic()
        if now >= self._ends_at:
            self._counts.clear()
            self._ends_at = now + self._length_s
        count = self._counts.get(key, 0) + 1
        self._counts[key] = count
        if count > self._most:
            # Spread behind the end, or else all who were refused would come back in one second.
            spread_s = random.uniform(0.0, SPREAD * self._length_s)  # noqa: S311 - no secret
            raise RateLimited(math.ceil(self._ends_at - now + spread_s))


class Latest(Generic[Kind]):
    """A value that is made at most once in a while, for all who want it. One that takes long to
    make is kept for longer, up to `longest_s`, so that it is being made for MAKING_PART of the
    time."""

    def __init__(self, max_age_s: float, longest_s: float | None = None) -> None:
        self._shortest_s = self._max_age_s = max_age_s
        self._longest_s = max_age_s if longest_s is None else longest_s
        self._value: Kind | None = None
        self._made_at = 0.0
        self._making = asyncio.Lock()

    async def get(self, make: Callable[[], Awaitable[Kind]]) -> Kind:
        """The value at hand if it is young enough, or a new one."""
        async with self._making:
            if self._value is None or time.monotonic() - self._made_at > self._max_age_s:
                begun_at = time.monotonic()
                self._value = await make()
                self._made_at = time.monotonic()
                took_s = self._made_at - begun_at
                self._max_age_s = max(self._shortest_s, min(took_s / MAKING_PART, self._longest_s))
            return self._value


class ShareRequest(NamedTuple):
    """One more share for a key, which may have at most `most`."""

    key: Hashable
    most: int


class Shares:
    """How many of something each key has at the moment."""

    def __init__(self) -> None:
        self._taken: Counter[Hashable] = Counter()

    def __getitem__(self, key: Hashable) -> int:
        return self._taken[key]

    def take(self, total: ShareRequest, *own: ShareRequest) -> Callable[[], None]:
        """Take one for every key, and return how to give it back, once. Raises Overloaded when
        all have too many together, RateLimited when one key has."""
        if self._taken[total.key] >= total.most:
            raise Overloaded
        for claim in own:
            if self._taken[claim.key] >= claim.most:
                raise RateLimited(SHARE_RETRY_S)
        keys = [claim.key for claim in (total, *own)]
        self._taken.update(keys)
        return partial(self._give_back, keys)

    def _give_back(self, keys: list[Hashable]) -> None:
        while keys:
            key = keys.pop()
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]


@cache
def _say_once() -> None:
    log.warning(
        "an address cannot be read, so all clients without one that can be are counted as one: "
        "look at what the proxy writes into X-Forwarded-For"
    )


def _bare(address: str) -> str:
    """The address alone, of `"[2001:db8::1]:4711"` and of `192.0.2.1:4711`."""
    text = address.strip().strip('"').strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def network(address: str) -> str:
    """What an address is counted as: itself, or its /64 for IPv6, because one connection has all of
    those to choose from.

    A proxy may write it with quotes, brackets or a port. What cannot be read, such as `unknown` or
    a name that hides it, is counted as one address: a limit that it would switch off is none.
    """
    try:
        known = ipaddress.ip_address(_bare(address))
    except ValueError:
        _say_once()
        return UNREADABLE
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(known) >> 64 << 64))
