"""The line of each concert, in Valkey: one function per transition, each one Lua call.

One user has one place per concert by construction: the user is the member of the sorted set and
the ticket number its score. Functions that take a list serve one concert at a time.
"""

from collections.abc import Sequence
from typing import NamedTuple

from yemae.store.valkey import Script, Valkey

PARTS = ("line", "absent", "seen", "active", "passes", "ended", "meta")

JOIN = Script(__file__, "join")
PLACE = Script(__file__, "place")
RESTORE = Script(__file__, "restore")
LEAVE = Script(__file__, "leave")
CHECK_ENTRY = Script(__file__, "check_entry")
RESTORE_PASS = Script(__file__, "restore_pass")
EXTEND_PASS = Script(__file__, "extend_pass")
END_PASS = Script(__file__, "end_pass")
EXPIRE_PASSES = Script(__file__, "expire_passes")
ADMIT = Script(__file__, "admit")
SNAPSHOT = Script(__file__, "snapshot")


class Standing(NamedTuple):
    """Where a fan stands. `word` is waiting, admitted, ended or lost."""

    word: str
    number: int
    # Waiting: how many are ahead, and how many wait in all.
    ahead: int
    waiting: int
    # Admitted: when the pass ends, Unix milliseconds.
    pass_ends_at_ms: int
    # Join only: whether the place was given out by this very call.
    new: bool = False


class Admission(NamedTuple):
    """What one tick did."""

    admitted: int
    passes_expired: int
    stepped_over: int


class Snapshot(NamedTuple):
    """The numbers of a queue at one moment."""

    waiting: int
    absent: int
    active: int
    admitted: int
    admitted_last_minute: int
    admitted_this_minute: int
    seconds_of_this_minute: int

    def admitted_per_s(self) -> float | None:
        """How fast people came in lately; None while nobody has."""
        counted = self.admitted_last_minute + self.admitted_this_minute
        span_s = self.seconds_of_this_minute + (60 if self.admitted_last_minute else 0)
        return counted / max(span_s, 1) if counted else None


def keys(concert_id: str) -> list[str]:
    """Every key of a concert; the braces keep them on one shard of a cluster."""
    return [f"yemae:{{{concert_id}}}:{part}" for part in PARTS]


async def join(valkey: Valkey, concert_id: str, user_ids: Sequence[str]) -> list[Standing]:
    """Give each user their place, the one they have or the next."""
    answer = await valkey.run(JOIN, keys(concert_id), *user_ids)
    waiting, values = int(answer[0]), answer[1:]
    return [
        _standing(word, number, value, waiting, new=freshness == "new")
        for word, number, value, freshness in zip(*[iter(values)] * 4, strict=True)
    ]


async def place(
    valkey: Valkey, concert_id: str, places: Sequence[tuple[str, int]]
) -> list[Standing]:
    """Where each (user, number) stands now; asking notes that the fan is present."""
    answer = await valkey.run(PLACE, keys(concert_id), *_flat(places))
    waiting, values = int(answer[0]), answer[1:]
    return [
        _standing(word, number, value, waiting)
        for word, number, value in zip(*[iter(values)] * 3, strict=True)
    ]


async def restore(valkey: Valkey, concert_id: str, places: Sequence[tuple[str, int]]) -> None:
    """Put lost (user, number) places back."""
    await valkey.run(RESTORE, keys(concert_id), *_flat(places))


async def leave(valkey: Valkey, concert_id: str, user_id: str, number: int) -> None:
    """Give a place up; giving it up twice is fine."""
    await valkey.run(LEAVE, keys(concert_id), user_id, number)


async def check_entry(
    valkey: Valkey, concert_id: str, passes: Sequence[tuple[str, int]]
) -> list[str]:
    """For each (user, number): open, ended or lost."""
    answer = await valkey.run(CHECK_ENTRY, keys(concert_id), *_flat(passes))
    return list(answer[::2])


async def restore_pass(
    valkey: Valkey, concert_id: str, user_id: str, number: int, ends_at_s: int, active_limit: int
) -> str:
    """Let somebody in again whose pass was lost: open, or ended when there is no room."""
    return str(
        await valkey.run(
            RESTORE_PASS, keys(concert_id), user_id, number, ends_at_s * 1000, active_limit
        )
    )


async def extend_passes(
    valkey: Valkey, concert_id: str, passes: Sequence[tuple[str, int, int]]
) -> None:
    """Keep each (user, number, end in ms) open at least until that end."""
    await valkey.run(EXTEND_PASS, keys(concert_id), *_flat(passes))


async def end_passes(valkey: Valkey, concert_id: str, passes: Sequence[tuple[str, int]]) -> int:
    """End each (user, number) for good. Returns how many were still open."""
    return int(await valkey.run(END_PASS, keys(concert_id), *_flat(passes)))


async def expire_passes(valkey: Valkey, concert_id: str, step: int) -> int:
    """End at most `step` passes whose time is over. Returns how many."""
    return int(await valkey.run(EXPIRE_PASSES, keys(concert_id), step))


async def admit(
    valkey: Valkey,
    concert_id: str,
    *,
    active_limit: int,
    admit_per_minute: int,
    absent_after_s: int,
    entry_ttl_s: int,
    step: int,
    is_open: bool,
) -> Admission:
    """One admission tick."""
    admitted, expired, stepped_over = await valkey.run(
        ADMIT,
        keys(concert_id),
        active_limit,
        admit_per_minute,
        absent_after_s * 1000,
        entry_ttl_s * 1000,
        step,
        int(is_open),
    )
    return Admission(int(admitted), int(expired), int(stepped_over))


async def snapshot(valkey: Valkey, concert_id: str) -> Snapshot:
    """The numbers that are the same for everybody."""
    return Snapshot(*map(int, await valkey.run(SNAPSHOT, keys(concert_id))))


def _standing(word: str, number: str, value: str, waiting: int, *, new: bool = False) -> Standing:
    if word == "admitted":
        return Standing(word, int(number), 0, waiting, int(value), new)
    return Standing(word, int(number), int(value), waiting, 0, new)


def _flat(rows: Sequence[tuple[str | int, ...]]) -> list[str | int]:
    return [value for row in rows for value in row]
