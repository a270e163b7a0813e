"""The requests of a simulated sale, second by second.

Joins, lists, holds and payments are those of the simulation. Polls are those of a sample of all
fans, evenly spread over the line, each of whom stands for as many; while there are no more fans
than the sample has, they are those of every fan.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from yemae.simulation.line import FanLine
from yemae.simulation.run import Course

# The work of the sample: polls in all, and the fans of a lane.
POLLS_MAX = 500_000
SAMPLE_MIN = 1_000
# Beside one poll for each of the longest intervals: what a fan near the front asks.
POLLS_NEAR_FRONT = 15
# Peaks are means over this time: a server answers what comes in one second within the next ones.
PEAK_S = 5


@dataclass(frozen=True)
class Traffic:
    """Requests in each second from `begins_s` on, and how many fans wait. `looks` are lists of
    dates and of seats; a payment comes with a top-up."""

    begins_s: float
    joins: list[float]
    polls: list[float]
    looks: list[float]
    holds: list[float]
    payments: list[float]
    waiting: list[float]
    inside: list[int]


def traffic_of(course: Course) -> Traffic:
    """The requests of a sale."""
    seconds = max(1, math.ceil(course.ends_s - course.begins_s))
    lot = Random(f"polls {course.on_sale.scenario.seed}")  # noqa: S311 - no secret
    polls, waiting = [0.0] * seconds, [0.0] * seconds
    for lane, line in enumerate(course.lines):
        _add_polls(course, lane, line, polls, waiting, lot)
    inside = list(course.history.inside[:seconds])
    hall = course.hall
    looks, holds, payments = (
        [float(counts[math.floor(second + course.begins_s)]) for second in range(seconds)]
        for counts in (hall.looks, hall.holds, hall.payments)
    )
    return Traffic(
        begins_s=course.begins_s,
        joins=_joins(course, seconds),
        polls=polls,
        looks=looks,
        holds=holds,
        payments=payments,
        waiting=waiting,
        inside=inside + [0] * (seconds - len(inside)),
    )


def peak(values: list[float]) -> float:
    """The busiest PEAK_S seconds: their mean."""
    width = min(PEAK_S, len(values))
    total = most = sum(values[:width])
    for index in range(width, len(values)):
        total += values[index] - values[index - width]
        most = max(most, total)
    return most / width


def _joins(course: Course, seconds: int) -> list[float]:
    joined = [0] * (seconds + 1)
    for line in course.lines:
        for second in range(1, seconds + 1):
            joined[second] += line.joined_by(course.begins_s + second)
    return [float(after - before) for before, after in pairwise(joined)]


def _add_polls(
    course: Course, lane: int, line: FanLine, polls: list[float], waiting: list[float], lot: Random
) -> None:
    """Add the polls of one lane, and its fans who wait."""
    history = course.history
    of_one = POLLS_NEAR_FRONT + len(polls) / history.longest_s
    count = min(line.fans, max(SAMPLE_MIN, int(POLLS_MAX / of_one)))
    sold_out_s = course.hall.sold_out_s or math.inf
    changes = [0.0] * (len(polls) + 1)
    for place in range(count):
        index = place * line.fans // count
        fan = line.at(index, lot)
        weight = (place + 1) * line.fans // count - index
        if fan.joined_s >= course.ends_s:
            continue
        admitted_s = _admitted_s(course, lane, index)
        left_s = min(admitted_s, sold_out_s, fan.gives_up_s)
        if fan.walked_away:
            left_s = min(left_s, history.present_until_s(lane, index, fan.joined_s))
        changes[history.place(fan.joined_s, len(polls))] += weight
        changes[history.place(left_s, len(polls))] -= weight
        if fan.walked_away:
            continue
        for moment_s in history.polls_s(lane, index, fan.joined_s, lot):
            if moment_s >= min(course.ends_s, fan.gives_up_s):
                break
            polls[history.place(moment_s, len(polls) - 1)] += weight
            if moment_s >= min(admitted_s, sold_out_s):
                break
    now = 0.0
    for second in range(len(polls)):
        now += changes[second]
        waiting[second] += now


def _admitted_s(course: Course, lane: int, index: int) -> float:
    """The second in which the fan with this number came in; infinity for one who did not."""
    fronts = course.history.fronts[lane]
    second = bisect_right(fronts, index)
    if second == len(fronts):
        return math.inf if index >= course.lines[lane].front else course.ends_s
    return course.begins_s + second
