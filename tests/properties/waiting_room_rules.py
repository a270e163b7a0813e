"""The rules of the journey machine that play in the waiting room: what fans do there, and what
must be true of every answer.
"""

from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule

from helpers.fans import carried_out, only
from properties.model import Model
from properties.world import ACTIVE_LIMIT, CLUB, ENTRY_TTL_S, FANS, HALL, PRESALE, World
from yemae.refusals import EntryTokenMismatch, QueueTokenExpired
from yemae.sale import admission, join
from yemae.sale import places as verbs
from yemae.sale.join import JoinRequest
from yemae.values.pass_key import PassKey
from yemae.waiting_room.places import Standing
from yemae.waiting_room.tokens import EntryToken, QueueToken

# Mostly the hall, so that fans meet: in its general sale and in its presale.
queues = st.sampled_from([HALL, HALL, PRESALE, CLUB])
fans = st.sampled_from(FANS)
places: Bundle[QueueToken] = Bundle("places")
passes: Bundle[EntryToken] = Bundle("passes")
Found = Any  # What a rule adds to its bundle: one thing, or `multiple(...)`


class InLine(RuleBasedStateMachine):
    """Four fans, two concerts and three queues, because one of them has two phases."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.world.begin_anew()
        self.model = Model()

    def now(self) -> float:
        """Unix seconds in the runtime."""
        return self.world.now()

    # --- The waiting room ---

    @initialize(target=places)
    def everybody_joins(self) -> Found:
        """An on-sale begins with a line."""
        return multiple(*(self.joins(HALL, user) for user in FANS))

    @initialize(target=passes)
    def the_first_come_in(self) -> Found:
        """And with those at its front."""
        self.everybody_joins()
        return self.doors_open()

    @rule(target=places, concert_id=queues, user=fans)
    def joins(self, concert_id: str, user: str) -> Found:
        """A fan takes a place, or gets the existing one."""
        request = JoinRequest(concert_id, user)
        standing = only(self.world.run(carried_out(join.join(self.world.runtime, [request]))))
        self.model.joined((concert_id, user), standing, self.now())
        return QueueToken(concert_id, user, standing.number)

    @rule(target=passes, token=places)
    def polls(self, token: QueueToken) -> Found:
        """A fan asks with any token that they ever got."""
        fan, now = (token.concert_id, token.user_id), self.now()
        tokens = self.world.runtime.tokens
        assert tokens.read_place(tokens.sign_place(token), lambda *_: 0) == token
        answer = self.world.run(carried_out(verbs.place(self.world.runtime, [token])))[0]
        if isinstance(answer, QueueTokenExpired):
            known = self.model.surely_inside(fan, now), self.model.surely_present(fan, now)
            assert token.number not in known, "a live place was called over"
            return multiple()
        assert isinstance(answer, Standing)
        self.model.stands(fan, answer, now)
        if answer.word == "waiting":
            return multiple()
        return EntryToken(*fan, answer.number, answer.pass_ends_at_ms // 1000)

    @rule(target=passes, concert_id=queues, user=fans)
    def comes_with_every_token(self, concert_id: str, user: str) -> Found:
        """A fan joins once more, and then brings every older token: none gives a better place
        than it should."""
        self.joins(concert_id, user)
        answers = [
            self.polls(QueueToken(concert_id, user, number))
            for number in sorted(self.model.issued_to[concert_id, user], reverse=True)
        ]
        return multiple(*(entry for entry in answers if isinstance(entry, EntryToken)))

    @rule(token=places)
    def leaves(self, token: QueueToken) -> None:
        """A fan gives a place up."""
        self.world.run(verbs.leave(self.world.runtime, token))
        self.model.leave(token)

    @rule(concert_id=queues)
    def ticks(self, concert_id: str) -> None:
        """Those who come in are the first in line of those who are present, and as many as fit. A
        tick that finds a loss brings back the passes of live holds besides: no admissions."""
        before = self.world.numbers(concert_id, "passes")
        concert = self.world.runtime.catalogue.queue(concert_id)
        self.world.run(admission.admit(self.world.runtime, concert))
        inside = self.world.numbers(concert_id, "passes")
        of_holds = self.model.passes_of_holds(self.now())
        admitted = set()
        for user, number in inside.items():
            entry = PassKey(concert_id, user, number)
            if before.get(user) != number:
                self.model.extend(entry, self.now() + ENTRY_TTL_S)
                admitted |= set() if entry in of_holds else {number}
        still_waiting = []
        for user in FANS:
            waits = self.model.surely_present((concert_id, user), self.now())
            if user in inside:
                entry = PassKey(concert_id, user, inside[user])
                assert waits in (None, entry.number) or entry in of_holds
                self.model.forget_waiting((concert_id, user))
            elif waits is not None:
                still_waiting.append(waits)
                assert self.world.numbers(concert_id, "line")[user] == waits
        assert not admitted or max(admitted) < min(still_waiting, default=max(admitted) + 1)
        if not self.model.ticked(concert_id, self.now(), ENTRY_TTL_S):
            is_full = len(inside) >= ACTIVE_LIMIT[concert_id]
            assert not still_waiting or is_full, "room was left empty"

    def comes_in(self, concert_id: str, user: str) -> EntryToken | None:
        """A place, a tick, a poll; the pass, for those who are let in."""
        token = self.joins(concert_id, user)
        self.ticks(concert_id)
        entry = self.polls(token)
        return entry if isinstance(entry, EntryToken) else None

    @rule(target=passes)
    def doors_open(self) -> Found:
        """A tick, after which everybody who waits asks."""
        waiting = [
            QueueToken(concert_id, user, number)
            for (concert_id, user), (number, _) in self.model.present.items()
        ]
        for concert_id in ACTIVE_LIMIT:
            self.ticks(concert_id)
        answers = [self.polls(token) for token in waiting]
        return multiple(*(entry for entry in answers if isinstance(entry, EntryToken)))

    @rule(entry=passes, user=fans, concert_id=queues)
    def shows_a_pass(self, entry: EntryToken, user: str, concert_id: str) -> None:
        """It lets in its owner, to its concert, until it ends; and no other fan."""
        self.gate(entry)
        text = self.world.runtime.tokens.sign_pass(entry)
        # A pass of a phase is good for the concert, whose dates it opens.
        good_for = {entry.concert_id, HALL if entry.concert_id == PRESALE else entry.concert_id}
        if user != entry.user_id or concert_id not in good_for:
            with pytest.raises(EntryTokenMismatch):
                self.world.run(self.world.gate(text, user, concert_id))

    def gate(self, entry: EntryToken) -> bool:
        """Whether the pass is open, which must not surprise the model."""
        now = self.now()
        is_open = self.world.run(self.world.is_open(entry))
        if is_open:
            assert self.model.may_be_open(entry, now), "a pass that is over was let in"
            self.model.let_in(entry)
        else:
            fan = entry.concert_id, entry.user_id
            assert self.model.surely_inside(fan, now) != entry.number, "a live pass was refused"
        return is_open
