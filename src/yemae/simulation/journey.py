"""What an admitted fan does: the fan of rehearsal/fan.py, step by step on a simulated clock.

Answers take no time: a fan's time inside is the time until the poll that shows the pass, and the
times for which the fan looks at a page. A seat is in one order at most, and every pass ends once.
"""

import heapq
import math
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from yemae.rehearsal.scenario import Behaviour

Step = Literal["look", "hold", "pay", "free", "end"]
# The steps that fans take; the others happen by themselves.
ACTS = frozenset[Step]({"look", "hold", "pay"})
# One of the moments at which a fan walks away is in line, and the others are inside: see
# rehearsal.fan.STAGES.
IN_LINE = 1 / 3


@dataclass(slots=True)
class Inside:
    """A group of alike fans inside."""

    fans: int
    wanted: int
    pass_ends_s: float
    # The step at which they close the page; empty: they don't.
    walks_away_at: Literal["look", "hold", ""]
    pays: bool
    seats: int = 0


@dataclass
class Hall:
    """The seats, the fans inside, and what they have done, by second."""

    behaviour: Behaviour
    hold_ttl_s: float
    # Seats that are free, and seats that are not sold.
    free: int
    unsold: int
    lot: Random
    inside: int = 0
    sold_out_s: float | None = None
    # When a fan inside last did something.
    last_act_s: float = -math.inf
    outcomes: Counter[str] = field(default_factory=Counter)
    # Lists of dates and of seats.
    looks: Counter[int] = field(default_factory=Counter)
    holds: Counter[int] = field(default_factory=Counter)
    payments: Counter[int] = field(default_factory=Counter)
    _steps: list[tuple[float, int, Step, Inside]] = field(default_factory=list)
    _order: int = 0

    def enter(self, fans: int, pass_ends_s: float, polls_s: float) -> None:
        """Admit fans, who learn of it at `polls_s`."""
        fan = Inside(
            fans,
            fans * self.lot.randint(1, self.behaviour.seats_max),
            pass_ends_s,
            self._walks_away_at(),
            pays=self.lot.random() >= self.behaviour.hold_without_paying,
        )
        self.inside += fans
        self._next(polls_s + self._think_s(), "look", fan)

    def enter_unseen(self, fans: int, ends_s: float, outcome: str) -> None:
        """Admit fans who never learn of it: their passes end then."""
        self.inside += fans
        self.outcomes[outcome] += fans
        self._later(ends_s, "end", Inside(fans, 0, ends_s, "", pays=False))

    def is_empty(self) -> bool:
        """Whether no fan is inside, and no hold will run out."""
        return not self._steps

    def go_on(self, until_s: float) -> None:
        """Take every step until then."""
        while self._steps and self._steps[0][0] <= until_s:
            at_s, _, step, fan = heapq.heappop(self._steps)
            if step in ACTS:
                self.last_act_s = at_s
            match step:
                case "look":
                    self._look(at_s, fan)
                case "hold":
                    self._hold(at_s, fan)
                case "pay":
                    self._pay(at_s, fan)
                case "free":
                    self.free += fan.seats
                case "end":
                    self.inside -= fan.fans

    def _look(self, at_s: float, fan: Inside) -> None:
        if fan.walks_away_at == "look":
            self._lost(fan, "walked_away")
            return
        self.looks[int(at_s // 1)] += fan.fans
        if self.free:
            self._next(at_s + self._think_s(), "hold", fan)
        else:
            # No date of the list has seats left.
            self._ended(at_s, fan, "no_seat")

    def _hold(self, at_s: float, fan: Inside) -> None:
        self.looks[int(at_s // 1)] += fan.fans
        if fan.walks_away_at == "hold":
            self._lost(fan, "walked_away")
            return
        if not self.free:
            self._ended(at_s, fan, "no_seat")
            return
        fan.seats = min(fan.wanted, self.free)
        self.free -= fan.seats
        self.holds[int(at_s // 1)] += fan.fans
        hold_ends_s, pays_s = at_s + self.hold_ttl_s, at_s + self._think_s()
        fan.pass_ends_s = max(fan.pass_ends_s, hold_ends_s)
        if fan.pays and pays_s < hold_ends_s:
            self._later(pays_s, "pay", fan)
            return
        self._later(hold_ends_s, "free", fan)
        self._lost(fan, "too_late" if fan.pays else "held_only")

    def _pay(self, at_s: float, fan: Inside) -> None:
        self.payments[int(at_s // 1)] += fan.fans
        self.unsold -= fan.seats
        if not self.unsold:
            self.sold_out_s = at_s
        self._ended(at_s, fan, "bought")

    def _ended(self, at_s: float, fan: Inside, outcome: str) -> None:
        """The pass ends at once."""
        self.outcomes[outcome] += fan.fans
        self._later(at_s, "end", fan)

    def _lost(self, fan: Inside, outcome: str) -> None:
        """A fan who is gone; the pass stays open until its end."""
        self.outcomes[outcome] += fan.fans
        self._later(fan.pass_ends_s, "end", fan)

    def _next(self, at_s: float, step: Step, fan: Inside) -> None:
        """The fan's next step, unless the pass ends before it."""
        if at_s < fan.pass_ends_s:
            self._later(at_s, step, fan)
        else:
            self._lost(fan, "too_late")

    def _later(self, at_s: float, step: Step, fan: Inside) -> None:
        self._order += 1
        heapq.heappush(self._steps, (at_s, self._order, step, fan))

    def _walks_away_at(self) -> Literal["look", "hold", ""]:
        """Of the fans who did not walk away in line."""
        share = self.behaviour.walk_away
        if self.lot.random() >= share * (1 - IN_LINE) / (1 - share * IN_LINE):
            return ""
        return "look" if self.lot.random() < 0.5 else "hold"

    def _think_s(self) -> float:
        mean_s = self.behaviour.think_s
        return min(5 * mean_s, self.lot.expovariate(1 / mean_s)) if mean_s else 0.0
