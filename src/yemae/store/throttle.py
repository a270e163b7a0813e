"""A limit on how often something is done, counted in Valkey for all nodes together; while it is
away, in this process."""

import hashlib

from yemae.base.rate_limit import Window
from yemae.refusals import RateLimited, StoreUnavailable
from yemae.store.valkey import Valkey


class Throttle:
    """Counts by key, in windows that begin with a key's first count. Nothing in the keys of Valkey
    can be read."""

    def __init__(self, valkey: Valkey, name: str, most: int, length_s: int) -> None:
        self._valkey = valkey
        self._name = name
        self._most = most
        self._length_s = length_s
        self._here = Window(length_s, most)

    async def count(self, key: str) -> None:
        """Count one more. Raises RateLimited when that is too many."""
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        try:
            count = await self._valkey.count_up(f"yemae:{self._name}:{digest}", self._length_s)
        except StoreUnavailable:
            self._here.count(digest)
            return
        if count > self._most:
            raise RateLimited(self._length_s)
