"""What an operator does with seats in the journey machine: blocks and releases of any kind."""

import itertools
import math
from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, rule

from properties.model import Blocked
from properties.waiting_room_rules import Found, InLine
from properties.world import CLUB, HALL, PLACES
from yemae.back_office import seat_blocks
from yemae.back_office.seat_blocks import BlockChange
from yemae.concerts.seat_map.selection import Selection
from yemae.refusals import BlockNotFound, SeatsInTheWay

blocks: Bundle[str] = Bundle("blocks")
concerts = st.sampled_from([HALL, HALL, HALL, CLUB])
places = st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique=True)
_names = itertools.count(1)


class BlockRules(InLine):
    """An operator holds seats and spots of areas back and gives them back."""

    @rule(
        target=blocks,
        concert_id=concerts,
        date=st.sampled_from([1, 1, 2]),
        numbers=places,
        lasts_s=st.sampled_from([None, None, 60, 400]),
    )
    def blocks_seats(
        self, concert_id: str, date: int, numbers: list[str], lasts_s: int | None
    ) -> Found:
        """All or none, and never a seat that a fan or another block has."""
        runtime, name = self.world.runtime, f"b-{next(_names)}"
        performance = runtime.catalogue.performance(f"{concert_id}-{date}")
        ends_at = math.inf if lasts_s is None else self.now() + lasts_s
        change = BlockChange(
            name,
            "house",
            releases_at=None if lasts_s is None else datetime.fromtimestamp(ends_at, UTC),
            performances=[performance.id],
            selection=Selection(seats=numbers),
        )
        expected = self.model.expect_block(performance.key, numbers, self.now())
        work = seat_blocks.block(runtime, runtime.plans, concert_id, "op", change)
        try:
            self.world.run(work)
        except SeatsInTheWay as refusal:
            found = sorted(seat.number for seat in refusal.seats_in_the_way)
            assert expected in (None, found)
            return multiple()
        assert not expected
        self.model.blocks[name] = Blocked(concert_id, performance.key, set(numbers), ends_at)
        return name

    @rule(name=blocks, numbers=st.one_of(st.none(), places))
    def releases_seats(self, name: str, numbers: list[str] | None) -> None:
        """What a block has is free at once; what it has not stays as it is."""
        runtime, block = self.world.runtime, self.model.blocks[name]
        chosen = Selection(seats=numbers or ())
        work = seat_blocks.unblock(
            runtime, runtime.plans, block.concert_id, "op", name, selection=chosen
        )
        was_live = block.is_live(self.now())
        had = block.numbers & set(numbers or PLACES)
        try:
            released, left = self.world.run(work)
        except BlockNotFound:
            assert not block.numbers
            return
        block.numbers -= had
        if left is None:
            # A block without seats is forgotten, and one that is over has none.
            block.numbers = set()
        assert was_live is None or released == (len(had) if was_live else 0)

    @rule(name=blocks, lasts_s=st.sampled_from([None, 60, 400]))
    def sets_a_release_time(self, name: str, lasts_s: int | None) -> None:
        """Seats that are free already stay so."""
        runtime, block = self.world.runtime, self.model.blocks[name]
        is_live = block.is_live(self.now())
        if is_live is None:
            return
        ends_at = math.inf if lasts_s is None else self.now() + lasts_s
        at = None if lasts_s is None else datetime.fromtimestamp(ends_at, UTC)
        work = seat_blocks.release_at(runtime, runtime.plans, block.concert_id, "op", name, at)
        try:
            state = self.world.run(work)
        except BlockNotFound:
            assert not block.numbers
            return
        if not is_live:
            block.numbers = set()
        assert state.total == len(block.numbers)
        block.ends_at = ends_at
