"""Passes, in Valkey: each transition is an atomic Lua call for fans of one concert."""

from collections.abc import Sequence
from typing import Literal

from yemae.store.scripts import ScriptRow, script
from yemae.store.valkey import Valkey
from yemae.values.pass_key import PassKey
from yemae.waiting_room.keys import PARTS, keys_of
from yemae.waiting_room.steps import ENDS_MAX, steps

# open: the gate lets in; ended: it does not any more; lost: the store does not know the pass.
PassWord = Literal["open", "ended", "lost"]


class PassRow(ScriptRow):
    """A pass of the call's concert."""

    user: str
    # As text, because the scripts compare it with what Valkey keeps.
    number: str


class PassUntil(ScriptRow):
    """A pass of the call's concert, and an end."""

    user: str
    number: str
    ends_at_ms: int


class CheckedPass(ScriptRow):
    """What the gate says of a pass: open, ended or lost; if open, its end without its holds."""

    word: PassWord
    end_ms: int


@script(__file__, PARTS)
def check_entry_lua(*, each: Sequence[PassRow]) -> list[CheckedPass]: ...
@script(__file__, PARTS)
def restore_pass_lua(*, user: str, number: str, ends_at_ms: int, active_limit: int) -> str: ...
@script(__file__, PARTS)
def extend_pass_lua(*, each: Sequence[PassUntil]) -> None: ...
@script(__file__, PARTS)
def give_back_lua(*, each: Sequence[PassUntil]) -> None: ...
@script(__file__, PARTS)
def end_pass_lua(*, each: Sequence[PassRow]) -> int: ...
@script(__file__, PARTS)
def revoke_lua(*, user: str) -> str: ...
@script(__file__, PARTS)
def expire_passes_lua(*, step: int) -> int: ...


async def check_entry(
    valkey: Valkey, concert_id: str, passes: Sequence[PassKey]
) -> list[CheckedPass]:
    """Whether each pass is open."""
    checked: list[CheckedPass] = []
    for some in steps(_rows(passes)):
        answer = await valkey.run(check_entry_lua(each=some), keys_of(concert_id))
        checked += answer
    return checked


async def restore_pass(valkey: Valkey, lost: PassKey, ends_at_s: int, active_limit: int) -> str:
    """Open a pass again that the store has lost: open, or ended when there is no room."""
    call = restore_pass_lua(
        user=lost.user_id,
        number=str(lost.number),
        ends_at_ms=ends_at_s * 1000,
        active_limit=active_limit,
    )
    return await valkey.run(call, keys_of(lost.concert_id))


async def extend_passes(
    valkey: Valkey, concert_id: str, ends: Sequence[tuple[PassKey, int]]
) -> None:
    """Keep each pass open at least until its end, in ms."""
    for some in steps(with_ends(ends)):
        await valkey.run(extend_pass_lua(each=some), keys_of(concert_id))


async def give_back(
    valkey: Valkey, concert_id: str, holds_end: Sequence[tuple[PassKey, int]]
) -> None:
    """Let each pass end as it would without the hold that was released. `holds_end` has the end in
    ms of the holds that are left, 0 without any."""
    for some in steps(with_ends(holds_end)):
        await valkey.run(give_back_lua(each=some), keys_of(concert_id))


async def end_passes(valkey: Valkey, concert_id: str, passes: Sequence[PassKey]) -> int:
    """End passes for good. Returns how many were still open."""
    ended = 0
    for some in steps(_rows(sorted(passes, key=lambda key: key.number))):
        ended += await valkey.run(end_pass_lua(each=some), keys_of(concert_id))
    return ended


async def revoke(valkey: Valkey, concert_id: str, user_id: str) -> int | None:
    """End the user's pass on behalf of an operator. Returns its number, 0 when the store has lost
    the number, and None when there was no pass."""
    number = await valkey.run(revoke_lua(user=user_id), keys_of(concert_id))
    return None if number == "none" else int(number)


async def expire_passes(valkey: Valkey, concert_id: str, step: int = ENDS_MAX) -> int:
    """End at most `step` expired passes. Returns how many; fewer than `step`: no more are left."""
    return await valkey.run(expire_passes_lua(step=step), keys_of(concert_id))


def with_ends(ends: Sequence[tuple[PassKey, int]]) -> list[PassUntil]:
    """Passes of one concert with their ends in ms, as the scripts take them."""
    return [PassUntil(key.user_id, str(key.number), ends_at_ms) for key, ends_at_ms in ends]


def _rows(passes: Sequence[PassKey]) -> list[PassRow]:
    return [PassRow(key.user_id, str(key.number)) for key in passes]
