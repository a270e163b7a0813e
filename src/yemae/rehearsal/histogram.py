"""Durations, counted in steps of 4 percent, so that the counts of processes can be added up."""

import math

import msgspec

# Steps for each doubling.
STEPS = 16


class Histogram(msgspec.Struct):
    """Counts by duration, and the exact longest one."""

    counts: dict[int, int] = {}
    total: int = 0
    longest_s: float = 0.0
    sum_s: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        step = int(math.log2(seconds * 1e6 + 1) * STEPS)
        self.counts[step] = self.counts.get(step, 0) + 1
        self.total += 1
        self.sum_s += seconds
        self.longest_s = max(self.longest_s, seconds)

    def merge(self, other: "Histogram") -> None:
        """Add another's counts."""
        for step, count in other.counts.items():
            self.counts[step] = self.counts.get(step, 0) + count
        self.total += other.total
        self.sum_s += other.sum_s
        self.longest_s = max(self.longest_s, other.longest_s)

    def percentile_s(self, share: float) -> float:
        """The percentile of this share; 0 without any duration."""
        rank, passed = max(1, math.ceil(self.total * share)), 0
        for step in sorted(self.counts):
            passed += self.counts[step]
            if passed >= rank:
                return min(self.longest_s, middle_s(step))
        return 0.0


def middle_s(step: int) -> float:
    """The duration in the middle of a step."""
    return float(2 ** ((step + 0.5) / STEPS) - 1) / 1e6
