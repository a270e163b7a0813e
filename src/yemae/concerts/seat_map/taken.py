"""Which seats of one performance are taken, in memory: a bit for each, in plan order. Pure.

Events come with the store's time, at which they were decided under the seat's lock, and of two for
one seat the later wins, in whatever order they come. A hold that runs out is a free seat by the
clock, without any event; what is shown under a version follows LAPSE_GRACE_S later. What changed
between two turns is one version.
"""

import hashlib
import heapq
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from itertools import compress
from operator import ne
from typing import NamedTuple

from yemae.concerts.seat_map.changes import FREE, SOLD

# A payment in the last moment of a hold is published a little later than the hold ends, and viewers
# should not see its seats come and go.
LAPSE_GRACE_S = 0.3
# How many different seats one step takes over.
STEP = 2_000


class Difference(NamedTuple):
    """Seats, by their place in the plan order, that were taken or freed since a version."""

    version: int
    taken: list[int]
    freed: list[int]


def tag_of(plan: str, bitmap: bytes) -> str:
    """The ETag of what is said about these seats of a plan: the same in every process."""
    return f'W/"{hashlib.sha256(plan.encode() + bitmap).hexdigest()[:16]}"'


class Taken:
    """The seats of one performance."""

    def __init__(self, seats: int, versions_max: int) -> None:
        self.bitmap = bytearray((seats + 7) // 8)
        # Grows with every change of the bitmap.
        self.flips = 0
        self.free = seats
        # The bitmap as it was when the present version was made: what is shown under its number.
        self.version = 0
        self.shown = bytes(self.bitmap)
        self._until = [FREE] * seats
        self._changed_at = [0.0] * seats
        # What events touched since the read that is under way began.
        self._touched: set[int] = set()
        self._changed: set[int] = set()
        self._versions: deque[tuple[int, frozenset[int]]] = deque(maxlen=versions_max)
        self._lapses: list[tuple[float, int]] = []
        # Seats whose hold ran out, and when: free in the bitmap, and shown as free a little later.
        self._lapsed: dict[int, float] = {}
        self._differences: OrderedDict[int, Difference | None] = OrderedDict()

    def is_taken(self, position: int) -> bool:
        """Whether a seat is held or sold."""
        return bool(self.bitmap[position >> 3] >> (position & 7) & 1)

    # --- Input ---

    def reading(self) -> None:
        """A read of the store begins: what events say from now on is newer than what it finds."""
        self._touched.clear()

    def read(self, until: Iterable[tuple[int, float]], now_s: float) -> None:
        """What the store has, as (position, held until) of every seat that is not free."""
        for _ in self.read_in_steps(until, now_s):
            pass

    def read_in_steps(self, until: Iterable[tuple[int, float]], now_s: float) -> Iterator[None]:
        """The same, in steps of a few milliseconds; events may come in between."""
        found = [FREE] * len(self._until)
        for position, until_s in until:
            found[position] = min(until_s, SOLD)
        # Usually nothing is different, and comparing a large hall takes microseconds.
        different = list(compress(range(len(found)), map(ne, found, self._until)))
        for place, position in enumerate(different, start=1):
            if position not in self._touched:
                self._set(position, found[position], now_s)
            if place % STEP == 0:
                yield

    def change(self, positions: Iterable[int], at_s: float, until_s: float, now_s: float) -> None:
        """An event. What is older than the last one of a seat changes nothing."""
        for position in positions:
            if at_s >= self._changed_at[position]:
                self._changed_at[position] = at_s
                self._touched.add(position)
                self._set(position, until_s, now_s)

    def presume(self, positions: Iterable[int], until_s: float, now_s: float) -> None:
        """Seats that are free here and were found taken: what has become of them is on its way."""
        for position in positions:
            if not self.is_taken(position):
                self._set(position, until_s, now_s)

    def pass_time(self, now_s: float) -> None:
        """Free the seats whose hold has run out."""
        while self._lapses and self._lapses[0][0] <= now_s:
            until_s, position = heapq.heappop(self._lapses)
            if self._until[position] == until_s:
                self._until[position] = FREE
                self._flip(position)
                self._lapsed[position] = until_s

    def _set(self, position: int, until_s: float, now_s: float) -> None:
        if until_s == self._until[position]:
            return
        self._until[position] = until_s
        taken = until_s > now_s
        if taken and until_s < SOLD:
            heapq.heappush(self._lapses, (until_s, position))
        if taken != self.is_taken(position):
            self._flip(position)
            # Not when it was freed by the clock a moment ago: it is still shown as taken.
            if self._lapsed.pop(position, None) is None:
                self._note_change(position)

    def _flip(self, position: int) -> None:
        self.free += 1 if self.is_taken(position) else -1
        self.bitmap[position >> 3] ^= 1 << (position & 7)
        self.flips += 1

    def _note_change(self, position: int) -> None:
        # Taken and freed again since the last turn: for viewers nothing has changed.
        self._changed ^= {position}

    # --- Output ---

    def turn(self, now_s: float) -> bool:
        """Make one version of what has changed since the last turn. Returns whether there was
        anything."""
        for position, until_s in list(self._lapsed.items()):
            if until_s + LAPSE_GRACE_S <= now_s:
                del self._lapsed[position]
                self._note_change(position)
        if not self._changed and self.version:
            return False
        self.version = max(self.version + 1, int(now_s * 1_000_000))
        shown = bytearray(self.bitmap)
        for position in self._lapsed:
            shown[position >> 3] |= 1 << (position & 7)
        self.shown = bytes(shown)
        self._versions.append((self.version, frozenset(self._changed)))
        self._changed.clear()
        self._differences.clear()
        return True

    def since(self, version: int) -> Difference | None:
        """What is different from a version; None when this process does not know it.

        Cached by version, because most viewers have the same one.
        """
        if version not in self._differences:
            self._differences[version] = self._since(version)
            if len(self._differences) > len(self._versions):
                self._differences.popitem(last=False)
        return self._differences[version]

    def _since(self, version: int) -> Difference | None:
        known = [number for number, _ in self._versions]
        if version not in known:
            return None
        changed: set[int] = set()
        for number, positions in self._versions:
            if number > version:
                changed ^= positions
        # Not as they are by now: a seat that changes back before the next turn is in no version.
        shown = {position: self.shown[position >> 3] >> (position & 7) & 1 for position in changed}
        taken = sorted(position for position, is_taken in shown.items() if is_taken)
        freed = sorted(position for position, is_taken in shown.items() if not is_taken)
        return Difference(self.version, taken, freed)
