"""Whether fans were admitted in the order of their numbers. Pure.

An inversion is a pair of fans of one lane of whom the one with the higher number was admitted
first. Only fans who polled on time are compared: admission skips absent fans on purpose. The second
of an admission follows from the pass's expiry, so pairs of one second count as being in order.
"""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from yemae.rehearsal.tally import AdmittedFan


class Fairness(msgspec.Struct, frozen=True):
    """The number of admissions, of their pairs, and of inverted pairs."""

    admissions: int
    pairs: int
    inversions: int


def fairness(admissions: Sequence[AdmittedFan]) -> Fairness:
    """Compare all fans of each lane with one another."""
    lanes: dict[str, list[AdmittedFan]] = defaultdict(list)
    for admission in admissions:
        lanes[admission.lane].append(admission)
    inversions = sum(
        _inversions([each.at_s for each in sorted(lane, key=lambda each: each.number)])
        for lane in lanes.values()
    )
    pairs = sum(len(lane) * (len(lane) - 1) // 2 for lane in lanes.values())
    return Fairness(len(admissions), pairs, inversions)


def _inversions(moments: Sequence[int]) -> int:
    """The number of pairs that are not in order, by merge sort."""
    runs = [([moment], 0) for moment in moments]
    while len(runs) > 1:
        runs = [
            _merged(runs[i], runs[i + 1]) if i + 1 < len(runs) else runs[i]
            for i in range(0, len(runs), 2)
        ]
    return runs[0][1] if runs else 0


def _merged(left: tuple[list[int], int], right: tuple[list[int], int]) -> tuple[list[int], int]:
    ahead, behind = left[0], right[0]
    merged: list[int] = []
    count, i = left[1] + right[1], 0
    for moment in behind:
        while i < len(ahead) and ahead[i] <= moment:
            merged.append(ahead[i])
            i += 1
        count += len(ahead) - i
        merged.append(moment)
    return merged + ahead[i:], count
