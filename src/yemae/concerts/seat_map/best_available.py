"""Best available: the seats that a fan gets who leaves the choice to us. Pure.

Adjacent seats of one row, as near to the front and the centre as there are. A seat that would be
left alone between taken ones, or an aisle, is hard to sell, so a choice that leaves none comes
first, wherever it is. Seats with a mark that a fan should know of before are left out.

Which seats are free is a bitmap, as availability keeps it (1 is taken). A run, which is what lies
between two aisles, is looked at as one number: shifting it by one and taking what both have in
common leaves the starts of pairs, and so on.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from yemae.concerts.seat_map.marks import not_chosen
from yemae.concerts.seat_map.plan import Plan, PlanRow

# Seats of a row that are further apart than this many usual steps have an aisle between them.
AISLE_STEPS = 1.5
# Longer runs are cut, which keeps their numbers small.
RUN_MAX = 256
# A step to the side costs half of one to the back, on top of the longer way.
ASIDE = 0.5


class Run(NamedTuple):
    """Adjacent seats of one row. `costs` are running sums, from 0, of how far each seat is from
    the best place of the hall; `nearest` is the least of them."""

    first: int
    length: int
    costs: tuple[float, ...]
    nearest: float

    def free(self, taken: bytes | bytearray) -> int:
        """A bit for each seat that is free."""
        some = int.from_bytes(
            taken[self.first >> 3 : (self.first + self.length + 7) >> 3], "little"
        )
        return ~(some >> (self.first & 7)) & ((1 << self.length) - 1)


# For each grade of a plan its runs, from the nearest.
Runs = Mapping[str, Sequence[Run]]


def runs_of(plan: Plan) -> Runs:
    """The runs of a plan."""
    runs: dict[str, list[Run]] = defaultdict(list)
    left_out = not_chosen(plan.marks)
    usual = _usual_steps(plan)
    for row in plan.rows:
        grade = plan.grades[plan.sections[row.section].grade].name
        aisle = AISLE_STEPS * usual.get(_row_of_hall(plan, row), 0.0)
        runs[grade] += _runs_of_row(plan, row, aisle, left_out)
    return {grade: sorted(found, key=lambda run: run.nearest) for grade, found in runs.items()}


def choose(
    runs: Sequence[Run],
    taken: bytes | bytearray,
    count: int,
    noise: Callable[[], float] | None = None,
) -> range | None:
    """The best `count` seats, by their places in the plan order, or None when `count` seats are
    nowhere free side by side. `noise` makes some choices a little worse, so that fans who compete
    for the same best one get different ones."""
    # The best of those that leave no seat alone, one, and two. Each kind has its own, so that a
    # hall where every block leaves one costs no more than a few looks at each run.
    best: list[tuple[float, range | None]] = [(math.inf, None)] * 3
    for run in runs:
        if best[0][0] <= run.nearest:
            break
        worse = noise() if noise else 0.0
        for kind, starts in enumerate(_starts(run.free(taken), count)):
            if starts and run.nearest < best[kind][0]:
                best[kind] = min(best[kind], _nearest(run, starts, count, worse), key=itemgetter(0))
            if best[kind][1] is not None:
                break
    return next((block for _, block in best if block is not None), None)


def largest(runs: Sequence[Run], taken: bytes | bytearray) -> int:
    """How many seats are free side by side, at most."""
    most = 0
    for run in runs:
        if run.length > most:
            free = run.free(taken)
            while _side_by_side(free, most + 1):
                most += 1
    return most


def take(taken: bytearray, seats: range) -> None:
    """Mark seats in a bitmap as taken."""
    for seat in seats:
        taken[seat >> 3] |= 1 << (seat & 7)


def _starts(free: int, count: int) -> tuple[int, int, int]:
    """Where `count` free seats begin, a bit for each: those that leave no seat alone that is not
    alone now, those that leave one, and those that leave two."""
    starts = _side_by_side(free, count)
    before = (free << 1) & ~(free << 2)
    after = (free >> count) & ~(free >> (count + 1))
    return starts & ~before & ~after, starts & (before ^ after), starts & before & after


def _side_by_side(free: int, count: int) -> int:
    """A bit for each seat that `count` free seats begin at. The width doubles with each step, so
    that a large `count` costs little."""
    width = 1
    while free and width < count:
        step = min(width, count - width)
        free &= free >> step
        width += step
    return free


def _nearest(run: Run, starts: int, count: int, worse: float) -> tuple[float, range | None]:
    """Which of these blocks of a run is the nearest, and how far its seats are on average."""
    costs, nearest, first = run.costs, math.inf, 0
    while starts:
        lowest = starts & -starts
        start = lowest.bit_length() - 1
        cost = costs[start + count] - costs[start]
        if cost < nearest:
            nearest, first = cost, start
        starts ^= lowest
    first += run.first
    return nearest / count + worse, range(first, first + count)


def _row_of_hall(plan: Plan, row: PlanRow) -> tuple[str, str | None, str]:
    """The row that a row of the plan is a part of: a section of the file whose seats have several
    grades is as many of the plan."""
    section = plan.sections[row.section]
    return section.name, section.floor, row.name


def _usual_steps(plan: Plan) -> dict[tuple[str, str | None, str], float]:
    """How far apart the nearest two seats of each row of the hall are. Two seats at the ends of a
    row may be all that a grade has of it, and are no neighbours."""
    usual: dict[tuple[str, str | None, str], float] = {}
    for row in plan.rows:
        if steps := _steps(plan, row):
            whole = _row_of_hall(plan, row)
            usual[whole] = min(*steps, usual.get(whole, math.inf))
    return usual


def _steps(plan: Plan, row: PlanRow) -> list[float]:
    """How far each seat of a row is from the next one."""
    xs, ys, last = plan.seats.x, plan.seats.y, row.first_seat + row.seats - 1
    return [math.dist((xs[i], ys[i]), (xs[i + 1], ys[i + 1])) for i in range(row.first_seat, last)]


def _runs_of_row(plan: Plan, row: PlanRow, aisle: float, left_out: Container[int]) -> Iterator[Run]:
    """Cut a row at its aisles, and at seats that are left out."""
    seats = range(row.first_seat, row.first_seat + row.seats)
    first = row.first_seat
    for seat, step in zip(seats, [*_steps(plan, row), math.inf], strict=True):
        if seat in left_out:
            if seat > first:
                yield _run(plan, first, seat - first)
            first = seat + 1
        elif step > aisle or seat + 1 - first == RUN_MAX:
            yield _run(plan, first, seat + 1 - first)
            first = seat + 1


def _run(plan: Plan, first: int, length: int) -> Run:
    costs = [_cost(plan, seat) for seat in range(first, first + length)]
    return Run(first, length, tuple(accumulate(costs, initial=0.0)), min(costs))


def _cost(plan: Plan, seat: int) -> float:
    """How far a seat is from the front of the stage, and from the middle."""
    stage = plan.stage
    aside = abs(plan.seats.x[seat] - stage.x - stage.width / 2)
    back = plan.seats.y[seat] - stage.y - stage.height
    # Beside the stage is further than it looks, and behind it is last.
    behind = plan.size.height if back < -stage.height else 0.0
    return math.hypot(aside, back) + ASIDE * aside + behind
