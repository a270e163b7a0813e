"""The stores' time in this process, independent of the node's own clock.

What decides is the stores' clock: when a draw's seed is published, whether a queue may be joined,
when a token ends. Both stores are asked for the time now and then, and between two answers the
node's monotonic clock goes on from there; so a node whose clock is wrong, or is set while it runs,
decides as all others do. How far its clock is off is a metric and, from WARN_S on, an error in the
log; past OFFSET_MAX_S the process is not ready.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from yemae.base import metrics
from yemae.refusals import StoreUnavailable
from yemae.store.postgres import Postgres
from yemae.store.valkey import Valkey

SAMPLES = 5
INTERVAL_S = 10.0
WARN_S = 2.0
OFFSET_MAX_S = 30.0
# An id carries the time at which it was made, and only the sweep reads it, with a margin of a
# minute; so ids of a node whose clock is nearly right are left as they are.
ID_TOLERANCE_S = 1.0
# How late after :00 the sweep begins, so that it never begins before.
AFTER_MINUTE_S = 0.02

NOW_OF_POSTGRES = b"select extract(epoch from clock_timestamp())::float8 as now_s"

log = structlog.get_logger(__name__)


class NodeClock:
    """Unix seconds as the stores have them, and how far this node's clock is off."""

    def __init__(
        self, postgres: Postgres, valkey: Valkey, offset_max_s: float = OFFSET_MAX_S
    ) -> None:
        self._postgres = postgres
        self._valkey = valkey
        self._offset_max_s = offset_max_s
        # Of each store that was asked: what its time is ahead of our monotonic clock.
        self._ahead_s: dict[str, float] = {}
        # Of these, that of the waiting room: every request asks for its time, several times.
        self._waiting_room_ahead_s: float | None = None
        # Added to the waiting room's time; only tests set it.
        self.clock_offset_s = 0.0

    def now_s(self) -> float:
        """The waiting room's time, which is Valkey's: as long as it was never reached, that of
        PostgreSQL, and before the first answer this node's."""
        ahead_s = self._waiting_room_ahead_s
        own_s = time.time() if ahead_s is None else time.monotonic() + ahead_s
        return own_s + self.clock_offset_s

    def sale_now_s(self) -> float:
        """PostgreSQL's time, by which holds and payments are judged."""
        ahead_s = self._ahead_s.get("postgres")
        return time.time() if ahead_s is None else time.monotonic() + ahead_s

    def to_next_minute_s(self) -> float:
        """Seconds until :00 of PostgreSQL's clock."""
        return 60.0 - self.sale_now_s() % 60.0 + AFTER_MINUTE_S

    @property
    def offsets_s(self) -> dict[str, float]:
        """Store → how far this node's clock is ahead of it."""
        own_s = time.time() - time.monotonic()
        return {store: own_s - ahead_s for store, ahead_s in self._ahead_s.items()}

    @property
    def offset_s(self) -> float:
        """How far this node's clock is ahead of the store that it differs from most."""
        return max(self.offsets_s.values(), key=abs, default=0.0)

    @property
    def is_too_far_off(self) -> bool:
        """Whether this node should take no requests."""
        return abs(self.offset_s) > self._offset_max_s

    def new_id(self) -> UUID:
        """A UUID of version 7 whose time is PostgreSQL's, give or take a second, so that the sweep
        finds what this node wrote. Whole seconds, so that the ids of one process grow."""
        own = uuid7()
        shift_s = self.sale_now_s() - (own.int >> 80) / 1000
        if abs(shift_s) < ID_TOLERANCE_S:
            return own
        return UUID(int=own.int + (round(shift_s) * 1000 << 80))

    async def measure(self, *, asks_valkey: bool = True) -> None:
        """Ask both stores for the time, or PostgreSQL alone. What a store that is away said last
        is kept."""
        asked = {"postgres": self._time_of_postgres}
        if asks_valkey:
            asked["valkey"] = self._valkey.time_s
        for store, ask in asked.items():
            try:
                self._ahead_s[store] = await _ahead_s(ask)
            except StoreUnavailable:
                continue
        self._waiting_room_ahead_s = self._ahead_s.get("valkey", self._ahead_s.get("postgres"))
        for store, offset_s in self.offsets_s.items():
            metrics.CLOCK_OFFSET.labels(store).set(offset_s)
        self._warn()

    async def keep_measuring(self) -> None:
        """Measure now and then; runs until it is cancelled."""
        while True:
            await asyncio.sleep(INTERVAL_S)
            try:
                await self.measure()
            except Exception:
                log.exception("clock not compared with the stores'")

    def _warn(self) -> None:
        offsets_s = {store: round(offset_s, 3) for store, offset_s in self.offsets_s.items()}
        if abs(self.offset_s) > WARN_S:
            log.error(
                "the clock of this node is wrong, or a store's is: synchronise them",
                seconds_ahead_of=offsets_s,
                not_ready=self.is_too_far_off,
            )

    async def _time_of_postgres(self) -> float:
        async with self._postgres.transaction() as tx:
            return float((await tx.fetch(NOW_OF_POSTGRES))[0].now_s)


async def _ahead_s(ask: Callable[[], Awaitable[float]]) -> float:
    """What a store's time is ahead of our monotonic clock: the median of some round trips, each of
    which is taken to have met the store half-way."""
    samples = []
    for _ in range(SAMPLES):
        sent = time.monotonic()
        theirs = await ask()
        samples.append(theirs - (sent + time.monotonic()) / 2)
    return median(samples)
