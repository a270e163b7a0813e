"""The board: a cache of each concert's snapshot, read once per interval whatever the number of
readers.

Concerts with recent readers are refreshed in the background, so that polls find a fresh view
without waiting for it.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import structlog

from yemae.refusals import ConcertNotFound, StoreUnavailable
from yemae.store.valkey import Valkey
from yemae.waiting_room import counts
from yemae.waiting_room.snapshot import Ranks, Snapshot

# How often a process reads a queue's numbers, which answer most polls.
SNAPSHOT_S = 1.0
# A concert without readers for this time is not refreshed.
INTEREST_S = 30.0
# A view older than this is not served: the reader asks Valkey.
STALE_S = 10.0

log = structlog.get_logger(__name__)


class View:
    """A snapshot with the ranks that follow from it, and the rates that polls need."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.ranks = Ranks(snapshot)
        self.admitted_per_s = snapshot.admitted_per_s(1)
        rates = (self.admitted_per_s, snapshot.admitted_per_s(5))
        self.rates_per_s = [rate for rate in rates if rate]
        self.read_at = time.monotonic()
        # What readers have made of it, so that it is made once.
        self.made: dict[str, Any] = {}

    def age_s(self) -> float:
        """Seconds since it was read."""
        return time.monotonic() - self.read_at


class Board:
    """The latest view of each concert's queue that has readers."""

    def __init__(self, valkey: Valkey, max_age_s: float, lanes_of: Callable[[str], int]) -> None:
        self._valkey = valkey
        self._max_age_s = max_age_s
        self._lanes_of = lanes_of
        self._views: dict[str, View] = {}
        self._looked_at: dict[str, float] = {}
        self._reading: dict[str, asyncio.Lock] = {}
        # Set, and replaced, at each beat.
        self._beat = asyncio.Event()
        self.is_closing = False

    def latest(self, concert_id: str) -> View | None:
        """The cached view, without waiting; None when none is fresh enough."""
        self._looked_at[concert_id] = time.monotonic()
        return self.peek(concert_id)

    def peek(self, concert_id: str) -> View | None:
        """As `latest`, but the reader does not keep the view fresh."""
        view = self._views.get(concert_id)
        return view if view is not None and view.age_s() < STALE_S else None

    def last(self, concert_id: str) -> View | None:
        """The last view, whatever its age: a fallback for guesses while the store is away."""
        return self._views.get(concert_id)

    async def view(self, concert_id: str) -> View:
        """A view no older than two intervals. Raises StoreUnavailable."""
        self._looked_at[concert_id] = time.monotonic()
        view = self._views.get(concert_id)
        if view is not None and view.age_s() < 2 * self._max_age_s:
            return view
        return await self._read(concert_id, 2 * self._max_age_s)

    async def snapshot(self, concert_id: str) -> Snapshot:
        """The numbers of a view. Raises StoreUnavailable."""
        return (await self.view(concert_id)).snapshot

    async def glance(self, concert_id: str) -> Snapshot:
        """The numbers of a view of up to STALE_S; the reader does not keep it fresh. Raises
        StoreUnavailable."""
        return (self.peek(concert_id) or await self._read(concert_id, STALE_S)).snapshot

    async def beat(self) -> None:
        """Wait until the views have been read again, or the board closes."""
        if not self.is_closing:
            await self._beat.wait()

    def close(self) -> None:
        """Wake all who wait for a beat; listeners then end."""
        self.is_closing = True
        self._beat.set()

    async def keep_fresh(self) -> None:
        """Refresh the views that have readers at each interval, until it is cancelled."""
        while True:
            started = time.monotonic()
            for concert_id, looked_at in list(self._looked_at.items()):
                if started - looked_at > INTEREST_S:
                    self._looked_at.pop(concert_id)
                    self._views.pop(concert_id, None)
                    continue
                try:
                    await self._read(concert_id, 0.5 * self._max_age_s)
                except (StoreUnavailable, ConcertNotFound):
                    pass  # The next reader gets the refusal; the concert may have been removed.
                except Exception:
                    log.exception("queue not read", concert=concert_id)
            self._beat.set()
            self._beat = asyncio.Event()
            await asyncio.sleep(max(0.01, self._max_age_s - (time.monotonic() - started)))

    async def _read(self, concert_id: str, max_age_s: float) -> View:
        async with self._reading.setdefault(concert_id, asyncio.Lock()):
            view = self._views.get(concert_id)
            if view is None or view.age_s() >= max_age_s:
                lanes = self._lanes_of(concert_id)
                view = View(await counts.snapshot(self._valkey, concert_id, lanes))
                self._views[concert_id] = view
            return view
