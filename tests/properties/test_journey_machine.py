"""Fans and an operator who do whatever they like, in any order, while time passes and the waiting
room loses its memory: after each step the invariants hold, and every answer is the one that the
model expects.
"""

import asyncio
import os
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings as search
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, multiple, rule, run_state_machine_as_test

from helpers.fans import carried_out
from properties.card_rules import at_the_bank, comes_back, orders
from properties.cards import MARGIN_S
from properties.model import slug
from properties.operator_rules import OperatorRules
from properties.waiting_room_rules import Found, fans, passes, queues
from properties.world import ACTIVE_LIMIT, HALL, SEATS, World
from yemae.http.test_bank.charges import Behaviour
from yemae.orders.order import Order
from yemae.refusals import (
    CheckoutInProgress,
    OrderNotFound,
    OrderNotHeld,
)
from yemae.sale import release, top_up
from yemae.sale.decide_payments import Paid, PayRequest
from yemae.settings import Settings
from yemae.waiting_room.tokens import EntryToken
from yemae.wallet.decide import TopUpRequest, Transfer

keys = st.sampled_from([None, None, "k1", "k2"])
seats = st.lists(st.sampled_from(SEATS), min_size=1, max_size=3, unique=True)
# Seats by number, and how many spots.
wishes: st.SearchStrategy[tuple[list[str], int]] = st.one_of(
    st.tuples(seats, st.sampled_from([0, 0, 0, 1])), st.tuples(st.just([]), st.sampled_from([1, 2]))
)
# While a fan is at the bank.
meanwhile = st.sampled_from(["nothing", "nothing", "wallet", "tab", "release", "away"])


class Journey(OperatorRules):
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
        except CheckoutInProgress:
            assert self.is_kept_by_a_card(order_id)
        else:
            assert booked.status == "held"
            assert live is not False, "a hold that had run out was released"
            self.model.released(order_id)

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
            self.travels(hesitates_s)
            self.gate(entry)
            self.pays(order_id, None)
        return made

    @rule(
        target=orders,
        concert_id=queues,
        user=fans,
        number=st.sampled_from(SEATS),
        behaviour=at_the_bank,
        hesitates_s=st.sampled_from([0, 0, 130, 310]),
        how=comes_back,
        meanwhile=meanwhile,
    )
    def walks_all_the_way_by_card(
        self,
        concert_id: str,
        user: str,
        number: str,
        behaviour: Behaviour,
        hesitates_s: int,
        how: str,
        meanwhile: str,
    ) -> Found:
        """The same with a card, and something else happens while the fan is at the bank."""
        entry = self.comes_in(concert_id, user)
        if entry is None:
            return multiple()
        made = self.hold([(entry, 1, ([number], 0), None)])
        for order_id in made.values:
            card_id = self.begins_with_any_pass(order_id, entry)
            if not isinstance(card_id, UUID):
                continue
            self.pays_at_the_bank(card_id, behaviour)
            match meanwhile:
                case "wallet":
                    self.pays(order_id, None)
                case "tab":
                    self.pays_by_card(order_id, "accept", 0, "returns")
                case "release":
                    self.releases(order_id)
                case "away":
                    self.the_bank_goes_away_or_comes_back(is_there=False)
            self.comes_back_from_the_bank(card_id, how, hesitates_s)
        return made

    @initialize(
        target=orders,
        user=fans,
        behaviour=at_the_bank,
        hesitates_s=st.sampled_from([0, 0, 310]),
        how=comes_back,
        meanwhile=meanwhile,
    )
    def the_first_pays_by_card(
        self, user: str, behaviour: Behaviour, hesitates_s: int, how: str, meanwhile: str
    ) -> Found:
        """Each story has at least one card payment in it."""
        return self.walks_all_the_way_by_card(
            HALL, user, "1", behaviour, hesitates_s, how, meanwhile
        )

    @rule(target=orders, order_id=orders, user=fans, run_out=st.booleans())
    def wants_the_same_seats(self, order_id: Any, user: str, run_out: bool) -> Found:
        """Of a hold that lives they are taken; of one that ran out they are free at once."""
        booked = self.model.orders[order_id]
        if run_out:
            self.travels(max(0, booked.ends_at() + MARGIN_S + 1 - self.now()))
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

    @rule(seconds=st.sampled_from([1, 20, 20, 50, 50, 130, 310, 1_900]))
    def time_passes(self, seconds: int) -> None:
        """Presence ends after 45 s, a pass after 120, a hold after 300, a doubt after 1 800."""
        self.travels(seconds)

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
