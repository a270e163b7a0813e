"""The cache of plans: read once each, kept compressed as they are sent, and as structs.

A plan never changes, so the cache is never stale; the least recently used plan goes first.
"""

import asyncio
import gzip
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

import structlog

from yemae.concerts.catalogue import Catalogue
from yemae.concerts.performance import Performance
from yemae.concerts.seat_map import plan
from yemae.concerts.seat_map.layout import Layout, Row
from yemae.concerts.seat_map.marks import SeatMark, by_seat
from yemae.concerts.seat_map.pieces import SectionOf
from yemae.concerts.seat_map.plan import PackedPlan, Plan
from yemae.refusals import PerformanceNotFound
from yemae.store.postgres import Postgres
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__)
PLAN_CONTENT = QUERIES["plan_content"]
SEATS_OF_PERFORMANCE = QUERIES["seats_of_performance"]

# Seats in a row of a plan that is drawn from the seats alone.
ROW_SEATS = 25
KEPT_MAX = 64

log = structlog.get_logger(__name__)


class SeatWords(NamedTuple):
    """Where a seat is, in the words of the concert file; `label` is the seat's own in its row.
    A hall without floors has no `floor`. A spot of an area has the area as its section, no row, and
    its entry number as its label. All None: the plan does not say. What ends in `_en` is the same
    in English, None where the file does not say it."""

    floor: str | None = None
    section: str | None = None
    row: str | None = None
    label: str | None = None
    floor_en: str | None = None
    section_en: str | None = None


class KnownPlan:
    """A plan with what readers need of it; each is made when it is first needed."""

    def __init__(self, packed: PackedPlan, *, is_drawn: bool = False) -> None:
        self.digest = packed.digest
        self.gzipped = packed.content
        # Made of the seats alone: its sections and rows are ours, not the hall's.
        self._is_drawn = is_drawn

    @property
    def json(self) -> bytes:
        """The JSON itself, for clients that cannot decompress it."""
        return gzip.decompress(self.gzipped)

    @cached_property
    def plan(self) -> Plan:
        """The whole plan."""
        return plan.unpack(self.gzipped)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Seat number → place in the plan order."""
        return {number: position for position, number in enumerate(self.plan.numbers())}

    def words(self, number: str) -> SeatWords:
        """Where the seat of this number is. The plan has to be unpacked."""
        words = self._words.get(number)
        if words is None:
            words = self._words[number] = self._words_of(number)
        return words

    def _words_of(self, number: str) -> SeatWords:
        position = self.positions.get(number)
        if position is None or self._is_drawn:
            return SeatWords()
        if position >= len(self.plan.seats.number):
            return self._words_of_spot(number, position)
        row = self.plan.rows[bisect_right(self._row_starts, position) - 1]
        section = self.plan.sections[row.section]
        labels = self.plan.seats.label
        return SeatWords(
            section.floor,
            section.name,
            row.name,
            labels[position] if labels else None,
            section.floor_en or None,
            section.name_en or None,
        )

    @cached_property
    def marks(self) -> Mapping[str, Sequence[SeatMark]]:
        """Seat number → its marks, of those that have any. The plan has to be unpacked."""
        numbers = list(self.positions)
        return {numbers[position]: marks for position, marks in by_seat(self.plan.marks).items()}

    def _words_of_spot(self, number: str, position: int) -> SeatWords:
        areas = self.plan.areas
        area = areas[bisect_right(areas, position, key=lambda area: area.first_seat) - 1]
        entry = area.entry_numbers.entry(number)
        english = area.floor_en or None, area.name_en or None
        return SeatWords(area.floor, area.name, None, entry, *english)

    @cached_property
    def grades_en(self) -> dict[str, str]:
        """Grade → its English name, for those that have one. The plan has to be unpacked."""
        return {grade.name: grade.name_en for grade in self.plan.grades if grade.name_en}

    @cached_property
    def _words(self) -> dict[str, SeatWords]:
        """Those that were asked for: every answer about an order asks."""
        return {}

    @cached_property
    def _row_starts(self) -> list[int]:
        return [row.first_seat for row in self.plan.rows]

    def unpack(self) -> None:
        """Make what availability needs of a plan."""
        assert len(self.positions) == self.plan.seats_total

    @property
    def is_unpacked(self) -> bool:
        """Whether that is made."""
        return "positions" in self.__dict__

    @cached_property
    def made(self) -> dict[str, Any]:
        """What callers have made of it: a cache."""
        return {}


class Plans:
    """The plans that were asked for lately: a cache of `kept_max`."""

    def __init__(self, postgres: Postgres, catalogue: Catalogue, kept_max: int = KEPT_MAX) -> None:
        self._postgres = postgres
        self._catalogue = catalogue
        self._kept_max = kept_max
        self._kept: OrderedDict[str, KnownPlan] = OrderedDict()
        # One reading of a plan at a time, so that a crowd of first viewers costs one.
        self._turn = asyncio.Lock()

    async def of(self, performance: Performance) -> KnownPlan:
        """The plan of a performance as it is now. Raises PerformanceNotFound, StoreUnavailable."""
        if (known := self._known(performance)) is not None:
            return known
        async with self._turn:
            if (known := self._known(performance)) is not None:
                return known
            known = await self._read(performance)
            if known is None:
                # It was loaded anew, with another plan, since the catalogue was read.
                await self._catalogue.refresh()
                performance = self._catalogue.performance(performance.id)
                known = await self._read(performance)
            if known is None:
                raise PerformanceNotFound
            self._keep(_name(performance), known)
        return known

    def at_hand(self, performance: Performance) -> KnownPlan | None:
        """The same if it is here and unpacked."""
        known = self._known(performance)
        return known if known is not None and known.is_unpacked else None

    async def unpacked(self, performance: Performance) -> KnownPlan:
        """The same, unpacked: beside the event loop, which a large hall would hold up."""
        known = await self.of(performance)
        if not known.is_unpacked:
            await asyncio.to_thread(known.unpack)
        return known

    def _known(self, performance: Performance) -> KnownPlan | None:
        name = _name(performance)
        known = self._kept.get(name)
        if known is not None:
            self._kept.move_to_end(name)
        return known

    def _keep(self, name: str, known: KnownPlan) -> None:
        self._kept[name] = known
        while len(self._kept) > self._kept_max:
            self._kept.popitem(last=False)

    async def _read(self, performance: Performance) -> KnownPlan | None:
        if performance.plan is None:
            return await self._drawn(performance)
        async with self._postgres.transaction() as tx:
            row = await (await tx.send(PLAN_CONTENT, digest=performance.plan)).row()
        return None if row is None else KnownPlan(PackedPlan(performance.plan, row.content))

    async def _drawn(self, performance: Performance) -> KnownPlan:
        """A simple plan of the seats, for a performance that was loaded before there were plans."""
        async with self._postgres.transaction() as tx:
            rows = await tx.fetch(SEATS_OF_PERFORMANCE, performance_key=performance.key)
        log.info("plan drawn from seats: load the concert file again", performance=performance.id)
        return KnownPlan(await asyncio.to_thread(_draw, rows), is_drawn=True)


def _name(performance: Performance) -> str:
    return performance.plan or f"performance {performance.key}"


def _draw(rows: list[Any]) -> PackedPlan:
    sections = [_section(grade, [r.number for r in g]) for grade, g in _by_grade(rows)]
    prices = {row.grade: row.price for row in rows}
    return plan.pack(plan.make(prices, sections, None))


def _by_grade(rows: list[Any]) -> Any:
    return groupby(rows, key=lambda row: row.grade)


def _section(grade: str, numbers: list[str]) -> SectionOf:
    starts = range(0, len(numbers), ROW_SEATS)
    rows = [
        Row(str(line), list(range(1, len(numbers[start : start + ROW_SEATS]) + 1)))
        for line, start in enumerate(starts, start=1)
    ]
    return SectionOf(grade, grade, None, Layout(), rows, numbers)
