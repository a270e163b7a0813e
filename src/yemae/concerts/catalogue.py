"""The catalogue: a cache of every concert and performance, read again when one has changed.

It is small and the same for every fan, so no request asks the database which concert a performance
belongs to. It has no seats: free seats are read from the database when they matter.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

import msgspec

from yemae.concerts import cancellation_policy, lanes, phases, pricing, queue_settings
from yemae.concerts.cancellation_policy import CancellationPolicy
from yemae.concerts.draw_seeds import DrawSeeds
from yemae.concerts.lanes import Lane
from yemae.concerts.performance import Performance, Schedule
from yemae.concerts.phases import GENERAL_PHASE, Phase
from yemae.concerts.pricing import NO_PRICING, Pricing
from yemae.concerts.queue_settings import CurrentSettings
from yemae.refusals import ConcertNotFound, PerformanceNotFound
from yemae.store.postgres import Postgres
from yemae.store.queries import load_queries
from yemae.values.time_zones import venue_zone

QUERIES = load_queries(__file__)
REVISION = QUERIES["catalogue_revision"]
ALL_CONCERTS = QUERIES["all_concerts"]
ALL_PERFORMANCES = QUERIES["all_performances"]

# Of a concert without dates.
NEVER_SOLD = datetime.min.replace(tzinfo=UTC)
# What the row of a queue says itself; all else of a phase are its concert's words.
OF_QUEUE = (
    "id", "phase_of", "phase", "seat_limit", "file", "overrides", "control", "lanes",
    "draw_seed", "draw_seed_is_keyed",
)  # fmt: skip
# The states that an operator sets: paused stops admission, draining stops new joins.
Control = Literal["running", "paused", "draining"]


class Concert(CurrentSettings, frozen=True, kw_only=True):
    """A concert as one of its queues sees it, with the settings that hold now, and its dates by
    start. A prequeue never opens after the sale, whatever file and operator say."""

    # Of the queue: the concert's own id for its general sale, else the phase's.
    id: str
    title: str
    artist: str
    venue: str
    currency: str
    # Of one performance.
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
    # The digest of its cancellation policy; None: no fan can cancel.
    cancellation: str | None = None
    # Of all performances together; None: only the limit of each.
    seat_limit_per_concert: int | None = None
    # The concert of which this is a phase; None: this is its general sale.
    phase_of: str | None = None
    phase: Phase = GENERAL_PHASE
    # Of a general sale: the other phases of the concert, by their opening.
    phases: tuple["Concert", ...] = ()
    # The dates that this phase sells; None: all.
    dates: tuple[Performance, ...] | None = None
    # As the concert file names it; None: each of its dates has its own offset.
    time_zone: str | None = None
    # Not in the list of concerts; sold to fans who have its address.
    hidden: bool = False
    # Not in the list, and not sold any more.
    archived: bool = False

    @property
    def zone(self) -> tzinfo | None:
        """The zone of the venue's clocks, for all but performances; None while it is not known."""
        return venue_zone(self.time_zone, self.utc_offset_minutes)

    @property
    def concert_id(self) -> str:
        """The concert's id, whichever queue of it this is."""
        return self.phase_of or self.id

    def sold(self) -> tuple[Performance, ...]:
        """The dates that this phase sells."""
        return self.performances if self.dates is None else self.dates

    def sells(self, date: Performance) -> bool:
        """Whether this phase sells a date."""
        is_ours = date.concert_id == (self.phase_of or self.id)
        return is_ours and (date.sales is None or self.id in date.sales)

    def is_listed(self, now: datetime) -> bool:
        """Whether the public list of concerts has it: it is not hidden, and a phase is to come. A
        cancelled one stays for as long as it would have."""
        if self.hidden or self.archived:
            return False
        return any(now < it.off_sale_at() for it in (self, *self.phases))

    def to_come(self, now: datetime) -> tuple[Performance, ...]:
        """The dates that this phase still sells, by start."""
        if self.phase.has_ended(now):
            return ()
        return tuple(date for date in self.sold() if not date.is_over(now))

    @property
    def schedule(self) -> Schedule:
        """What became of all its dates, where it is the same of all."""
        found = {date.schedule for date in self.performances}
        return found.pop() if len(found) == 1 else "as_planned"

    def is_over(self, now: datetime) -> bool:
        """Whether this phase has ended, or the sale of every date of it."""
        if self.archived or self.phase.has_ended(now):
            return True
        return all(date.is_over(now) for date in self.sold())

    def off_sale_at(self) -> datetime:
        """From when this phase sells no date, unless the concert is archived before."""
        last = max((date.off_sale_at() for date in self.sold()), default=NEVER_SOLD)
        return last if self.phase.ends_at is None else min(last, self.phase.ends_at)

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
        self._revision: tuple[int, ...] = (-1, -1)
        # One refresh at a time, so that what was read first is never kept last.
        self._turn = asyncio.Lock()
        # Of every phase of every concert, by the id of the queue.
        self.queues: dict[str, Concert] = {}
        self.performances: dict[str, Performance] = {}
        self._revisions: dict[str, int] = {}
        self._changed: set[str] = set()
        # By digest, of every concert that is or was; orders name them.
        self.policies: dict[str, CancellationPolicy] = {}

    def take_changed(self) -> set[str]:
        """The ids of the queues that a load or an operator has changed since this was last asked;
        those of the first refresh are none."""
        changed, self._changed = self._changed, set()
        return changed

    async def refresh(self) -> None:
        """Read everything again if a load or an operator has changed it. Raises
        StoreUnavailable."""
        async with self._turn, self._postgres.transaction() as tx:
            revision = tuple(await (await tx.send(REVISION)).one())
            if revision == self._revision:
                return
            concerts = await tx.fetch(ALL_CONCERTS)
            performances = [_performance(row) for row in await tx.fetch(ALL_PERFORMANCES)]
            self.policies = await cancellation_policy.every_policy(tx)
            self._keep(revision, concerts, performances)

    def _keep(self, revision: Any, concerts: list[Any], performances: list[Performance]) -> None:
        revisions = {row.id: row.revision for row in concerts}
        if self._revision >= (0, 0):
            self._changed |= {id_ for id_, _ in revisions.items() - self._revisions.items()}
        self._revisions = revisions
        self.performances = {performance.id: performance for performance in performances}
        dates = {
            row.id: tuple(p for p in performances if p.concert_id == row.id) for row in concerts
        }
        general = {
            row.id: self._queue(row, row, dates[row.id]) for row in concerts if row.phase_of is None
        }
        words = {row.id: row for row in concerts}
        others = [
            self._queue(words[row.phase_of], row, dates[row.phase_of])
            for row in concerts
            if row.phase_of is not None
        ]
        others.sort(key=lambda phase: phase.sale_opens_at)
        self.queues = {
            concert.id: msgspec.structs.replace(
                concert, phases=tuple(p for p in others if p.phase_of == concert.id)
            )
            for concert in general.values()
        } | {phase.id: phase for phase in others}
        self._revision = revision

    def _queue(self, words: Any, row: Any, performances: tuple[Performance, ...]) -> Concert:
        """A queue: the words of its concert's row, and what its own row says."""
        values = words._asdict() | {name: getattr(row, name) for name in OF_QUEUE}
        settings = {
            **queue_settings.read(values.pop("file")),
            **queue_settings.read(values.pop("overrides")),
        }
        prequeue_opens_at = settings.get("prequeue_opens_at")
        if prequeue_opens_at is not None:
            settings["prequeue_opens_at"] = min(prequeue_opens_at, settings["sale_opens_at"])
        values.pop("revision")
        is_keyed = values.pop("draw_seed_is_keyed")
        values["draw_seed"] = self._seeds.seed(row.draw_seed, is_keyed=is_keyed)
        values["lanes"] = lanes.read(row.lanes)
        values["pricing"] = pricing.read(row.pricing)
        values["phase"] = phases.read(row.phase)
        concert = Concert(**values, **settings, performances=performances)
        if all(date.sales is None for date in performances):
            return concert
        sold = tuple(date for date in performances if concert.sells(date))
        return msgspec.structs.replace(concert, dates=sold)

    async def know(self, performance_ids: Iterable[str]) -> None:
        """Refresh if one of these performances is not in the catalogue: another process may have
        sold seats of one that was loaded since our last refresh. Raises StoreUnavailable."""
        if not self.performances.keys() >= set(performance_ids):
            await self.refresh()

    def queue(self, queue_id: str) -> Concert:
        """A concert as this queue of it sees it. Raises ConcertNotFound."""
        try:
            return self.queues[queue_id]
        except KeyError:
            raise ConcertNotFound from None

    @property
    def concerts(self) -> dict[str, Concert]:
        """Every concert, as the queue of its general sale sees it."""
        return {id_: queue for id_, queue in self.queues.items() if queue.phase_of is None}

    def concert(self, concert_id: str) -> Concert:
        """Raises ConcertNotFound, also for the id of a phase."""
        found = self.queue(concert_id)
        if found.phase_of is not None:
            raise ConcertNotFound
        return found

    def performance(self, performance_id: str) -> Performance:
        """Raises PerformanceNotFound."""
        try:
            return self.performances[performance_id]
        except KeyError:
            raise PerformanceNotFound from None

    def concert_of(self, performance: Performance) -> Concert:
        """The concert that a performance belongs to."""
        return self.queues[performance.concert_id]


def _performance(row: Any) -> Performance:
    # A performance is a key of caches, so it has no list.
    return Performance(*row)._replace(sales=None if row.sales is None else tuple(row.sales))
