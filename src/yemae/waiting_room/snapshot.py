"""What a snapshot of a queue says, and what follows from it. Pure."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from yemae.waiting_room import queue_numbers

# A rate over less than this is a guess.
SHORTEST_SPAN_S = 5.0


class LaneNumbers(NamedTuple):
    """One lane: who waits in it, and how far its front has come (numbers; -1: none)."""

    waiting: int
    first: int
    serving: int


class Snapshot(NamedTuple):
    """The numbers of a queue at one moment."""

    now_ms: int
    waiting: int
    absent: int
    active: int
    admitted: int
    joined: int
    # 0: there was no admission yet.
    first_admitted_at_ms: int
    # -1: not counted yet.
    seats_left: int
    seats_unsold: int
    # The block that numbers are given out from; -1 when there is none.
    open_block: int
    # a<minute> admitted, j<minute> joined.
    rates: Mapping[str, int]
    # Of the line: the number of fans in each block.
    blocks: Mapping[int, int]
    lanes: tuple[LaneNumbers, ...]

    def admitted_per_s(self, minutes: int) -> float | None:
        """How fast people came in over the last minutes; None while it cannot be known."""
        span_s = min(minutes * 60.0, (self.now_ms - self.first_admitted_at_ms) / 1000)
        if not self.first_admitted_at_ms or span_s < SHORTEST_SPAN_S:
            return None
        return self._counted("a", minutes) / span_s

    def joined_per_s(self, minutes: int) -> float:
        """How fast people joined over the last minutes."""
        return self._counted("j", minutes) / (minutes * 60.0)

    def _counted(self, kind: str, minutes: int) -> float:
        """Of the oldest minute only the part that is still inside the window counts."""
        this_minute, into_ms = divmod(self.now_ms, 60_000)
        whole = sum(self.rates.get(f"{kind}{this_minute - back}", 0) for back in range(minutes))
        oldest = self.rates.get(f"{kind}{this_minute - minutes}", 0)
        return whole + oldest * (1 - into_ms / 60_000)


class Ranks:
    """Where any number stands in a snapshot, from the counts of its blocks."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._blocks = sorted(snapshot.blocks)
        self._counts = [snapshot.blocks[block] for block in self._blocks]
        self._before = [0, *accumulate(self._counts)]
        starts = (queue_numbers.block_of(lane, 0) for lane in range(len(snapshot.lanes)))
        self._lane_starts = [self._before[bisect_left(self._blocks, start)] for start in starts]
        self._firsts = [lane.first for lane in snapshot.lanes]
        self._open_block = snapshot.open_block

    def most_ahead(self, lane: int, number: int) -> int:
        """The most people who can be ahead of a number in its lane: those of the blocks before,
        and of its own as many as can be. For a fan who is there it is never less than the truth,
        at most a block more, and only falls, but for those who return."""
        block = queue_numbers.block_of(lane, number)
        index = bisect_left(self._blocks, block)
        is_counted = index < len(self._blocks) and self._blocks[index] == block
        count = self._counts[index] if is_counted else 0
        before = self._before[index] - self._lane_starts[lane]
        if queue_numbers.is_drawn(number):
            return before + count
        own = number % queue_numbers.BLOCK
        if number // queue_numbers.BLOCK != self._open_block:
            own = min(own, count)
        if before == 0 and self._firsts[lane] >= 0:
            own = min(own, max(0, number - self._firsts[lane]))
        return before + own


class Statistics(NamedTuple):
    """A queue's numbers for its operator. Rates are per minute, over the last 1, 5, 15 minutes."""

    waiting: int
    absent: int
    active: int
    admitted: int
    joined: int
    admitted_1m: float
    admitted_5m: float
    admitted_15m: float
    # Of the last thousand admissions; None before the first.
    time_in_queue_p50_s: float | None
    time_in_queue_p90_s: float | None
    # Passes that expired without having been used once.
    unused_admissions: int
    ended_by_payment: int
    ended_by_expiry: int
    ended_by_revoke: int
    ended_by_leave: int

    @classmethod
    def of(
        cls, snapshot: Snapshot, ended: Mapping[str, int], waits_ms: Sequence[int]
    ) -> "Statistics":
        """Combine what two scripts found; `ended` has the fields from `unused_admissions` on."""
        waits = sorted(waits_ms)
        by_1m, by_5m, by_15m = (60 * (snapshot.admitted_per_s(m) or 0.0) for m in (1, 5, 15))
        return cls(
            waiting=snapshot.waiting,
            absent=snapshot.absent,
            active=snapshot.active,
            admitted=snapshot.admitted,
            joined=snapshot.joined,
            admitted_1m=by_1m,
            admitted_5m=by_5m,
            admitted_15m=by_15m,
            time_in_queue_p50_s=quantile_s(waits, 0.5),
            time_in_queue_p90_s=quantile_s(waits, 0.9),
            **ended,
        )


def quantile_s(sorted_ms: Sequence[int], share: float) -> float | None:
    """A quantile of sorted milliseconds, in seconds; None of nothing."""
    if not sorted_ms:
        return None
    return sorted_ms[min(len(sorted_ms) - 1, int(share * len(sorted_ms)))] / 1000
