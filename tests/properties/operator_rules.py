"""What an operator does with orders in the journey machine: moves, cancellations and refunds."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from properties.block_rules import places
from properties.card_rules import CardRules, orders
from properties.expected_prices import costs_after
from properties.world import PLACES
from yemae.back_office.orders import show_order
from yemae.refusals import (
    CheckoutInProgress,
    InvalidRequest,
    OrderNotPaid,
    RefundExceedsPayment,
    SeatsInTheWay,
)
from yemae.sale import cancel, move
from yemae.sale.cancel import By, CancelWish
from yemae.sale.decide_moves import Pricing
from yemae.sale.move import MoveWish
from yemae.sale.refund import RefundWish, refund_order


class OperatorRules(CardRules):
    """An operator helps fans, or has to."""

    def is_kept_by_a_card(self, order_id: Any) -> bool:
        """Whether the bank may have captured for an order."""
        return any(
            card.checkout.order_id == order_id and card.checkout.lease_until is not None
            for card in self.open_cards()
        )

    @rule(order_id=orders, wanted=places, pricing=st.sampled_from(["keep", "new"]))
    def an_operator_moves(self, order_id: Any, wanted: list[str], pricing: Pricing) -> None:
        """An order that lives gets other seats, unless others have them or a paid one costs more
        than its fan has."""
        booked = self.model.orders[order_id]
        order, live = booked.order, booked.is_live(self.now())
        numbers = list(dict.fromkeys([*wanted, *PLACES]))[: len(order.seat_numbers)]
        taken = self.model.expect_block(order.performance_key, numbers, self.now())
        others = None if taken is None else sorted(set(taken) - set(order.seat_numbers))
        try:
            wish = MoveWish(order_id, numbers, pricing=pricing)
            moved = self.world.run(move.move_order(self.world.runtime, "op", wish))
        except InvalidRequest:
            assert not live or self.model.lacks_money_for(order, numbers, pricing)
        except CheckoutInProgress:
            assert self.is_kept_by_a_card(order_id)
        except SeatsInTheWay as refusal:
            assert live is not False
            found = sorted(seat.number for seat in refusal.seats_in_the_way)
            assert others in (None, found)
        else:
            assert live is not False
            assert not others
            assert moved.after.total == costs_after(order, numbers, pricing)
            made = self.world.run(show_order(self.world.runtime, order_id)).refunds
            parts = [each for each in made if each.created_at == made[-1].created_at]
            self.model.moved_for_money(order, moved.after, parts)

    @rule(order_id=orders, wanted=places)
    def an_operator_cancels(self, order_id: Any, wanted: list[str]) -> None:
        """A paid order loses those of its seats that are named, or all; the money goes back."""
        booked = self.model.orders[order_id]
        numbers = [number for number in booked.order.seat_numbers if number in wanted]
        by = By("op", is_operator=True, takes_fee=False)
        work = cancel.cancel_seats(self.world.runtime, by, CancelWish(order_id, numbers or None))
        try:
            done = self.world.run(work)
        except OrderNotPaid:
            assert booked.status != "paid"
        else:
            assert booked.status == "paid"
            assert done.cancellation.seat_numbers == (numbers or booked.order.seat_numbers)
            worth = sum(done.cancellation.seat_prices)
            back = min(worth, self.model.paid_for[order_id])
            assert sum(part.amount for part in done.refunds) == back
            self.model.cancelled(done.order, done.refunds)

    @rule(order_id=orders, amount=st.sampled_from([10_000, 60_000]))
    def an_operator_refunds(self, order_id: Any, amount: int) -> None:
        """Money goes back for an order that keeps its seats, never more than was paid."""
        booked = self.model.orders[order_id]
        try:
            wish = RefundWish(order_id, amount)
            done = self.world.run(refund_order(self.world.runtime, "op", wish))
        except OrderNotPaid:
            assert order_id not in self.model.paid_for
        except RefundExceedsPayment:
            assert amount > self.model.paid_for[order_id]
        else:
            self.model.refunded(booked.order, done.parts)
            assert done.left == self.model.paid_for[order_id] >= 0
