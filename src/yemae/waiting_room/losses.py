"""What a store has lost of a queue, and its repair.

Valkey may lose everything (FLUSHALL, an empty disk) or a single key (an eviction, an operator's
DEL). The next `admission.admit` notices it, because the parts of a queue no longer match. Until it
is repaired no fan is admitted, and no script takes missing data for the end of a place. What can be
computed is repaired in steps, in which any number of processes take part; what only tokens know
comes back with the fans' next polls.
"""

from collections.abc import Sequence
from typing import NamedTuple

from yemae.store.scripts import script
from yemae.store.valkey import Valkey
from yemae.values.pass_key import PassKey
from yemae.waiting_room.keys import PARTS, keys_of
from yemae.waiting_room.passes import PassUntil, with_ends
from yemae.waiting_room.steps import ENDS_MAX, steps

EVERYTHING = "all"
# About how many fans and blocks one step of a repair looks at.
STEP_MAX = 100


class Recovery(NamedTuple):
    """How a queue begins, or goes on after a loss."""

    # Of the generation that begins, if none is known any more.
    generation: str
    # False: everything is missing because the queue is new.
    has_begun: bool
    # For how long there is no admission when places are lost.
    wait_ms: int
    entry_ttl_s: int
    place_ttl_s: int
    # The number of fans last known to be admitted: room is reserved until their passes expire.
    inside: int
    # For how long fans count as present whose presence is lost.
    patience_ms: int


class Recovered(NamedTuple):
    """What recover.lua returns; parts are separated by spaces."""

    lost: str
    rest: str


class Losses(NamedTuple):
    """What is lost of a queue now, and what the last repaired loss was (Unix ms; 0: none)."""

    now: tuple[str, ...]
    repaired: tuple[str, ...]
    repaired_at_ms: int


class LossWords(NamedTuple):
    """What losses.lua returns; parts are separated by spaces."""

    now: str
    repaired: str
    repaired_at_ms: int


@script(__file__, PARTS)
def recover_lua(*, recovery: Recovery, step: int) -> Recovered: ...
@script(__file__, PARTS)
def restore_held_lua(*, entry_ttl_s: int, each: Sequence[PassUntil]) -> int: ...
@script(__file__, PARTS)
def losses_lua() -> LossWords: ...


async def recover(
    valkey: Valkey, concert_id: str, recovery: Recovery, *, step: int = STEP_MAX
) -> tuple[str, ...] | None:
    """One step of the beginning of a queue, or of its repair. Returns the parts that were lost when
    it was the last one, none when another process was faster, and None while there is more to
    do."""
    call = recover_lua(recovery=recovery, step=step)
    done = await valkey.run(call, keys_of(concert_id))
    return None if done.rest == "more" else tuple(done.lost.split())


async def restore_held(
    valkey: Valkey, concert_id: str, held: Sequence[tuple[PassKey, int]], entry_ttl_s: int
) -> int:
    """Open each pass again until the end of its hold in ms, whatever the limit; a pass whose end is
    lost gets a new one. Returns how many fans were not admitted before."""
    restored = 0
    for some in steps(with_ends(held), ENDS_MAX):
        call = restore_held_lua(entry_ttl_s=entry_ttl_s, each=some)
        restored += await valkey.run(call, keys_of(concert_id))
    return restored


async def losses(valkey: Valkey, concert_id: str) -> Losses:
    """What is lost of a queue. Of one that has not begun: everything."""
    found = await valkey.run(losses_lua(), keys_of(concert_id))
    return Losses(tuple(found.now.split()), tuple(found.repaired.split()), found.repaired_at_ms)
