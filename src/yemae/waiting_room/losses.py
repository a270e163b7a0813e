"""What a store has lost of a queue, and its repair: one Lua call each.

Valkey may lose everything (FLUSHALL, an empty disk) or a single key (an eviction, an operator's
DEL). The next `admission.admit` notices it, because the parts of a queue no longer match. Until it
is repaired no fan is admitted, and no script takes missing data for the end of a place. What can be
computed is repaired at once; what only tokens know comes back with the fans' next polls.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from yemae.store.valkey import Script, Valkey
from yemae.values.pass_key import PassKey
from yemae.waiting_room.keys import keys_of
from yemae.waiting_room.passes import with_ends

RECOVER = Script(__file__, "recover")
RESTORE_HELD = Script(__file__, "restore_held")
LOSSES = Script(__file__, "losses")

EVERYTHING = "all"


class Recovery(NamedTuple):
    """How a queue begins, or goes on after a loss."""

    # Of the generation that begins, if none is known any more.
    generation: str
    # False: everything is missing because the queue is new.
    has_begun: bool
    # For how long nobody comes in when places are lost.
    wait_ms: int
    entry_ttl_s: int
    place_ttl_s: int
    # How many were inside: room is kept for them, until their passes have run out.
    inside: int
    # For how long those count as present of whom that is lost.
    patience_ms: int


class Losses(NamedTuple):
    """What is lost of a queue now, and what the last repaired loss was (Unix ms; 0: none)."""

    now: tuple[str, ...]
    repaired: tuple[str, ...]
    repaired_at_ms: int


async def recover(valkey: Valkey, concert_id: str, recovery: Recovery) -> tuple[str, ...]:
    """Begin a queue or repair it. Returns the parts that were lost; none when another process was
    faster."""
    lost = await valkey.run(
        RECOVER,
        keys_of(concert_id),
        recovery.generation,
        "begun" if recovery.has_begun else "new",
        recovery.wait_ms,
        recovery.entry_ttl_s * 1000,
        recovery.place_ttl_s * 1000,
        recovery.inside,
        recovery.patience_ms,
    )
    return tuple(lost.split())


async def restore_held(
    valkey: Valkey, concert_id: str, held: Sequence[tuple[PassKey, int]], entry_ttl_s: int
) -> int:
    """Open each pass again until the end of its hold in ms, whatever the limit; a pass whose end is
    lost gets a new one. Returns how many were not inside."""
    packed = msgspec.msgpack.encode([str(value) for row in with_ends(held) for value in row])
    return int(await valkey.run(RESTORE_HELD, keys_of(concert_id), packed, entry_ttl_s))


async def losses(valkey: Valkey, concert_id: str) -> Losses:
    """What is lost of a queue. Of one that has not begun: everything."""
    now, repaired, at_ms = await valkey.run(LOSSES, keys_of(concert_id))
    return Losses(tuple(now.split()), tuple(repaired.split()), int(at_ms))
