"""One simulated sale, from the first fan to the last: ticks of admission, and the fans inside.

Fans are simulated in groups of alike ones; a group has one fan unless more than GROUPS_MAX groups
would come in. Every fan has one outcome. No more fans than `active_limit` are inside at any moment.
"""

import math
from array import array
from collections import Counter
from dataclasses import dataclass
from functools import partial
from random import Random

import msgspec

from yemae.concerts.catalogue import Concert
from yemae.jobs.admission_tick import INTERVAL_S
from yemae.rehearsal.scenario import Scenario
from yemae.sale import policy
from yemae.sale.admission import CALLS_MAX, STEP_MAX
from yemae.settings import Settings
from yemae.simulation.admission import Admissions
from yemae.simulation.journey import IN_LINE, Hall
from yemae.simulation.line import Arrived, FanLine
from yemae.simulation.polling import History
from yemae.waiting_room.admission import Doors

# The work of a simulation follows from this, whatever the number of fans.
GROUPS_MAX = 100_000
# A group is never larger than this part of active_limit.
LIMIT_PART = 20
# How far the fans who did not come in are looked at: how many of them had given up.
LOOKED_AT = 500
# No number is drawn at the opening itself.
JUST_BEFORE_S = -1e-6


class OnSale(msgspec.Struct, frozen=True, kw_only=True):
    """What is simulated."""

    concert: Concert
    settings: Settings
    scenario: Scenario
    seats: int
    # When the first fans come, before the opening.
    early_s: float = 0.0
    # Of each lane, the general one first: its share of the fans.
    fans_of_lanes: tuple[float, ...] = (1.0,)


@dataclass(frozen=True)
class Course:
    """What happened. Times are seconds from the opening. The lists have one item for each group
    that was admitted, in the order of the admissions; `came_in_s` is when it learned of that
    (infinity: never)."""

    on_sale: OnSale
    begins_s: float
    ends_s: float
    lines: list[FanLine]
    history: History
    hall: Hall
    outcomes: Counter[str]
    fans: "array[int]"
    joined_s: "array[float]"
    admitted_s: "array[float]"
    came_in_s: "array[float]"

    def waits(self) -> list[tuple[float, int]]:
        """How long the groups that came in waited, since they joined or since the opening, and
        their fans; the shortest wait first."""
        groups = zip(self.joined_s, self.came_in_s, self.fans, strict=True)
        return sorted(
            (came_in_s - max(joined_s, 0.0), fans)
            for joined_s, came_in_s, fans in groups
            if came_in_s < math.inf
        )


def run(on_sale: OnSale) -> Course:
    """Simulate a sale."""
    return _Sale(on_sale).run()


def size_of_groups(on_sale: OnSale) -> int:
    """How many fans are simulated as one, so that at most about GROUPS_MAX groups come in: after
    the last seat no fan does."""
    behaviour, concert = on_sale.scenario.behaviour, on_sale.concert
    buyers = (1 - behaviour.walk_away) * (1 - behaviour.hold_without_paying)
    seats_of_one = buyers * (1 + behaviour.seats_max) / 2
    expected: float = on_sale.scenario.fans
    if seats_of_one:
        expected = min(expected, on_sale.seats / seats_of_one)
    largest = min(concert.active_limit / LIMIT_PART, concert.admit_per_minute / 60)
    return max(1, min(math.ceil(expected / GROUPS_MAX), int(largest)))


class _Sale:
    """The state of a simulated sale."""

    def __init__(self, on_sale: OnSale) -> None:
        concert, scenario = on_sale.concert, on_sale.scenario
        self._on_sale = on_sale
        self._begins_s = -on_sale.early_s
        opens_at = concert.sale_opens_at
        self._doors: Doors = policy.doors_of(concert, opens_at)
        self._admissions = Admissions(self._doors)
        passes = concert.queueing_method == "passthrough"
        self._inside_max = math.inf if passes else concert.active_limit
        self._lines = _lines(on_sale, self._begins_s)
        before, after = (
            policy.pace_of(concert, on_sale.settings, 1.0, is_open=is_open)
            for is_open in (False, True)
        )
        self._history = History(self._begins_s, self._lines, before, after)
        self._lot = Random(f"simulation {scenario.seed}")  # noqa: S311 - no secret
        hold_ttl_s = on_sale.settings.sale.hold_ttl_s
        self._hall = Hall(scenario.behaviour, hold_ttl_s, on_sale.seats, on_sale.seats, self._lot)
        self._size = size_of_groups(on_sale)
        self._firsts: list[Arrived | None] = [None for _ in self._lines]
        self._now_s = self._begins_s
        # When a fan last left the line.
        self._last_out_s = self._begins_s
        self._fans = array("q")
        self._times = array("d"), array("d"), array("d")

    def run(self) -> Course:
        """Tick by tick, until the last seat is sold, the last fan is done, or the time is up."""
        ticks = int(self._on_sale.scenario.duration_s / INTERVAL_S)
        for tick in range(ticks + 1):
            self._now_s = self._begins_s + tick * INTERVAL_S
            self._hall.go_on(self._now_s)
            if self._hall.sold_out_s is not None or self._is_done():
                break
            for line in self._lines:
                line.arrive(self._now_s)
            if self._now_s >= len(self._history.rates) + self._begins_s:
                self._history.note(self._now_s, self._hall.inside)
            if self._now_s >= 0:
                self._tick()
        return self._course()

    def _is_done(self) -> bool:
        return self._hall.is_empty() and all(line.front == line.fans for line in self._lines)

    def _tick(self) -> None:
        if self._on_sale.concert.queueing_method == "draw" and not self._history.is_drawn:
            self._history.is_drawn = True
            for line in self._lines:
                line.drawn = line.joined_by(JUST_BEFORE_S)
        lanes = range(len(self._lines))
        self._admissions.tick(
            self._doors.opens_at_ms + self._now_s * 1000,
            self._hall.inside,
            [partial(self._look, lane) for lane in lanes],
            self._enter,
            STEP_MAX * CALLS_MAX,
        )

    def _group(self, line: FanLine) -> int:
        return min(self._size, line.fans - line.front)

    def _look(self, lane: int) -> int:
        """How many fans the first group of a lane has that still waits and is present."""
        line = self._lines[lane]
        while (fans := self._group(line)) and line.front + fans <= line.joined:
            first = self._firsts[lane] or line.at(line.front, self._lot)
            if first.gives_up_s <= self._now_s:
                gone = "gave_up"
            elif first.walked_away and self._is_absent(lane, first):
                gone = "walked_away"
            else:
                self._firsts[lane] = first
                return fans
            self._hall.outcomes[gone] += fans
            self._last_out_s = self._now_s
            self._firsts[lane] = None
            line.front += fans
        return 0

    def _is_absent(self, lane: int, fan: Arrived) -> bool:
        until_s = self._history.present_until_s(lane, fan.index, fan.joined_s)
        return until_s < self._now_s

    def _enter(self, lane: int) -> None:
        """Admit the first group of a lane."""
        line, fan, now_s = self._lines[lane], self._firsts[lane], self._now_s
        assert fan is not None
        fans = self._group(line)
        assert self._hall.inside + fans <= self._inside_max
        self._firsts[lane] = None
        line.front += fans
        self._last_out_s = now_s
        self._history.count_admitted(now_s, fans)
        pass_ends_s = now_s + self._doors.entry_ttl_s
        polls_s = self._history.next_poll_s(lane, fan.index, fan.joined_s, now_s, self._lot)
        if fan.walked_away:
            self._hall.enter_unseen(fans, pass_ends_s, "walked_away")
            polls_s = math.inf
        elif fan.gives_up_s < polls_s:
            self._hall.enter_unseen(fans, min(fan.gives_up_s, pass_ends_s), "gave_up")
            polls_s = math.inf
        else:
            self._hall.enter(fans, pass_ends_s, polls_s)
        self._fans.append(fans)
        for times, moment_s in zip(self._times, (fan.joined_s, now_s, polls_s), strict=True):
            times.append(moment_s)

    def _course(self) -> Course:
        hall, longest_s = self._hall, self._history.longest_s
        ends_s = self._now_s
        if hall.sold_out_s is not None:
            # Until the last fan in line has learned of it.
            ends_s = hall.sold_out_s + longest_s
            hall.go_on(math.inf)
        elif self._is_done():
            ends_s = max(hall.last_act_s, self._last_out_s)
        outcomes = hall.outcomes.copy()
        for line in self._lines:
            outcomes.update(self._rest(line, ends_s))
        outcomes["unfinished"] = self._on_sale.scenario.fans - outcomes.total()
        return Course(
            self._on_sale, self._begins_s, ends_s, self._lines, self._history, hall, outcomes,
            self._fans, *self._times,
        )  # fmt: skip

    def _rest(self, line: FanLine, ends_s: float) -> Counter[str]:
        """The outcomes of the fans who did not come in, as they are expected."""
        rest = line.fans - line.front
        count = min(rest, LOOKED_AT)
        if not count:
            return Counter()
        indexes = (line.front + (place * rest) // count for place in range(count))
        joined_s = [line.joined_s(index, self._lot) for index in indexes]
        stayed = [
            line.stayed(ends_s - moment_s) if moment_s < ends_s else 1 for moment_s in joined_s
        ]
        walked_away = round(rest * self._on_sale.scenario.behaviour.walk_away * IN_LINE)
        gave_up = round((rest - walked_away) * (1 - sum(stayed) / count))
        found = Counter(walked_away=walked_away, gave_up=gave_up)
        if self._hall.sold_out_s is not None:
            found["no_seat"] = rest - walked_away - gave_up
        return found


def _lines(on_sale: OnSale, begins_s: float) -> list[FanLine]:
    """The lanes with their fans; the general one has the fans whom rounding leaves."""
    concert, scenario = on_sale.concert, on_sale.scenario
    joins_from_s = -math.inf
    if concert.prequeue_opens_at is not None:
        joins_from_s = (concert.prequeue_opens_at - concert.sale_opens_at).total_seconds()
    counts = [round(scenario.fans * share) for share in on_sale.fans_of_lanes[1:]]
    return [
        FanLine(scenario, fans, begins_s, joins_from_s)
        for fans in (scenario.fans - sum(counts), *counts)
    ]
