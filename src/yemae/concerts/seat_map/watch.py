"""The watch of a performance: its plan and its taken seats in memory, and those who follow them."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from yemae.concerts.performance import Performance
from yemae.concerts.seat_map.plans import KnownPlan
from yemae.concerts.seat_map.taken import Taken

# Followers without news are woken this often, so that a stream notices a client that has left.
IDLE_BEAT_S = 2.0


class Watch:
    """A performance that has viewers."""

    def __init__(self, performance: Performance, known: KnownPlan, versions_max: int) -> None:
        self.performance = performance
        self.plan = known
        self.taken = Taken(known.plan.seats_total, versions_max)
        self.looked_at = time.monotonic()
        # When the latest complete read of the seats began, and when something was last missed; both
        # of the monotonic clock.
        self.read_at = 0.0
        self._missed_at = 0.0
        # The plan has changed, or there are no viewers: followers have to begin anew.
        self.is_over = False
        self.listeners = 0
        # Seats of best-available offers that are not decided yet: see sale/seat_offers.py.
        self.offered: set[int] = set()
        # Those found locked elsewhere, each until a time of the monotonic clock.
        self.locked: dict[int, float] = {}
        # What readers have made of the present version, so that it is made once.
        self.made: dict[str, Any] = {}
        self._beat = asyncio.Event()
        self._beat_at = time.monotonic()
        self.turn = asyncio.Lock()

    @property
    def has_to_read(self) -> bool:
        """Whether something was missed that no read has found since."""
        return self.read_at <= self._missed_at

    def miss(self) -> None:
        """Changes may have been missed until now."""
        self._missed_at = time.monotonic()

    def positions(self, numbers: Iterable[str]) -> list[int]:
        """Where these seats are in the plan. A number that it does not have is one of a plan that
        is on its way here."""
        places = self.plan.positions
        return [places[number] for number in numbers if number in places]

    async def beat(self) -> None:
        """Wait for news, or for IDLE_BEAT_S."""
        await self._beat.wait()

    def wake(self, *, has_news: bool) -> None:
        """Wake all followers, at news or every IDLE_BEAT_S."""
        now = time.monotonic()
        if has_news:
            self.made.clear()
        if has_news or now - self._beat_at >= IDLE_BEAT_S:
            self._beat_at = now
            self._beat.set()
            self._beat = asyncio.Event()

    def end(self) -> None:
        """End all followers."""
        self.is_over = True
        self._beat.set()
