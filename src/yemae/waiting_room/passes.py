"""Passes, in Valkey: each transition is one Lua call for fans of one concert."""

from collections.abc import Sequence
from typing import Any

import msgspec

from yemae.store.valkey import Script, Valkey
from yemae.values.pass_key import PassKey
from yemae.waiting_room.keys import keys_of

CHECK_ENTRY = Script(__file__, "check_entry")
RESTORE_PASS = Script(__file__, "restore_pass")
EXTEND_PASS = Script(__file__, "extend_pass")
GIVE_BACK = Script(__file__, "give_back")
END_PASS = Script(__file__, "end_pass")
REVOKE = Script(__file__, "revoke")
EXPIRE_PASSES = Script(__file__, "expire_passes")


async def check_entry(
    valkey: Valkey, concert_id: str, passes: Sequence[PassKey]
) -> list[tuple[str, int]]:
    """For each pass: open, ended or lost; and if open, the end of the pass without its holds in
    ms."""
    answer = await valkey.run(CHECK_ENTRY, keys_of(concert_id), _packed(_users(passes)))
    return [(word, int(end)) for word, end in zip(answer[::2], answer[1::2], strict=True)]


async def restore_pass(valkey: Valkey, lost: PassKey, ends_at_s: int, active_limit: int) -> str:
    """Open a pass again that the store has lost: open, or ended when there is no room."""
    concert_id, user_id, number = lost
    return str(
        await valkey.run(
            RESTORE_PASS, keys_of(concert_id), user_id, number, ends_at_s * 1000, active_limit
        )
    )


async def extend_passes(
    valkey: Valkey, concert_id: str, ends: Sequence[tuple[PassKey, int]]
) -> None:
    """Keep each pass open at least until its end, in ms."""
    await valkey.run(EXTEND_PASS, keys_of(concert_id), _packed(with_ends(ends)))


async def give_back(
    valkey: Valkey, concert_id: str, holds_end: Sequence[tuple[PassKey, int]]
) -> None:
    """Let each pass end as it would without the hold that was released. `holds_end` has the end in
    ms of the holds that are left, 0 without any."""
    await valkey.run(GIVE_BACK, keys_of(concert_id), _packed(with_ends(holds_end)))


async def end_passes(valkey: Valkey, concert_id: str, passes: Sequence[PassKey]) -> int:
    """End passes for good. Returns how many were still open."""
    return int(await valkey.run(END_PASS, keys_of(concert_id), _packed(_users(passes))))


async def revoke(valkey: Valkey, concert_id: str, user_id: str) -> int | None:
    """End the user's pass at an operator's word. Returns its number, 0 when the store has lost
    that, and None when there was no pass."""
    number = await valkey.run(REVOKE, keys_of(concert_id), user_id)
    return None if number == "none" else int(number)


async def expire_passes(valkey: Valkey, concert_id: str, step: int) -> int:
    """End at most `step` passes whose time is over. Returns how many."""
    return int(await valkey.run(EXPIRE_PASSES, keys_of(concert_id), step))


def with_ends(ends: Sequence[tuple[PassKey, int]]) -> list[tuple[str, int, int]]:
    """(user, number, end) of passes of one concert, as the scripts take them."""
    return [(key.user_id, key.number, end) for key, end in ends]


def _users(passes: Sequence[PassKey]) -> list[tuple[str, int]]:
    return [(key.user_id, key.number) for key in passes]


def _packed(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Rows as one argument, every value as text; the client takes longer over each argument than
    over the whole of this."""
    return msgspec.msgpack.encode([str(value) for row in rows for value in row])
