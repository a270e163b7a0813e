"""The catalogue: a cache of every concert and performance, read again when one has changed.

It is small and the same for every fan, so no request asks the database which concert a performance
belongs to. It has no seats: free seats are read from the database when they matter.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from yemae.concerts import lanes, pricing, queue_settings
from yemae.concerts.draw_seeds import DrawSeeds
from yemae.concerts.lanes import Lane
from yemae.concerts.pricing import NO_PRICING, Pricing
from yemae.concerts.queue_settings import CurrentSettings
from yemae.refusals import ConcertNotFound, PerformanceNotFound
from yemae.store.postgres import Postgres
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__)
REVISION = QUERIES["catalogue_revision"]
ALL_CONCERTS = QUERIES["all_concerts"]
ALL_PERFORMANCES = QUERIES["all_performances"]


# The states that an operator sets: paused stops admission, draining stops new joins.
Control = Literal["running", "paused", "draining"]


class Performance(NamedTuple):
    """One date of a concert. Prices in the currency's minor unit."""

    key: int
    id: str
    concert_id: str
    starts_at: datetime
    seats_total: int
    price_from: int
    # The digest of its plan; None: loaded by an earlier version of Yemae.
    plan: str | None = None
    # Of the venue's clocks at that time; None: loaded by an earlier version of Yemae.
    utc_offset_minutes: int | None = None

    def has_begun(self, now: datetime) -> bool:
        """Whether it is too late to sell its seats. Lists, seat counts, queues, admission and holds
        all ask here."""
        return self.starts_at <= now


class Concert(CurrentSettings, frozen=True, kw_only=True):
    """A concert with the settings of its waiting room that hold now, and its dates by start. A
    prequeue never opens after the sale, whatever file and operator say."""

    id: str
    title: str
    artist: str
    venue: str
    currency: str
    seat_limit: int
    control: Control
    # What numbers and the seal follow from: see draw_seeds.py.
    draw_seed: bytes
    lanes: tuple[Lane, ...]
    performances: tuple[Performance, ...]
    # Of the venue's clocks when the sale opens; None: loaded by an earlier version of Yemae.
    utc_offset_minutes: int | None = None
    # The same names in English; None: the file does not say.
    title_en: str | None = None
    artist_en: str | None = None
    venue_en: str | None = None
    # The digest of its details; None: it has none.
    details: str | None = None
    # The digest of its poster and the size of its large image; None: the page draws one.
    poster: str | None = None
    poster_width: int | None = None
    poster_height: int | None = None
    pricing: Pricing = NO_PRICING

    def to_come(self, now: datetime) -> tuple[Performance, ...]:
        """The dates that have not begun, by start."""
        return tuple(date for date in self.performances if not date.has_begun(now))

    def is_over(self, now: datetime) -> bool:
        """Whether every date has begun, so that nothing is left to be sold. The last one decides,
        because dates are in the order of their starts."""
        return not self.performances or self.performances[-1].has_begun(now)

    def has_message(self, now: datetime) -> bool:
        """Whether fans are shown an operator's message."""
        is_over = self.message_until is not None and self.message_until <= now
        return bool(self.message_ko or self.message_en) and not is_over

    def __repr__(self) -> str:
        """Without what is secret, wherever it is written: the seed of the draw, and the lanes."""
        return f"Concert(id={self.id!r})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The same for Rich, which would list every field."""
        return [("id", self.id)]


class Catalogue:
    """What is sold, as of the last refresh."""

    def __init__(self, postgres: Postgres, seeds: DrawSeeds) -> None:
        self._postgres = postgres
        self._seeds = seeds
        self._revision = -1
        # One refresh at a time, so that what was read first is never kept last.
        self._turn = asyncio.Lock()
        self.concerts: dict[str, Concert] = {}
        self.performances: dict[str, Performance] = {}

    async def refresh(self) -> None:
        """Read everything again if a load or an operator has changed it. Raises
        StoreUnavailable."""
        async with self._turn, self._postgres.transaction() as tx:
            revision = (await (await tx.send(REVISION)).one()).revision
            if revision == self._revision:
                return
            concerts = await tx.fetch(ALL_CONCERTS)
            performances = [Performance(*row) for row in await tx.fetch(ALL_PERFORMANCES)]
            self._keep(revision, concerts, performances)

    def _keep(self, revision: int, concerts: list[Any], performances: list[Performance]) -> None:
        self.performances = {performance.id: performance for performance in performances}
        self.concerts = {
            row.id: self._concert(row, tuple(p for p in performances if p.concert_id == row.id))
            for row in concerts
        }
        self._revision = revision

    def _concert(self, row: Any, performances: tuple[Performance, ...]) -> Concert:
        values = row._asdict()
        settings = {
            **queue_settings.read(values.pop("file")),
            **queue_settings.read(values.pop("overrides")),
        }
        prequeue_opens_at = settings.get("prequeue_opens_at")
        if prequeue_opens_at is not None:
            settings["prequeue_opens_at"] = min(prequeue_opens_at, settings["sale_opens_at"])
        is_keyed = values.pop("draw_seed_is_keyed")
        values["draw_seed"] = self._seeds.seed(row.draw_seed, is_keyed=is_keyed)
        values["lanes"] = lanes.read(row.lanes)
        values["pricing"] = pricing.read(row.pricing)
        return Concert(**values, **settings, performances=performances)

    async def know(self, performance_ids: Iterable[str]) -> None:
        """Refresh if one of these performances is not in the catalogue: another process may have
        sold seats of one that was loaded since our last refresh. Raises StoreUnavailable."""
        if not self.performances.keys() >= set(performance_ids):
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
