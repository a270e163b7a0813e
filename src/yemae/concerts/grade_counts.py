"""The seats left by grade, as fans are shown them who are not inside: kept for some seconds.

Each process counts a concert again at most every KEPT_S, however many fans ask, and less often when
a count takes long, so that counting never costs more than COST_MAX of a connection.
"""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance
from yemae.concerts.seats import GradeCount

KEPT_S = 5.0
COST_MAX = 0.02
CONCERTS_KEPT_MAX = 256


class DateCounts(NamedTuple):
    """The grades of a date that is still sold, the dearest first."""

    date: Performance
    grades: tuple[GradeCount, ...]


class ConcertCounts(NamedTuple):
    """The dates of a concert, by start."""

    concert: Concert
    dates: tuple[DateCounts, ...]
    # Grade and English name, of those that have one.
    grades_en: tuple[tuple[str, str], ...]
    # Of the monotonic clock.
    kept_until: float


class GradeCounts:
    """The counts that this process keeps."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, ConcertCounts] = OrderedDict()

    def of(self, concert: Concert) -> ConcertCounts | None:
        """The counts of a concert; None when they are too old, or of an earlier load of it."""
        kept = self._kept.get(concert.id)
        if kept is None or kept.concert is not concert or time.monotonic() >= kept.kept_until:
            return None
        return kept

    def keep(
        self,
        concert: Concert,
        dates: Sequence[Performance],
        counted: Sequence[GradeCount],
        grades_en: Mapping[str, str],
        took_s: float,
    ) -> ConcertCounts:
        """Keep what was counted of these dates."""
        of_dates = tuple(
            DateCounts(date, tuple(each for each in counted if each.performance_key == date.key))
            for date in dates
        )
        kept_until = time.monotonic() + max(KEPT_S, took_s / COST_MAX)
        english = tuple(grades_en.items())
        kept = self._kept[concert.id] = ConcertCounts(concert, of_dates, english, kept_until)
        self._kept.move_to_end(concert.id)
        while len(self._kept) > CONCERTS_KEPT_MAX:
            self._kept.popitem(last=False)
        return kept
