"""Who comes in at a tick: the decisions of waiting_room/lua/admit.lua, for a simulation. Pure.

`tests/simulation/test_admission.py` gives the same fans to both, and compares.
"""

from collections.abc import Callable, Sequence

from yemae.waiting_room.admission import Doors

# As precise as admit.lua keeps them.
CREDIT_DIGITS = 9


class Admissions:
    """The rate of one queue, and the turns of its lanes."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        # The share of one second, and at least one fan.
        self._bucket_max = max(1.0, doors.admit_per_minute / 60)
        self._filled = self._bucket_max
        self._filled_at_ms: float | None = None
        self._credits = [0.0] * len(doors.shares)

    def tick(
        self,
        now_ms: float,
        inside: int,
        looks: Sequence[Callable[[], int]],
        enter: Callable[[int], None],
        most: float = float("inf"),
    ) -> int:
        """Admit fans, at most `most`. `looks` finds, for each lane, how many fans its first group
        has that is present (0: no group waits), and `enter` admits that group. Returns how many
        fans came in."""
        room = min(self._room(now_ms, inside), most)
        admitted, found, credits_before = 0, [0] * len(looks), list(self._credits)
        while admitted < room:
            found = [fans or look() for fans, look in zip(found, looks, strict=True)]
            # A group is never divided: it waits until there is room for all of it.
            if admitted + max(found) > room:
                break
            lane = self._next_lane([fans > 0 for fans in found])
            if lane is None:
                break
            enter(lane)
            admitted += found[lane]
            found[lane] = 0
        if admitted:
            self._take(now_ms, admitted)
        else:
            self._credits = credits_before
        return admitted

    def _room(self, now_ms: float, inside: int) -> float:
        if self._doors.door == "shut" or now_ms < self._doors.opens_at_ms:
            return 0
        if self._doors.door == "all":
            return float("inf")
        return min(self._doors.active_limit - inside, int(self._fill(now_ms)))

    def _fill(self, now_ms: float) -> float:
        passed_ms = 0.0 if self._filled_at_ms is None else max(0.0, now_ms - self._filled_at_ms)
        per_minute = self._doors.admit_per_minute
        return min(self._bucket_max, self._filled + passed_ms * per_minute / 60_000)

    def _take(self, now_ms: float, count: int) -> None:
        """Take the fans who came in from the rate."""
        if self._doors.door == "open":
            self._filled, self._filled_at_ms = self._fill(now_ms) - count, now_ms
        self._credits = [round(credit, CREDIT_DIGITS) for credit in self._credits]

    def _next_lane(self, waits: Sequence[bool]) -> int | None:
        """The lane whose turn it is, of those in which a fan waits; None without any. Smooth
        weighted round robin: see admit.lua."""
        pairs = zip(self._doors.shares, waits, strict=True)
        shares = sum(share for share, is_there in pairs if is_there)
        best = None
        for lane, is_there in enumerate(waits):
            if not is_there:
                self._credits[lane] = 0.0
                continue
            self._credits[lane] += self._doors.shares[lane] / shares
            if best is None or self._credits[lane] > self._credits[best]:
                best = lane
        if best is not None:
            self._credits[best] -= 1
        return best
