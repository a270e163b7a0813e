"""Whether fans came in by their numbers. Pure.

An inversion is a pair of fans of one lane of whom the one with the higher number was let in first.
Only fans who asked as often as they were told to are compared: who is away is stepped over, and is
let in later on purpose. The second in which somebody was let in is read off their pass, so pairs of
one second count as being in order.
"""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from yemae.rehearsal.tally import AdmittedFan


class Fairness(msgspec.Struct, frozen=True):
    """Of how many admissions, and how many pairs of them are the wrong way round."""

    admissions: int
    pairs: int
    inversions: int

    @property
    def inverted_share(self) -> float:
        """The share of the pairs that are the wrong way round."""
        return self.inversions / self.pairs if self.pairs else 0.0


def fairness(admissions: Sequence[AdmittedFan]) -> Fairness:
    """Compare everybody with everybody of their lane."""
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
    """How many pairs are not in order, by merging sorted runs."""
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
