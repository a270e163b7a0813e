"""Presence of fans whose polls were answered from a view: collected, and sent to Valkey in the
background, so that no poll waits for it."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

import structlog

from yemae.refusals import StoreUnavailable
from yemae.waiting_room.tokens import QueueToken

log = structlog.get_logger(__name__)

# Takes places of one concert, and for how long each counts as present in ms.
Send = Callable[[Sequence[QueueToken], Sequence[int]], Awaitable[None]]


class Presence:
    """The fans who polled since the last flush."""

    def __init__(self, send: Send, *, size_max: int, waiting_max: int) -> None:
        """`send` takes at most `size_max` fans of one concert at a time."""
        self._send = send
        self._size_max = size_max
        self._waiting_max = waiting_max
        self._noted: dict[QueueToken, int] = {}

    def note(self, token: QueueToken, patience_ms: int) -> bool:
        """Note that a fan is present; False when too many notes wait for the flush."""
        if len(self._noted) >= self._waiting_max:
            return False
        self._noted[token] = patience_ms
        return True

    async def flush(self) -> None:
        """Send all notes. While the store is away they are kept for the next flush."""
        noted, self._noted = self._noted, {}
        by_concert: dict[str, list[QueueToken]] = defaultdict(list)
        for token in noted:
            by_concert[token.concert_id].append(token)
        for tokens in by_concert.values():
            for first in range(0, len(tokens), self._size_max):
                some = tokens[first : first + self._size_max]
                try:
                    await self._send(some, [noted[token] for token in some])
                except StoreUnavailable:
                    self._noted = {token: noted[token] for token in some} | self._noted

    async def keep_flushing(self, interval_s: float, also: Callable[[], None]) -> None:
        """Flush and call `also` at each interval, until it is cancelled."""
        while True:
            await asyncio.sleep(interval_s)
            try:
                also()
                await self.flush()
            except Exception:
                log.exception("presence not noted")
