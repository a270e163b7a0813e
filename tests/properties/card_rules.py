"""Card payment in the journey machine: fans begin, pay at the bank, come back or do not, and the
bank answers, loses what it says, and goes away.
"""

import itertools
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, rule

from properties.block_rules import BlockRules
from properties.card_desk import CardDesk
from properties.cards import MARGIN_S, Card, expected_state, in_progress
from properties.model import slug
from properties.waiting_room_rules import Found, fans, passes
from yemae.http.test_bank.charges import Behaviour
from yemae.payments.checkout import Checkout
from yemae.refusals import PaymentDeclined, ProviderUnavailable, Refusal
from yemae.sale.checkout import Receipt
from yemae.sale.decide_checkouts import HANDED_OVER_AGAIN, IN_DOUBT_MAX
from yemae.waiting_room.tokens import EntryToken

orders: Bundle[Any] = Bundle("orders")
cards: Bundle[UUID] = Bundle("cards")
# All that the bank's page offers, but a call that is never answered: that takes real time, and an
# answer with a fault says as little.
at_the_bank: st.SearchStrategy[Behaviour] = st.sampled_from(
    ["accept", "accept", "decline", "close", "lose_answer", "lose_request", "late"]
)
comes_back = st.sampled_from(["returns", "returns", "webhook", "both", "neither"])
# No longer than the job of a server may rest.
STEP_S = 120
_keys = itertools.count(1)


class CardRules(BlockRules):
    """Fans who pay orders and top-ups by card."""

    @property
    def desk(self) -> CardDesk:
        """Where they pay."""
        return self.world.desk

    def travels(self, seconds: float) -> None:
        """Time passes, and the job of a server looks checkouts up meanwhile."""
        while seconds > 0:
            self.world.travel(min(seconds, STEP_S))
            seconds -= STEP_S
            if self.open_cards():
                self.the_job_looks()

    def open_cards(self) -> list[Card]:
        """Those that are not settled."""
        return [card for card in self.model.cards.values() if not card.is_over]

    # --- What a fan does ---

    @rule(target=cards, order_id=orders, entry=passes)
    def begins_with_any_pass(self, order_id: Any, entry: EntryToken) -> Found:
        """A pass of the owner, of another fan, of another concert, or an old one."""
        is_open = self.gate(entry)
        expected = self.model.expect_checkout(order_id, entry.pass_key, self.now())
        key = f"card-{next(_keys)}"
        work = self.desk.begin(entry, order_id, key, is_open=is_open)
        answer = self.begun(work, entry.user_id, key)
        if not is_open:
            expected = "entry-token-expired"
        answered = "begun" if isinstance(answer, Card) else slug(answer)
        assert expected in (None, answered), (expected, answered)
        return answer.id if isinstance(answer, Card) else multiple()

    def begun(self, work: Any, user: str, key: str) -> Card | Refusal:
        """The new checkout, which is there also when the bank was away; or the refusal."""
        try:
            checkout = self.world.run(work)
            assert self.desk.bank_is_there
        except ProviderUnavailable:
            assert not self.desk.bank_is_there
            checkout = self.world.run(self.desk.by_key(user, key))
            assert checkout is not None, "no row was written before the bank was asked"
        except Refusal as refusal:
            return refusal
        card = self.model.cards[checkout.id] = Card(checkout, key)
        self.model.balances.setdefault(user, 0)
        return card

    @rule(card_id=cards)
    def begins_once_more(self, card_id: UUID) -> None:
        """A repeat of the call is answered with the same checkout, which the bank knows then."""
        card = self.model.cards[card_id]
        before = card.checkout
        try:
            again = self.world.run(self.desk.begin_again(before, card.key))
        except ProviderUnavailable:
            assert not self.desk.bank_is_there
            assert before.redirect_url is None
        else:
            assert (again.id, again.state) == (before.id, before.state)
            card.checkout = again

    @rule(target=cards, user=fans, amount=st.sampled_from([40_000, 100_000]))
    def tops_up_by_card(self, user: str, amount: int) -> Found:
        """A card payment without an order."""
        key = f"card-{next(_keys)}"
        begun = self.begun(self.desk.top_up(user, amount, key), user, key)
        assert isinstance(begun, Card)
        return begun.id

    @rule(card_id=cards, behaviour=at_the_bank)
    def pays_at_the_bank(self, card_id: UUID, behaviour: Behaviour) -> None:
        """A button of the bank's page, which works once."""
        self.world.run(self.desk.bank.choose(card_id, behaviour))

    @rule(card_id=cards)
    def returns(self, card_id: UUID) -> None:
        """The fan comes back, at once or long after it."""
        card = self.model.cards[card_id]
        expected = self.expect_settled(card)
        try:
            answer: object = self.world.run(self.desk.confirm(card.checkout))
        except PaymentDeclined as refusal:
            answer = refusal
        self.adopt(card, expected)
        match card.checkout.state:
            case "captured":
                assert isinstance(answer, Receipt)
                assert answer.transfer.amount == card.checkout.amount
            case "declined" | "cancelled":
                assert isinstance(answer, PaymentDeclined)
            case _:
                assert isinstance(answer, Checkout)

    @rule(card_id=cards)
    def a_webhook_comes(self, card_id: UUID) -> None:
        """Whenever, and as often as the bank likes. Of a settled checkout the bank is asked whether
        it has money of it, or a dispute."""
        card = self.model.cards[card_id]
        expected = self.expect_settled(card)
        try:
            self.world.run(self.desk.hint(card_id))
            is_known = True
        except ProviderUnavailable:
            is_known = False
        self.adopt(card, expected)
        state = card.checkout.state
        assert is_known == (state == "pending" or (state != "in_doubt" and self.desk.bank_is_there))

    @rule(
        target=cards,
        order_id=orders,
        behaviour=at_the_bank,
        hesitates_s=st.sampled_from([0, 0, 0, 130, 310]),
        how=comes_back,
    )
    def pays_by_card(
        self, order_id: Any, behaviour: Behaviour, hesitates_s: int, how: str
    ) -> Found:
        """The straight way, with the owner's live pass if there is one."""
        order = self.model.orders[order_id].order
        queue, user = order.pass_key[:2]
        number = self.model.surely_inside((queue, user), self.now())
        if number is None:
            return multiple()
        ends_at_s = int(self.model.inside[queue, user][1])
        card_id = self.begins_with_any_pass(order_id, EntryToken(queue, user, number, ends_at_s))
        if not isinstance(card_id, UUID):
            return multiple()
        self.pays_at_the_bank(card_id, behaviour)
        self.comes_back_from_the_bank(card_id, how, hesitates_s)
        return card_id

    def comes_back_from_the_bank(self, card_id: UUID, how: str, hesitates_s: int) -> None:
        """Or the bank says that the fan has paid, or both, or neither."""
        self.travels(hesitates_s)
        if how in ("webhook", "both"):
            self.a_webhook_comes(card_id)
        if how in ("returns", "both"):
            self.returns(card_id)

    # --- The bank, and the job ---

    @rule(is_there=st.booleans())
    def the_bank_goes_away_or_comes_back(self, is_there: bool) -> None:
        """The server cannot reach it, and fans can."""
        self.desk.reach_bank(is_there=is_there)

    @rule()
    def the_job_looks(self) -> None:
        """It settles what is due, or leaves it as it is."""
        open_cards = self.open_cards()
        expected = {card.id: self.expect_settled(card) for card in open_cards}
        self.world.run(self.desk.look_up())
        for card in open_cards:
            others = [c for c in open_cards if c is not card and self.are_of_one_fan(c, card)]
            before = card.checkout.state
            self.adopt(card, None)
            # Of two that are settled in the same moment, either comes first.
            if not others and expected[card.id] is not None:
                assert card.checkout.state in (before, expected[card.id])

    @staticmethod
    def are_of_one_fan(one: Card, other: Card) -> bool:
        """Whether they may be in each other's way."""
        return one.checkout.user_id == other.checkout.user_id

    # --- What it should be, and what it is ---

    def expect_settled(self, card: Card) -> str | None:
        """The state after the server has asked the bank; None for no opinion."""
        checkout, now = card.checkout, self.now()
        if card.is_over:
            return checkout.state
        sells: bool | None = True
        if checkout.pass_key is not None and checkout.order_id is not None:
            booked = self.model.orders[checkout.order_id]
            is_held = booked.is_live(now) if booked.status == "held" else False
            others = [other for other in self.model.cards.values() if other is not card]
            waits = in_progress(others, checkout.order_id, checkout.pass_key, now)
            if is_held is None or waits is None:
                return None
            if waits and is_held:
                return checkout.state
            costs_as_much = booked.order.total == checkout.amount
            sells = is_held and costs_as_much and not self.model.is_used(checkout.pass_key)
        elif checkout.lease_until is None:
            left = checkout.expires_at.timestamp() - now
            sells = None if abs(left) < MARGIN_S else left > 0
        entry = self.world.run(self.desk.entries()).get(card.id)
        return expected_state(card, entry, sells, now, bank_is_there=self.desk.bank_is_there)

    def adopt(self, card: Card, expected: str | None) -> None:
        """Take over what has become of a checkout, which has to be as expected."""
        was_over, before = card.is_over, card.checkout
        card.checkout, order = self.world.run(self.desk.stored(card.id))
        assert expected in (None, card.checkout.state), (expected, card.checkout)
        if was_over:
            assert card.checkout == before, "a settled checkout changed"
            return
        if card.checkout.state == "captured":
            self.model.captured(card.checkout)
        elif order is not None:
            self.model.kept(order)

    def teardown(self) -> None:
        """At last the bank is there again: nothing stays in doubt, and its books are ours."""
        self.desk.reach_bank(is_there=True)
        self.travels(IN_DOUBT_MAX.total_seconds() + HANDED_OVER_AGAIN.total_seconds() + 60)
        assert self.open_cards() == []
        self.the_bank_has_what_we_have()
        broken, _, _ = self.world.run(self.world.books())
        assert broken == {}

    def the_bank_has_what_we_have(self) -> None:
        """What it captured and did not give back, and what our books say."""
        entries = self.world.run(self.desk.entries())
        for card in self.model.cards.values():
            entry, state = entries.get(card.id), card.checkout.state
            left = 0 if entry is None else entry.captured - entry.refunded
            if card.is_over:
                assert left == (card.checkout.amount if state == "captured" else 0), entry
            elif state == "pending":
                assert left == 0, entry
