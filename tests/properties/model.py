"""What the journey should say, as plain arithmetic on what has happened so far: money and seats.
The waiting room is in `line_model`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from properties.cards import Card, in_progress
from properties.expected_holds import expected_hold, is_same_wish
from properties.expected_prices import costs_after
from properties.line_model import MARGIN_S, LineModel
from yemae.orders.order import Order
from yemae.payments.checkout import Checkout
from yemae.payments.refunds import Refund
from yemae.refusals import Refusal
from yemae.sale.decide_holds import HoldRequest
from yemae.sale.decide_moves import Pricing
from yemae.sale.decide_payments import PayRequest
from yemae.values.pass_key import PassKey


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
class Model(LineModel):
    """Everything that fans remember."""

    balances: dict[str, int] = field(default_factory=dict)
    top_ups: dict[tuple[str, str], tuple[int, UUID]] = field(default_factory=dict)
    orders: dict[UUID, Booked] = field(default_factory=dict)
    held_with: dict[tuple[str, str], Order] = field(default_factory=dict)
    paid_with: dict[tuple[str, str], tuple[UUID, UUID]] = field(default_factory=dict)
    # The seats of each block, by performance and number, and when they are free again.
    blocks: dict[str, Blocked] = field(default_factory=dict)
    cards: dict[UUID, Card] = field(default_factory=dict)
    # What is left of each payment to be given back.
    paid_for: dict[UUID, int] = field(default_factory=dict)

    # --- The box office ---

    def passes_of_holds(self, now: float) -> set[PassKey]:
        """The passes with which seats are held that may be live."""
        held = [b for b in self.orders.values() if b.status == "held"]
        return {b.order.pass_key for b in held if b.is_live(now) is not False}

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
        self.keep_inside(order)

    def keep_inside(self, order: Order) -> None:
        """A pass lasts as long as a hold that was made with it."""
        fan, ends_at = order.pass_key[:2], order.expires_at.timestamp()
        self.extend(order.pass_key, ends_at)
        number, before = self.inside.get(fan, (0, 0.0))
        if number == order.pass_number:
            self.inside[fan] = (number, max(before, ends_at))

    def give_back(self, pass_key: PassKey) -> None:
        """A hold does not keep its pass any more; other holds do. Its own end is not known."""
        ends_at = [
            booked.ends_at()
            for booked in self.orders.values()
            if booked.status == "held" and booked.order.pass_key == pass_key
        ]
        number, before = self.inside.get(pass_key[:2], (0, 0.0))
        if number == pass_key.number:
            self.inside[pass_key[:2]] = (number, min(before, max(ends_at, default=0.0)))

    def released(self, order_id: UUID) -> None:
        """Its fan gave an order back."""
        self.orders[order_id].status = "released"
        self.give_back(self.orders[order_id].order.pass_key)

    def moved(self, order: Order) -> None:
        """An order has other seats; a repeat of its hold is for others than it has."""
        self.orders[order.id].order = order
        for key, held in self.held_with.items():
            if held.id == order.id:
                self.held_with[key] = order

    def moved_for_money(self, before: Order, after: Order, parts: Sequence[Refund]) -> None:
        """The same, and the difference in price is paid from the wallet, or goes back."""
        self.moved(after)
        if self.orders[after.id].status != "paid":
            return
        if after.total < before.total:
            assert sum(part.amount for part in parts) == before.total - after.total
            self.refunded(after, parts)
        else:
            self.balances[after.user_id] -= after.total - before.total
            self.paid_for[after.id] += after.total - before.total

    def lacks_money_for(self, order: Order, numbers: list[str], pricing: Pricing) -> bool:
        """Whether a paid order costs more after a move than its fan has left, or so much less that
        more would go back than was paid."""
        more = costs_after(order, numbers, pricing) - order.total
        if self.orders[order.id].status != "paid":
            return False
        return more > self.balances.get(order.user_id, 0) or -more > self.paid_for[order.id]

    def cancelled(self, order: Order, parts: Sequence[Refund]) -> None:
        """An order has fewer seats, or is over, and its fan has the money."""
        self.moved(order)
        self.orders[order.id].status = order.status
        self.refunded(order, parts)

    def refunded(self, order: Order, parts: Sequence[Refund]) -> None:
        """Money went back, to the wallet or to the card."""
        for part in parts:
            self.paid_for[order.id] -= part.amount
            if part.destination == "wallet":
                self.balances[order.user_id] += part.amount

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
        refusals = self._over(booked, now)
        under_way = in_progress(self.cards.values(), request.order_id, request.pass_key, now)
        if refusals is None or under_way is None:
            return None
        refusals |= {
            "entry-token-mismatch": elsewhere,
            "checkout-in-progress": under_way,
            "insufficient-balance": self.balances.get(request.user_id, 0) < booked.order.total,
        }
        return next((name for name, true in refusals.items() if true), ("paid", request.order_id))

    @staticmethod
    def _over(booked: Booked, now: float) -> dict[str, bool] | None:
        """Why an order can't be paid any more; None in the moment when both are possible."""
        live = booked.is_live(now)
        if booked.status == "held" and live is None:
            return None
        return {
            "order-already-paid": booked.status == "paid",
            "order-not-held": booked.status in ("released", "cancelled"),
            "order-expired": not live,
        }

    def paid(self, request: PayRequest, payment_id: UUID) -> None:
        """A payment that was not a repeat: money, seats and pass, all at once."""
        booked = self.orders[request.order_id]
        self.balances[request.user_id] -= booked.order.total
        if request.idempotency_key:
            self.paid_with[request.user_id, request.idempotency_key] = (
                request.order_id, payment_id,
            )  # fmt: skip
        self._sold(booked, request.pass_key)

    def _sold(self, booked: Booked, pass_key: PassKey) -> None:
        booked.status = "paid"
        self.paid_for[booked.order.id] = booked.order.total
        self.use(pass_key)

    # --- Cards ---

    def expect_checkout(self, order_id: UUID, pass_key: PassKey, now: float) -> object:
        """Through an open gate: "begun", a refusal, or None."""
        booked = self.orders[order_id]
        if booked.order.user_id != pass_key.user_id:
            return "order-not-found"
        refusals = self._over(booked, now)
        under_way = in_progress(self.cards.values(), order_id, pass_key, now)
        if refusals is None or under_way is None:
            return None
        refusals |= {
            "entry-token-mismatch": booked.order.pass_key.concert_id != pass_key.concert_id,
            "entry-token-expired": self.is_used(pass_key),
            "checkout-in-progress": under_way,
        }
        return next((name for name, true in refusals.items() if true), "begun")

    def captured(self, checkout: Checkout) -> None:
        """The money of a card has paid an order, or is in the wallet."""
        if checkout.order_id is None or checkout.pass_key is None:
            self.balances[checkout.user_id] += checkout.amount
            return
        booked = self.orders[checkout.order_id]
        assert booked.order.total == checkout.amount
        self._sold(booked, checkout.pass_key)

    def kept(self, order: Order) -> None:
        """A hold has another end, because a card payment began to be asked about, or ended."""
        booked = self.orders[order.id]
        before, booked.order = booked.order, order
        if order.expires_at > before.expires_at:
            self.keep_inside(order)
        elif order.expires_at < before.expires_at:
            self.give_back(order.pass_key)


def slug(answer: object) -> object:
    """A refusal by its name."""
    return answer.slug if isinstance(answer, Refusal) else None
