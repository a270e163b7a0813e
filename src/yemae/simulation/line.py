"""The fans of one lane in the order of their numbers. Pure.

A fan is an index: 0 has the first number. Nothing is stored for a fan, so a line of ten million
costs no more than one of a hundred thousand. When a fan joined, and whether a fan has left by some
moment, follow from the index.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from random import Random

from yemae.rehearsal.arrivals import arrivals
from yemae.rehearsal.scenario import Scenario
from yemae.simulation.journey import IN_LINE

# Arrivals are computed for this many fans at most; each then stands for several.
ARRIVALS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Arrived:
    """When a fan joined and gives up, and whether they closed the page in line: such a fan neither
    polls nor gives up."""

    index: int
    joined_s: float
    gives_up_s: float
    walked_away: bool


class FanLine:
    """One lane. `front` is the index of the first fan who may still be admitted."""

    def __init__(self, scenario: Scenario, fans: int, begins_s: float, joins_from_s: float) -> None:
        self.fans = fans
        self.front = 0
        # Fans who have joined.
        self.joined = 0
        self._behaviour = scenario.behaviour
        count = min(fans, ARRIVALS_MAX)
        moments = arrivals(scenario.arrival, count, scenario.arrival_s, scenario.seed)
        # Fans who come before joining begins join when it does.
        self._moments = [max(joins_from_s, begins_s + moment) for moment in moments]
        # The fans whose order is drawn: they are ahead of all others, in an order of their own.
        self.drawn = 0

    def arrive(self, now_s: float) -> None:
        """Let the fans join who come until now."""
        if self.joined < self.fans:
            self.joined = self.joined_by(now_s)

    def joined_by(self, moment_s: float) -> int:
        """How many fans have joined by then."""
        if not self._moments:
            return 0
        return bisect_right(self._moments, moment_s) * self.fans // len(self._moments)

    def came_s(self, index: int) -> float:
        """When the fan joined who came at this turn."""
        return self._moments[index * len(self._moments) // self.fans]

    def joined_s(self, index: int, lot: Random) -> float:
        """When the fan with this number joined: in a draw at any time before the opening."""
        return self.came_s(lot.randrange(self.drawn) if index < self.drawn else index)

    def at(self, index: int, lot: Random) -> Arrived:
        """The fan with this number, and how long they stay."""
        joined_s = self.joined_s(index, lot)
        patience_s = self._behaviour.patience_s * lot.uniform(0.5, 1.5)
        walked_away = lot.random() < self._behaviour.walk_away * IN_LINE
        gives_up_s = math.inf if walked_away else joined_s + patience_s
        return Arrived(index, joined_s, gives_up_s, walked_away)

    def stayed(self, waited_s: float) -> float:
        """The share of the fans who have not given up after this time."""
        patience_s = self._behaviour.patience_s
        if patience_s <= 0:
            return 0.0
        return min(1.0, max(0.0, 1.5 - waited_s / patience_s))
