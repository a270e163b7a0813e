"""Fans and an operator who do whatever they like, in any order, while time passes and the waiting
room loses its memory: after each step the invariants hold, and every answer is the one that the
model expects.
"""

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings as search
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, multiple, rule, run_state_machine_as_test

from helpers.fans import carried_out
from properties.block_rules import BlockRules, places
from properties.expected_prices import costs_after
from properties.model import MARGIN_S, slug
from properties.waiting_room_rules import Found, fans, passes, queues
from properties.world import ACTIVE_LIMIT, PLACES, SEATS, World
from yemae.orders.order import Order
from yemae.refusals import (
    InvalidRequest,
    OrderNotFound,
    OrderNotHeld,
    OrderNotPaid,
    SeatsInTheWay,
)
from yemae.sale import cancel, move, release, top_up
from yemae.sale.cancel import By, CancelWish
from yemae.sale.decide_moves import Pricing
from yemae.sale.decide_payments import Paid, PayRequest
from yemae.sale.move import MoveWish
from yemae.settings import Settings
from yemae.waiting_room.tokens import EntryToken
from yemae.wallet.decide import TopUpRequest, Transfer

keys = st.sampled_from([None, None, "k1", "k2"])
seats = st.lists(st.sampled_from(SEATS), min_size=1, max_size=3, unique=True)
# Seats by number, and how many spots.
wishes: st.SearchStrategy[tuple[list[str], int]] = st.one_of(
    st.tuples(seats, st.sampled_from([0, 0, 0, 1])), st.tuples(st.just([]), st.sampled_from([1, 2]))
)
orders: Bundle[Any] = Bundle("orders")


class Journey(BlockRules):
    """Four seats and an area of three spots on each of two dates."""

    # --- The box office ---

    @rule(
        target=orders,
        wanted=st.lists(
            st.tuples(passes, st.sampled_from([1, 1, 2]), wishes, keys), min_size=1, max_size=3
        ),
    )
    def hold(
        self, wanted: list[tuple[EntryToken, int, tuple[list[str], int], str | None]]
    ) -> Found:
        """Fans hold seats in the same moment: one batch, decided in arrival order."""
        requests = [
            self.world.hold_request(entry, date, numbers, standing, key)
            for entry, date, (numbers, standing), key in wanted
            if self.gate(entry)
        ]
        answers = self.world.run(self.world.hold(requests))
        made = []
        for request, answer in zip(requests, answers, strict=True):
            expected = self.model.expect_hold(request, self.now())
            if isinstance(answer, Order):
                answered: tuple[object, ...] = (("held", answer.seat_numbers), answer.id)
                self.model.held(answer)
                made.append(answer.id)
            else:
                seats_gone = getattr(answer, "seats", None)
                answered = ((slug(answer), seats_gone), slug(answer))
            assert expected is None or expected in answered, (expected, answered)
        return multiple(*dict.fromkeys(made))

    @rule(order_id=orders)
    def releases(self, order_id: Any) -> None:
        """Another fan cannot give an order back; its owner can, as long as it is held."""
        with pytest.raises(OrderNotFound):
            self.world.run(release.release(self.world.runtime, "another", order_id))
        booked = self.model.orders[order_id]
        live = booked.is_live(self.now())
        try:
            self.world.run(release.release(self.world.runtime, booked.order.user_id, order_id))
        except OrderNotHeld:
            assert not live or booked.status != "held"
        else:
            assert booked.status == "held"
            assert live is not False, "a hold that had run out was released"
            booked.status = "released"

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
        except SeatsInTheWay as refusal:
            assert live is not False
            found = sorted(seat.number for seat in refusal.seats_in_the_way)
            assert others in (None, found)
        else:
            assert live is not False
            assert not others
            assert moved.after.total == costs_after(order, numbers, pricing)
            self.model.moved(moved.after)
            if booked.status == "paid":
                self.model.balances[order.user_id] += order.total - moved.after.total

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
            assert done.refund is not None
            assert done.refund.amount == sum(done.cancellation.seat_prices)
            self.model.cancelled(done.order, done.refund.amount)

    @rule(order_id=orders, entry=passes, key=keys)
    def pays_with_any_pass(self, order_id: Any, entry: EntryToken, key: str | None) -> None:
        """A pass of the owner, of another fan, of another concert, or an old one."""
        request = PayRequest(entry.pass_key, order_id, key)
        is_open = self.gate(entry)
        before = self.model.paid_with.get((entry.user_id, key or ""))
        expected = self.model.expect_pay(request, self.now())
        answer = self.world.run(self.world.pay(request, is_open=is_open))
        if not is_open:
            expected = "entry-token-expired"
            if key and before:
                expected = before[1] if before[0] == order_id else "idempotency-conflict"
        if isinstance(answer, Paid):
            answered: tuple[object, ...] = (("paid", answer.order.id), answer.id)
            if not (key and before):
                self.model.paid(request, answer.id)
        else:
            answered = (slug(answer),)
        assert expected is None or expected in answered, (expected, answered)

    @rule(order_id=orders, key=keys)
    def pays(self, order_id: Any, key: str | None) -> None:
        """The straight way: enough money, and the owner's live pass if there is one."""
        booked = self.model.orders[order_id]
        user = booked.order.user_id
        self.tops_up(user, 200_000, f"for {order_id}")
        queue = booked.order.pass_key.concert_id
        number = self.model.surely_inside((queue, user), self.now())
        if number is not None:
            ends_at_s = int(self.model.inside[queue, user][1])
            entry = EntryToken(queue, user, number, ends_at_s)
            self.pays_with_any_pass(order_id, entry, key)

    @rule(
        target=orders,
        concert_id=queues,
        user=fans,
        number=st.sampled_from(SEATS),
        hesitates_s=st.sampled_from([0, 0, 130]),
    )
    def walks_all_the_way(self, concert_id: str, user: str, number: str, hesitates_s: int) -> Found:
        """A place, a tick, a hold and a payment, as far as a fan gets. A fan who hesitates for
        longer than a pass lasts is kept inside by the hold."""
        entry = self.comes_in(concert_id, user)
        if entry is None:
            return multiple()
        made = self.hold([(entry, 1, ([number], 0), None)])
        for order_id in made.values:
            self.world.travel(hesitates_s)
            self.gate(entry)
            self.pays(order_id, None)
        return made

    @rule(target=orders, order_id=orders, user=fans, run_out=st.booleans())
    def wants_the_same_seats(self, order_id: Any, user: str, run_out: bool) -> Found:
        """Of a hold that lives they are taken; of one that ran out they are free at once."""
        booked = self.model.orders[order_id]
        if run_out:
            self.world.travel(max(0, booked.ends_at() + MARGIN_S + 1 - self.now()))
        entry = self.comes_in(booked.order.concert_id, user)
        if entry is None:
            return multiple()
        performance = self.world.runtime.catalogue.performances[booked.order.performance_id]
        date = int(performance.id.rpartition("-")[2])
        numbers = [number for number in booked.order.seat_numbers if number in SEATS]
        standing = len(booked.order.seat_numbers) - len(numbers)
        return self.hold([(entry, date, (numbers, standing), None)])

    @rule(user=fans, amount=st.sampled_from([50_000, 150_000]), key=st.sampled_from(["a", "b"]))
    def tops_up(self, user: str, amount: int, key: str) -> None:
        """Money comes in once for each key."""
        request = TopUpRequest(user, amount, key)
        answer = self.world.run(carried_out(top_up.top_up(self.world.runtime, [request])))[0]
        before = self.model.top_ups.get((user, key))
        if before and before[0] != amount:
            assert slug(answer) == "idempotency-conflict"
            return
        assert isinstance(answer, Transfer)
        if before:
            assert answer.id == before[1]
            return
        self.model.top_ups[user, key] = (amount, answer.id)
        self.model.balances[user] = self.model.balances.get(user, 0) + amount
        assert answer.balance_after == self.model.balances[user]

    # --- The world ---

    @rule(seconds=st.sampled_from([1, 20, 20, 50, 50, 130, 310]))
    def time_passes(self, seconds: int) -> None:
        """Presence ends after 45 s, a pass after 120 s, a hold after 300 s."""
        self.world.travel(seconds)

    @rule()
    def sweeps(self) -> None:
        """Housekeeping, which no fan notices."""
        swept = self.world.run(self.world.sweep())
        assert swept is not None
        assert swept.failures == 0
        self.model.swept()

    @rule()
    def valkey_is_emptied(self) -> None:
        """The waiting room forgets everything."""
        self.world.empty_valkey()
        self.model.valkey_emptied()

    @invariant()
    def the_books_balance(self) -> None:
        """The laws hold, and PostgreSQL has what fans were answered: no more, no less."""
        broken, balances, statuses = self.world.run(self.world.books())
        assert broken == {}
        assert balances == self.model.balances
        assert statuses.keys() == self.model.orders.keys()
        for order_id, booked in self.model.orders.items():
            ran_out = booked.status == "held" and booked.ends_at() - self.now() < MARGIN_S
            assert statuses[order_id] == booked.status or (
                ran_out and statuses[order_id] == "expired"
            )

    @invariant()
    def no_more_fans_are_inside_than_fit(self) -> None:
        """Whatever happened; but after a loss, fans with seats held are inside in any case."""
        held = sum(booked.status == "held" for booked in self.model.orders.values())
        for concert_id, limit in ACTIVE_LIMIT.items():
            assert self.world.active(concert_id) <= max(limit, held)


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    """A runtime on an event loop of its own, for all examples of a test."""
    with asyncio.Runner() as runner:
        opened = World(settings, runner)
        yield opened
        opened.close()


@pytest.mark.timeout(1_200)
def test_the_invariants_hold_whatever_fans_do(world: World) -> None:
    Journey.world = world
    profile = os.environ.get("HYPOTHESIS_PROFILE", "journey")
    run_state_machine_as_test(Journey, settings=search.get_profile(profile))
