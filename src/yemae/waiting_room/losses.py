"""What a store has lost of a queue, and its repair: one Lua call each.

Valkey may lose everything (FLUSHALL, an empty disk) or a single key (an eviction, an operator's
DEL). The next `admission.admit` notices it, because the parts of a queue no longer match. Until it
is repaired no fan is admitted, and no script takes missing data for the end of a place. What can be
computed is repaired at once; what only tokens know comes back with the fans' next polls.
"""

from collections.abc import Sequence
from typing import NamedTuple

from yemae.store.scripts import script
from yemae.store.valkey import Valkey
from yemae.values.pass_key import PassKey
from yemae.waiting_room.keys import PARTS, keys_of
from yemae.waiting_room.passes import PassUntil, with_ends

EVERYTHING = "all"


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
def recover_lua(*, recovery: Recovery) -> str: ...
@script(__file__, PARTS)
def restore_held_lua(*, entry_ttl_s: int, each: Sequence[PassUntil]) -> int: ...
@script(__file__, PARTS)
def losses_lua() -> LossWords: ...


async def recover(valkey: Valkey, concert_id: str, recovery: Recovery) -> tuple[str, ...]:
    """Begin a queue or repair it. Returns the parts that were lost; none when another process was
    faster."""
    lost = await valkey.run(recover_lua(recovery=recovery), keys_of(concert_id))
    return tuple(lost.split())


async def restore_held(
    valkey: Valkey, concert_id: str, held: Sequence[tuple[PassKey, int]], entry_ttl_s: int
) -> int:
    """Open each pass again until the end of its hold in ms, whatever the limit; a pass whose end is
    lost gets a new one. Returns how many fans were not admitted before."""
    call = restore_held_lua(entry_ttl_s=entry_ttl_s, each=with_ends(held))
    return await valkey.run(call, keys_of(concert_id))


async def losses(valkey: Valkey, concert_id: str) -> Losses:
    """What is lost of a queue. Of one that has not begun: everything."""
    found = await valkey.run(losses_lua(), keys_of(concert_id))
    return Losses(tuple(found.now.split()), tuple(found.repaired.split()), found.repaired_at_ms)
