"""The catalogue: every concert and performance, kept in memory and read again when it changed.

It is small and the same for everybody, so no request waits for the database to learn what a
performance belongs to. Seats are not in here: what is free is asked for when it matters.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from yemae.refusals import ConcertNotFound, PerformanceNotFound
from yemae.store.postgres import Postgres
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__)
REVISION = QUERIES["catalogue_revision"]
ALL_CONCERTS = QUERIES["all_concerts"]
ALL_PERFORMANCES = QUERIES["all_performances"]


class Performance(NamedTuple):
    """One date of a concert. Prices in the currency's minor unit."""

    key: int
    id: str
    concert_id: str
    starts_at: datetime
    seats_total: int
    price_from: int


class Concert(NamedTuple):
    """A concert with the settings of its waiting room, and its dates by start."""

    id: str
    title: str
    artist: str
    venue: str
    currency: str
    sale_opens_at: datetime
    seat_limit: int
    active_limit: int
    admit_per_minute: int
    entry_ttl_s: int
    absent_after_s: int
    performances: tuple[Performance, ...]


class Catalogue:
    """What is sold, as of the last refresh."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._revision = -1
        self.concerts: dict[str, Concert] = {}
        self.performances: dict[str, Performance] = {}
        self.by_key: dict[int, Performance] = {}

    async def refresh(self) -> None:
        """Read everything again if a load has changed it. Raises StoreUnavailable."""
        async with self._postgres.transaction() as tx:
            row = await (await tx.send(REVISION)).row()
            if row.revision == self._revision:
                return
            concerts = await tx.fetch(ALL_CONCERTS)
            performances = [Performance(*row) for row in await tx.fetch(ALL_PERFORMANCES)]
        self.performances = {performance.id: performance for performance in performances}
        self.by_key = {performance.key: performance for performance in performances}
        self.concerts = {
            row.id: Concert(
                **row._asdict(),
                performances=tuple(p for p in performances if p.concert_id == row.id),
            )
            for row in concerts
        }
        self._revision = row.revision

    async def know(self, performance_keys: Iterable[int]) -> None:
        """Make sure that these performances are in `by_key`: another process may have sold seats
        of one that was loaded since our last refresh. Raises StoreUnavailable."""
        if not self.by_key.keys() >= set(performance_keys):
            await self.refresh()

    def concert(self, concert_id: str) -> Concert:
        """Raises ConcertNotFound."""
        try:
            return self.concerts[concert_id]
        except KeyError:
            raise ConcertNotFound from None

    def performance(self, performance_id: str) -> Performance:
        """Raises PerformanceNotFound."""
        try:
            return self.performances[performance_id]
        except KeyError:
            raise PerformanceNotFound from None

    def concert_of(self, performance: Performance) -> Concert:
        """The concert that a performance belongs to."""
        return self.concerts[performance.concert_id]
