"""The board: each concert's queue numbers, read at most once per interval however many look."""

import asyncio
import time

from yemae.store.valkey import Valkey
from yemae.waiting_room import line
from yemae.waiting_room.line import Snapshot


class Board:
    """The latest snapshot of each concert's queue that somebody asked for."""

    def __init__(self, valkey: Valkey, max_age_s: float) -> None:
        self._valkey = valkey
        self._max_age_s = max_age_s
        self._known: dict[str, tuple[float, Snapshot]] = {}
        self._reading: dict[str, asyncio.Lock] = {}

    async def snapshot(self, concert_id: str) -> Snapshot:
        """Numbers no older than the interval. Raises StoreUnavailable."""
        known = self._fresh(concert_id)
        if known is not None:
            return known
        async with self._reading.setdefault(concert_id, asyncio.Lock()):
            known = self._fresh(concert_id)
            if known is None:
                known = await line.snapshot(self._valkey, concert_id)
                self._known[concert_id] = (time.monotonic(), known)
            return known

    def _fresh(self, concert_id: str) -> Snapshot | None:
        read_at, snapshot = self._known.get(concert_id, (0.0, None))
        return snapshot if time.monotonic() - read_at < self._max_age_s else None
