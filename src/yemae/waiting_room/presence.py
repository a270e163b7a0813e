"""Signs of life of fans who were answered from a view: gathered, and told to Valkey in the
background, so that no poll waits for it."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

import structlog

from yemae.refusals import StoreUnavailable
from yemae.waiting_room.tokens import QueueToken

log = structlog.get_logger(__name__)

# Concert, places, and for how long each counts as present in ms; returns those to look at.
Tell = Callable[[Sequence[QueueToken], Sequence[int]], Awaitable[None]]


class Presence:
    """Who was here since Valkey was last told."""

    def __init__(self, tell: Tell, *, size_max: int, waiting_max: int) -> None:
        """`tell` takes at most `size_max` fans of one concert at a time."""
        self._tell = tell
        self._size_max = size_max
        self._waiting_max = waiting_max
        self._noted: dict[QueueToken, int] = {}

    def note(self, token: QueueToken, patience_ms: int) -> bool:
        """Remember to tell that a fan is there; False when too many are waiting to be told."""
        if len(self._noted) >= self._waiting_max:
            return False
        self._noted[token] = patience_ms
        return True

    async def flush(self) -> None:
        """Tell everything noted so far. What cannot be told now is kept for the next time."""
        noted, self._noted = self._noted, {}
        by_concert: dict[str, list[QueueToken]] = defaultdict(list)
        for token in noted:
            by_concert[token.concert_id].append(token)
        for tokens in by_concert.values():
            for first in range(0, len(tokens), self._size_max):
                some = tokens[first : first + self._size_max]
                try:
                    await self._tell(some, [noted[token] for token in some])
                except StoreUnavailable:
                    self._noted = {token: noted[token] for token in some} | self._noted

    async def keep_telling(self, interval_s: float, also: Callable[[], None]) -> None:
        """Flush, and do something small beside it, at each interval; runs until it is cancelled."""
        while True:
            await asyncio.sleep(interval_s)
            try:
                also()
                await self.flush()
            except Exception:
                log.exception("presence not noted")
