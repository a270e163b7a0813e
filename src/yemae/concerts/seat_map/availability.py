"""Availability: a cache of the taken seats of every performance that has viewers.

Viewers cost the database nothing, however many there are. A verb that changes seats notes them
after its commit; the changes of a tenth of a second are published as one notice of PostgreSQL to
all processes. A check reads the seats every few seconds, so a lost notice is repaired soon. This
cache is only shown to fans: a hold is decided under the seats' locks.

Lists of dates and seats are answered from a watch that is `trusted`: read since this process last
connected for notices, which came or were asked for within HEARD_MAX_S.
"""

import asyncio
import time
from collections.abc import Coroutine, Iterable
from contextlib import aclosing
from typing import Any

import structlog

from yemae.concerts.catalogue import Catalogue
from yemae.concerts.performance import Performance
from yemae.concerts.seat_map.changes import CHANNEL, Change, read_notice
from yemae.concerts.seat_map.plans import Plans
from yemae.concerts.seat_map.publisher import Publisher
from yemae.concerts.seat_map.watch import Watch
from yemae.refusals import Refusal, StoreUnavailable
from yemae.settings import Settings
from yemae.store.node_clock import NodeClock
from yemae.store.notices import notices
from yemae.store.postgres import Postgres
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__)
TAKEN_SEATS = QUERIES["taken_seats"]

# The interval of events to followers.
TICK_S = 0.25
# How often the seats of a watch are read from PostgreSQL, in case a notice was lost.
CHECK_S = 5.0
# How many changes back a client that was disconnected can resume.
VERSIONS_MAX = 240
# A performance without viewers for this time is not watched any more.
INTEREST_S = 30.0
RECONNECT_S = 1.0
QUIET_S = 1.0
# Lists trust no watch when the notices' connection was silent for longer, heartbeats included.
HEARD_MAX_S = 2 * QUIET_S
# A watch is too old to be shown after this many failed checks.
STALE_CHECKS = 3
# Lists start no watch above this many watched seats, which take some 100 bytes each.
SEATS_WATCHED_MAX = 500_000
STARTS_MAX = 3

log = structlog.get_logger(__name__)


class Availability:
    """The watches of this process."""

    def __init__(
        self,
        settings: Settings,
        postgres: Postgres,
        clock: NodeClock,
        catalogue: Catalogue,
        plans: Plans,
    ) -> None:
        self._settings = settings
        self._postgres = postgres
        self._clock = clock
        self._catalogue = catalogue
        self._plans = plans
        self.watches: dict[int, Watch] = {}
        self._starting: dict[int, asyncio.Lock] = {}
        self.publisher = Publisher(postgres)
        self._has_viewers = asyncio.Event()
        # When the connection for notices last proved to work; monotonic, 0 while there is none.
        self._heard_at = 0.0
        # Performances that lists asked for and that are to be watched.
        self._wanted: dict[int, Performance] = {}
        self._has_wanted = asyncio.Event()
        self.is_closing = False

    @property
    def watched(self) -> int:
        """How many performances are watched."""
        return len(self.watches)

    def now_s(self) -> float:
        """The store's time, as far as it is known."""
        return self._clock.sale_now_s() + self._postgres.clock_offset_s

    def trusted(self, performance: Performance) -> Watch | None:
        """The watch of a performance, with the seats that can be booked now. None when this process
        may have missed a change, or does not watch it yet: then it soon will."""
        watch = self.watches.get(performance.key)
        if watch is None:
            self._wanted[performance.key] = performance
            self._has_wanted.set()
            return None
        now = watch.looked_at = time.monotonic()
        if (
            watch.has_to_read
            or now - self._heard_at > HEARD_MAX_S
            or now - watch.read_at > STALE_CHECKS * CHECK_S
            or watch.performance.plan != performance.plan
        ):
            return None
        watch.taken.pass_time(self.now_s())
        return watch

    async def watch(self, performance: Performance, max_age_s: float | None = None) -> Watch:
        """The seats of a performance as they are now, read from the store not longer ago than
        `max_age_s` (by default a few checks). Raises StoreUnavailable, PerformanceNotFound."""
        if max_age_s is None:
            max_age_s = STALE_CHECKS * CHECK_S
        for _ in range(STARTS_MAX):
            watch = self.watches.get(performance.key) or await self._start(performance)
            watch.looked_at = time.monotonic()
            if time.monotonic() - watch.read_at > max_age_s:
                await self._read(watch, max_age_s)
            if not watch.is_over:
                return watch
        raise StoreUnavailable  # Loads of the concert overtake one another.

    def note(self, changes: Iterable[Change]) -> None:
        """Seats that a transaction of this process has changed: known here at once, and published
        to the others soon. Call it after the commit."""
        now_s = self.now_s()
        for change in changes:
            self._apply(change, now_s)
            self.publisher.unpublished.append(change)

    def take_changed(self) -> set[int]:
        """The keys of the performances whose seats this process has changed since this was last
        asked."""
        changed, self.publisher.changed = self.publisher.changed, set()
        return changed

    def presume_taken(self, performance_key: int, numbers: list[str], seconds: float) -> None:
        """Seats that a hold found taken before their change was published."""
        if (watch := self.watches.get(performance_key)) is not None:
            watch.taken.presume(watch.positions(numbers), self.now_s() + seconds, self.now_s())

    def close(self) -> None:
        """End all followers."""
        self.is_closing = True
        for watch in self.watches.values():
            watch.end()

    # --- Background tasks ---

    def works(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """The background tasks."""
        return (
            self.keep_turning(),
            self.keep_checking(),
            self.publisher.keep_publishing(),
            self.keep_listening(),
            self.keep_starting(),
        )

    async def keep_turning(self) -> None:
        """Free seats whose hold has run out, and wake followers; runs until it is cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            for watch in list(self.watches.values()):
                watch.taken.pass_time(self.now_s())
                watch.wake(has_news=watch.taken.turn(self.now_s()))

    async def keep_checking(self) -> None:
        """Read the seats every few seconds, end watches without viewers; runs until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            await asyncio.gather(*map(self._check, list(self.watches.values())))
            if not self.watches:
                self._has_viewers.clear()

    async def keep_listening(self) -> None:
        """Receive changes of other processes while there are viewers; runs until cancelled."""
        while True:
            await self._has_viewers.wait()
            try:
                async with aclosing(notices(self._settings, CHANNEL, QUIET_S)) as heard:
                    async for text in heard:
                        self._heard_at = time.monotonic()
                        self._hear(text)
                        if not self._has_viewers.is_set():
                            break
            except StoreUnavailable:
                log.warning("changes of seats not received: the database is away")
            except Exception:
                log.exception("changes of seats not received")
            finally:
                self._heard_at = 0.0
                self.publisher.listen(hears=False)
            await asyncio.sleep(RECONNECT_S)

    async def keep_starting(self) -> None:
        """Watch the performances that lists asked for, one by one; runs until it is cancelled."""
        while True:
            await self._has_wanted.wait()
            key, performance = next(iter(self._wanted.items()))
            watched = sum(watch.performance.seats_total for watch in self.watches.values())
            try:
                if watched + performance.seats_total <= SEATS_WATCHED_MAX:
                    await self.watch(performance)
            except Refusal:
                pass  # PostgreSQL answers meanwhile, and each list asks again.
            except Exception:
                log.exception("seats not watched", performance=performance.id)
            del self._wanted[key]
            if not self._wanted:
                self._has_wanted.clear()

    # --- One step of each ---

    def _hear(self, text: str | None) -> None:
        if text is None:
            # Connected: what was published before is lost.
            self.publisher.listen(hears=True)
            for watch in self.watches.values():
                watch.miss()
            return
        if self.publisher.is_own(text):
            return
        now_s = self.now_s()
        for item in read_notice(text or "[]"):
            if isinstance(item, Change):
                self._apply(item, now_s)
            elif item in self.watches:
                self.watches[item].miss()

    def _apply(self, change: Change, now_s: float) -> None:
        if (watch := self.watches.get(change.performance_key)) is not None:
            positions = watch.positions(change.numbers)
            watch.taken.change(positions, change.at_s, change.until_s, now_s)

    async def _check(self, watch: Watch) -> None:
        now = time.monotonic()
        if watch.listeners:
            watch.looked_at = now
        elif now - watch.looked_at > INTEREST_S:
            self._forget(watch)
            return
        if watch.has_to_read or now - watch.read_at >= CHECK_S:
            try:
                await self._read(watch, 0.0)
            except Refusal:
                pass  # `watch` refuses, once this has lasted for STALE_CHECKS.
            except Exception:
                log.exception("seats not checked", performance=watch.performance.id)

    async def _start(self, performance: Performance) -> Watch:
        async with self._starting.setdefault(performance.key, asyncio.Lock()):
            if (watch := self.watches.get(performance.key)) is not None:
                return watch
            performance = self._catalogue.performance(performance.id)
            known = await self._plans.unpacked(performance)
            watch = Watch(performance, known, VERSIONS_MAX)
            # From here on it receives changes, so the read misses none.
            self.watches[performance.key] = watch
            self._has_viewers.set()
            try:
                await self._read(watch, 0.0)
            except BaseException:
                self._forget(watch)
                raise
            return watch

    async def _read(self, watch: Watch, max_age_s: float) -> None:
        """Read the seats, unless another task has just done so."""
        async with watch.turn:
            if watch.is_over or 0 < time.monotonic() - watch.read_at < max_age_s:
                return
            watch.taken.reading()
            started = time.monotonic()
            async with self._postgres.transaction() as tx:
                sent = await tx.send(TAKEN_SEATS, performance_key=watch.performance.key)
                row = await sent.row()
            if row is None or row.plan != watch.performance.plan:
                self._forget(watch)
                await self._catalogue.refresh()
                return
            until = zip(row.positions, row.until_s, strict=True)
            for _ in watch.taken.read_in_steps(until, row.now_s):
                await asyncio.sleep(0)
            watch.wake(has_news=watch.taken.turn(row.now_s))
            watch.read_at = started

    def _forget(self, watch: Watch) -> None:
        if self.watches.get(watch.performance.key) is watch:
            del self.watches[watch.performance.key]
        watch.end()
