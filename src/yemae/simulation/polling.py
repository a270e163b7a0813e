"""When waiting fans ask: the server's own pace, on the history of a simulated queue.

Polls change nothing in a queue except that a fan learns of the admission, so nothing is simulated
for a poll. A fan's polls follow from the fan's index and from what was written down each second:
how far the front had come, and how fast fans came in.
"""

from array import array
from collections.abc import Iterator
from random import Random

from yemae.sale.place_states import POLLS_AFTER_OPENING_PER_S
from yemae.simulation.line import FanLine
from yemae.waiting_room import pace
from yemae.waiting_room.pace import Pace
from yemae.waiting_room.snapshot import Snapshot

# A fan's polls are followed from at most this many of the longest intervals before the admission:
# after them the moment of the next poll no longer depends on when the first one was.
FOLLOWED_INTERVALS = 4


class History:
    """A queue, second by second from `begins_s` on; the last second stays."""

    def __init__(self, begins_s: float, lines: list[FanLine], before: Pace, after: Pace) -> None:
        self.begins_s = begins_s
        self.lines = lines
        self.fronts = [array("q") for _ in lines]
        self.rates: list[float | None] = []
        self.inside: list[int] = []
        self.is_drawn = False
        self._before, self._after = before, after
        self.longest_s = after.longest_ms / 1000
        # Minutes as the server counts them; they begin at the opening.
        self._minutes: dict[str, int] = {}
        self._first_admitted_at_ms = 0
        self._base_ms = 60_000 * (2 + int(-begins_s // 60))

    def count_admitted(self, now_s: float, count: int) -> None:
        """Count fans who come in."""
        now_ms = self._base_ms + round(now_s * 1000)
        self._first_admitted_at_ms = self._first_admitted_at_ms or now_ms
        field = f"a{now_ms // 60_000}"
        self._minutes[field] = self._minutes.get(field, 0) + count

    def note(self, now_s: float, inside: int) -> None:
        """Write down one second."""
        for line, fronts in zip(self.lines, self.fronts, strict=True):
            fronts.append(line.front)
        self.inside.append(inside)
        now_ms = self._base_ms + round(now_s * 1000)
        self.rates.append(
            Snapshot(
                now_ms, 0, 0, 0, 0, 0, self._first_admitted_at_ms, -1, -1, -1, self._minutes, {}, ()
            ).admitted_per_s(1)
        )

    def second(self, moment_s: float) -> int:
        """Where a moment is in the lists."""
        return min(max(0, int(moment_s - self.begins_s)), len(self.rates) - 1)

    def place(self, moment_s: float, seconds: int) -> int:
        """Where a moment is in a list of that many seconds; past its end: after the last one."""
        return int(min(seconds, max(0.0, moment_s - self.begins_s)))

    def interval_s(
        self, lane: int, index: int, joined_s: float, now_s: float, lot: Random
    ) -> float:
        """How long after a poll the fan is asked to poll again."""
        line, second = self.lines[lane], self.second(now_s)
        front = self.fronts[lane][second]
        if now_s < 0:
            waiting = line.joined_by(now_s)
            ms = pace.poll_before_opening_ms(
                self._before, -now_s, waiting, POLLS_AFTER_OPENING_PER_S, lot.uniform
            )
        else:
            ahead = round(max(0, index - front) * line.stayed(now_s - joined_s))
            ms = pace.poll_after_ms(self._after, ahead, self.rates[second], lot.uniform)
        return ms / 1000

    def present_until_s(self, lane: int, index: int, joined_s: float) -> float:
        """Until when a fan who joined counts as present without a poll."""
        ahead = max(0, index - self.fronts[lane][self.second(joined_s)])
        fan_pace = self._before if joined_s < 0 else self._after
        return joined_s + fan_pace.patience_ms(ahead) / 1000

    def polls_s(self, lane: int, index: int, joined_s: float, lot: Random) -> Iterator[float]:
        """The moments at which a fan polls, without an end."""
        now_s = joined_s
        while True:
            now_s += self.interval_s(lane, index, joined_s, now_s, lot)
            yield now_s

    def next_poll_s(
        self, lane: int, index: int, joined_s: float, now_s: float, lot: Random
    ) -> float:
        """The first poll after now of a fan who joined then."""
        longest_s = self.longest_s
        followed_s = FOLLOWED_INTERVALS * longest_s
        last_s = joined_s
        if now_s - joined_s > followed_s + longest_s:
            last_s = now_s - followed_s - lot.uniform(0, longest_s)
        while last_s <= now_s:
            last_s += self.interval_s(lane, index, joined_s, last_s, lot)
        return last_s
