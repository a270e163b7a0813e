"""What the journey should say, as plain arithmetic on what has happened so far.

The clocks of the runtime run on while a test does, so near the end of a hold, a pass or a presence
(`MARGIN_S`) the model has no opinion.
"""

import math
from dataclasses import dataclass, field
from uuid import UUID

from properties.expected_holds import expected_hold, is_same_wish
from properties.expected_prices import costs_after
from properties.world import ABSENT_AFTER_S, ACTIVE_LIMIT
from yemae.orders.order import Order
from yemae.refusals import Refusal
from yemae.sale.decide_holds import HoldRequest
from yemae.sale.decide_moves import Pricing
from yemae.sale.decide_payments import PayRequest
from yemae.values.pass_key import PassKey
from yemae.waiting_room.places import Standing
from yemae.waiting_room.tokens import EntryToken, QueueToken

MARGIN_S = 4.0
Fan = tuple[str, str]  # queue, user


@dataclass
class Booked:
    """An order as the fan knows it."""

    order: Order
    status: str = "held"

    def ends_at(self) -> float:
        """When the hold runs out."""
        return self.order.expires_at.timestamp()

    def is_live(self, now: float) -> bool | None:
        """Whether its seats are its own; None in the moment when both are possible."""
        if self.status != "held":
            return self.status == "paid"
        left = self.ends_at() - now
        return None if abs(left) < MARGIN_S else left > 0


@dataclass
class Blocked:
    """A block as the operator knows it."""

    concert_id: str
    performance_key: int
    numbers: set[str]
    ends_at: float = math.inf

    def is_live(self, now: float) -> bool | None:
        """Whether it has its seats; None in the moment when both are possible."""
        return None if abs(self.ends_at - now) < MARGIN_S else self.ends_at > now


@dataclass
class Model:
    """Everything that fans remember."""

    balances: dict[str, int] = field(default_factory=dict)
    top_ups: dict[tuple[str, str], tuple[int, UUID]] = field(default_factory=dict)
    orders: dict[UUID, Booked] = field(default_factory=dict)
    held_with: dict[tuple[str, str], Order] = field(default_factory=dict)
    paid_with: dict[tuple[str, str], tuple[UUID, UUID]] = field(default_factory=dict)
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
    # The seats of each block, by performance and number, and when they are free again.
    blocks: dict[str, Blocked] = field(default_factory=dict)

    # --- The waiting room ---

    def over(self, place: PassKey) -> bool:
        """Whether this place must never lead anywhere again."""
        return place in self.used or place in self.given_up

    def surely_present(self, fan: Fan, now: float) -> int | None:
        """The number of a fan who waits and was seen lately."""
        number, seen = self.present.get(fan, (0, 0.0))
        return number if now - seen < ABSENT_AFTER_S - MARGIN_S else None

    def surely_inside(self, fan: Fan, now: float) -> int | None:
        """The number of a fan whose pass must be open."""
        number, ends_at = self.inside.get(fan, (0, 0.0))
        return number if now < ends_at - MARGIN_S else None

    def passes_of_holds(self, now: float) -> set[PassKey]:
        """The passes with which seats are held that may be live."""
        held = [b for b in self.orders.values() if b.status == "held"]
        return {b.order.pass_key for b in held if b.is_live(now) is not False}

    def may_be_open(self, entry: EntryToken, now: float) -> bool:
        """Whether this pass can be open at all."""
        latest = max(self.latest_end.get(entry.pass_key, 0), entry.expires_at_s)
        return not self.over(entry.pass_key) and now < latest + MARGIN_S

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
        """A place is given up; one that is over already takes nothing newer with it."""
        place = token.pass_key
        if not self.over(place):
            self.given_up.add(place)
            self.inside.pop(place[:2], None)
            self.forget_waiting(place[:2])

    def swept(self) -> None:
        """A sweep tells the waiting room once more which passes were used, and with each of them
        go the older places that a loss may have brought back."""
        for concert_id, user, used in self.used:
            fan = (concert_id, user)
            if self.inside.get(fan, (used + 1, 0.0))[0] <= used:
                del self.inside[fan]
            if self.present.get(fan, (used + 1, 0.0))[0] <= used:
                self.forget_waiting(fan)

    def valkey_emptied(self) -> None:
        """No place or pass is certain any more; what was paid for stays over."""
        self.given_up.clear()
        self.inside.clear()
        self.present.clear()
        self.lost = set(ACTIVE_LIMIT)

    def ticked(self, concert_id: str, now: float, recovers_s: float) -> bool:
        """Whether room may be left empty: after a loss it is kept for those who were inside."""
        if concert_id in self.lost:
            self.lost.remove(concert_id)
            self.keeps_room_until[concert_id] = now + recovers_s
        return now < self.keeps_room_until.get(concert_id, 0.0)

    # --- The box office ---

    def expect_hold(self, request: HoldRequest, now: float) -> object:
        """`("held", seats)`, the earlier order, the refusal, or None for no opinion."""
        before = self.held_with.get((request.user_id, request.idempotency_key or ""))
        if request.idempotency_key and before is not None:
            return before.id if is_same_wish(request, before) else "idempotency-conflict"
        others = [
            b for b in self.orders.values() if b.order.performance_key == request.performance_key
        ]
        blocked = self.blocked(request.performance_key, now)
        if blocked is None or any(b.is_live(now) is None for b in others):
            return None
        return expected_hold(request, [b.order for b in others if b.is_live(now)], blocked)

    def blocked(self, performance_key: int, now: float) -> set[str] | None:
        """The seats of a performance that are blocked; None in a moment when a block may end."""
        here = [b for b in self.blocks.values() if b.performance_key == performance_key]
        if any(b.is_live(now) is None for b in here):
            return None
        return {number for b in here if b.is_live(now) for number in b.numbers}

    def expect_block(
        self, performance_key: int, numbers: list[str], now: float
    ) -> list[str] | None:
        """The seats in the way, which is none if they can be blocked; None for no opinion."""
        blocked = self.blocked(performance_key, now)
        here = [b for b in self.orders.values() if b.order.performance_key == performance_key]
        if blocked is None or any(b.is_live(now) is None for b in here):
            return None
        taken = {n for b in here if b.is_live(now) for n in b.order.seat_numbers} | blocked
        return sorted(taken & set(numbers))

    def held(self, order: Order) -> None:
        """A hold was answered with an order; a new one keeps its fan inside."""
        if order.id in self.orders:
            return
        self.orders[order.id] = Booked(order)
        if order.idempotency_key:
            self.held_with[order.user_id, order.idempotency_key] = order
        fan, ends_at = order.pass_key[:2], order.expires_at.timestamp()
        self.extend(order.pass_key, ends_at)
        number, before = self.inside.get(fan, (0, 0.0))
        if number == order.pass_number:
            self.inside[fan] = (number, max(before, ends_at))

    def moved(self, order: Order) -> None:
        """An order has other seats; a repeat of its hold is for others than it has."""
        self.orders[order.id].order = order
        for key, held in self.held_with.items():
            if held.id == order.id:
                self.held_with[key] = order

    def lacks_money_for(self, order: Order, numbers: list[str], pricing: Pricing) -> bool:
        """Whether a paid order costs more after a move than its fan has left."""
        is_paid = self.orders[order.id].status == "paid"
        more = costs_after(order, numbers, pricing) - order.total
        return is_paid and more > self.balances.get(order.user_id, 0)

    def cancelled(self, order: Order, refund: int) -> None:
        """An order has fewer seats, or is over, and its fan has the money."""
        self.moved(order)
        self.orders[order.id].status = order.status
        self.balances[order.user_id] += refund

    def expect_pay(self, request: PayRequest, now: float) -> object:
        """Through an open gate: `("paid", order)`, the earlier payment, a refusal, or None."""
        before = self.paid_with.get((request.user_id, request.idempotency_key or ""))
        booked = self.orders[request.order_id]
        elsewhere = booked.order.pass_key.concert_id != request.pass_key.concert_id
        if request.idempotency_key and before is not None:
            if before[0] != request.order_id:
                return "idempotency-conflict"
            return "entry-token-mismatch" if elsewhere else before[1]
        if booked.order.user_id != request.user_id:
            return "order-not-found"
        if booked.status == "held" and booked.is_live(now) is None:
            return None
        refusals = {
            "order-already-paid": booked.status == "paid",
            "order-not-held": booked.status in ("released", "cancelled"),
            "order-expired": not booked.is_live(now),
            "entry-token-mismatch": elsewhere,
            "insufficient-balance": self.balances.get(request.user_id, 0) < booked.order.total,
        }
        return next((name for name, true in refusals.items() if true), ("paid", request.order_id))

    def paid(self, request: PayRequest, payment_id: UUID) -> None:
        """A payment that was not a repeat: money, seats and pass, all at once."""
        booked = self.orders[request.order_id]
        booked.status = "paid"
        self.balances[request.user_id] -= booked.order.total
        if request.idempotency_key:
            self.paid_with[request.user_id, request.idempotency_key] = (
                request.order_id, payment_id,
            )  # fmt: skip
        self.used.add(request.pass_key)
        fan, number = request.pass_key[:2], request.pass_key.number
        if self.inside.get(fan, (0, 0.0))[0] == number:
            del self.inside[fan]
        self.forget_waiting(fan)


def slug(answer: object) -> object:
    """A refusal by its name."""
    return answer.slug if isinstance(answer, Refusal) else None
