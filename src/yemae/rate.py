"""How often somebody may ask: counts in windows of fixed length, and whom a network address is."""

import ipaddress
import time
from collections.abc import Hashable

from yemae.refusals import RateLimited


class Window:
    """Counts by key; every count is forgotten when the window ends."""

    def __init__(self, length_s: float, most: int) -> None:
        self._length_s = length_s
        self._most = most
        self._counts: dict[Hashable, int] = {}
        self._ends_at = 0.0

    def count(self, key: Hashable) -> None:
        """Count one more. Raises RateLimited when that is too many."""
        now = time.monotonic()
        if now >= self._ends_at:
            self._counts.clear()
            self._ends_at = now + self._length_s
        count = self._counts.get(key, 0) + 1
        self._counts[key] = count
        if count > self._most:
            raise RateLimited(max(1, round(self._ends_at - now)))


def network(address: str) -> str:
    """What an address is counted as: itself, or its /64 for IPv6, because one connection has all of
    those to choose from. Empty when it is no address."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(known) >> 64 << 64))
