"""The waiting room's half of the model: places, passes, and what must be true of each answer.

The clocks of the runtime run on while a test does, so near the end of a hold, a pass or a presence
(`MARGIN_S`) the model has no opinion.
"""

from dataclasses import dataclass, field

from properties.world import ABSENT_AFTER_S, ACTIVE_LIMIT
from yemae.values.pass_key import PassKey
from yemae.waiting_room.places import Standing
from yemae.waiting_room.tokens import EntryToken, QueueToken

MARGIN_S = 4.0
Fan = tuple[str, str]  # queue, user


@dataclass
class LineModel:
    """What fans remember of the waiting room."""

    # Places that a payment ended: for ever. Given up: until the waiting room forgets it.
    used: set[PassKey] = field(default_factory=set)
    given_up: set[PassKey] = field(default_factory=set)
    issued: dict[str, set[int]] = field(default_factory=dict)
    issued_to: dict[Fan, set[int]] = field(default_factory=dict)
    # Passes that must be open, with their end; and the latest end that any pass can have.
    inside: dict[Fan, tuple[int, float]] = field(default_factory=dict)
    latest_end: dict[PassKey, float] = field(default_factory=dict)
    # Fans in line, when they were last seen, and how many may be ahead of them at most.
    present: dict[Fan, tuple[int, float]] = field(default_factory=dict)
    ahead_max: dict[Fan, int] = field(default_factory=dict)
    # Concerts whose loss no tick has noticed yet; and until when a noticed one keeps room.
    lost: set[str] = field(default_factory=set)
    keeps_room_until: dict[str, float] = field(default_factory=dict)
    # Whether it may not know any more which places payments have ended: until the next sweep.
    has_forgotten: bool = False

    def over(self, place: PassKey) -> bool:
        """Whether this place must never lead anywhere again."""
        return place in self.used or place in self.given_up

    def is_used(self, place: PassKey) -> bool:
        """Whether this pass, or a newer one of its fan, was paid with."""
        return any(used[:2] == place[:2] and used.number >= place.number for used in self.used)

    def use(self, place: PassKey) -> None:
        """A payment ended a pass."""
        self.used.add(place)
        if self.inside.get(place[:2], (0, 0.0))[0] == place.number:
            del self.inside[place[:2]]
        self.forget_waiting(place[:2])

    def surely_present(self, fan: Fan, now: float) -> int | None:
        """The number of a fan who waits and was seen lately."""
        number, seen = self.present.get(fan, (0, 0.0))
        return number if now - seen < ABSENT_AFTER_S - MARGIN_S else None

    def surely_inside(self, fan: Fan, now: float) -> int | None:
        """The number of a fan whose pass must be open."""
        number, ends_at = self.inside.get(fan, (0, 0.0))
        return number if now < ends_at - MARGIN_S else None

    def may_be_open(self, entry: EntryToken, now: float) -> bool:
        """Whether this pass can be open at all."""
        latest = max(self.latest_end.get(entry.pass_key, 0), entry.expires_at_s)
        return not self.over(entry.pass_key) and now < latest + MARGIN_S

    def let_in(self, entry: EntryToken) -> None:
        """A pass is open; after a loss its fan may have waited with another number meanwhile."""
        fan, ends_at = entry.pass_key[:2], float(entry.expires_at_s)
        number, before = self.inside.get(fan, (0, 0.0))
        self.inside[fan] = (
            entry.number,
            max(before, ends_at) if number == entry.number else ends_at,
        )
        self.forget_waiting(fan)

    def stands(self, fan: Fan, standing: Standing, now: float) -> None:
        """A fan's place was answered: check it against the answers before."""
        concert_id, user = fan
        number = standing.number
        assert not self.over(PassKey(concert_id, user, number)), "a place that is over is back"
        came_back = not standing.new and self.surely_present(fan, now) != number
        if standing.word == "admitted":
            ends_at = standing.pass_ends_at_ms / 1000
            self.inside[fan] = (number, ends_at)
            self.extend(PassKey(concert_id, user, number), ends_at)
            self.forget_waiting(fan)
            return
        assert standing.word == "waiting", standing
        assert self.surely_inside(fan, now) is None, "a fan with a pass was sent back to wait"
        if standing.new or came_back:
            self.ahead_max.pop(fan, None)
        if came_back:
            for other in self.ahead_max:
                if other[0] == concert_id:
                    self.ahead_max[other] += 1
        assert standing.ahead <= self.ahead_max.get(fan, standing.ahead), "the position rose"
        assert standing.ahead < standing.waiting
        self.ahead_max[fan] = standing.ahead
        self.present[fan] = (number, now)

    def joined(self, fan: Fan, standing: Standing, now: float) -> None:
        """A fan asked for a place."""
        issued = self.issued.setdefault(fan[0], set())
        expected = self.surely_inside(fan, now) or self.surely_present(fan, now)
        if expected:
            assert (standing.number, standing.new) == (expected, False), "one fan, two places"
        if standing.new:
            assert standing.number > max(issued, default=0), "a newcomer is ahead of others"
        else:
            assert standing.number in issued
        issued.add(standing.number)
        self.issued_to.setdefault(fan, set()).add(standing.number)
        self.stands(fan, standing, now)

    def extend(self, place: PassKey, ends_at: float) -> None:
        """The pass may be open until then."""
        self.latest_end[place] = max(self.latest_end.get(place, 0), ends_at)

    def forget_waiting(self, fan: Fan) -> None:
        """The fan is in the line no more."""
        self.present.pop(fan, None)
        self.ahead_max.pop(fan, None)

    def leave(self, token: QueueToken) -> None:
        """A place is given up; one that is over already takes nothing newer with it, unless the
        waiting room has forgotten that it is over."""
        place = token.pass_key
        if self.over(place) and not self.has_forgotten:
            return
        if not self.over(place):
            self.given_up.add(place)
        self.inside.pop(place[:2], None)
        self.forget_waiting(place[:2])

    def swept(self) -> None:
        """A sweep tells the waiting room once more which passes were used, and with each of them
        go the older places that a loss may have brought back."""
        self.has_forgotten = False
        for concert_id, user, used in self.used:
            fan = (concert_id, user)
            if self.inside.get(fan, (used + 1, 0.0))[0] <= used:
                del self.inside[fan]
            if self.present.get(fan, (used + 1, 0.0))[0] <= used:
                self.forget_waiting(fan)

    def valkey_emptied(self) -> None:
        """No place or pass is certain any more; what was paid for stays over."""
        self.given_up.clear()
        self.has_forgotten = True
        self.inside.clear()
        self.present.clear()
        self.lost = set(ACTIVE_LIMIT)

    def ticked(self, concert_id: str, now: float, recovers_s: float) -> bool:
        """Whether room may be left empty: after a loss it is kept for those who were inside."""
        if concert_id in self.lost:
            self.lost.remove(concert_id)
            self.keeps_room_until[concert_id] = now + recovers_s
        return now < self.keeps_room_until.get(concert_id, 0.0)
