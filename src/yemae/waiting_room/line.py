"""The line of each concert, in Valkey: one function per transition, each one Lua call.

One user has one place per concert by construction: the user is the member of the sorted set and
the ticket number, with its lane, the score. Functions that take a list serve one concert at a time.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from yemae.store.valkey import Script, Valkey
from yemae.values.pass_key import PassKey
from yemae.waiting_room.challenges import Solved
from yemae.waiting_room.pace import Pace
from yemae.waiting_room.snapshot import LaneNumbers, Snapshot, Statistics
from yemae.waiting_room.tokens import QueueToken

PARTS = (
    "line", "seen", "absent", "gone", "active", "passes", "unused", "ended", "blocks", "rates",
    "waits", "arrivals", "meta", "own_ends",
)  # fmt: skip

SCAN_COUNT = 500
# The field of the blocks that is none: prelude.lua.
STAMP = "\0generation"

JOIN = Script(__file__, "join")
PLACE = Script(__file__, "place")
PRESENT = Script(__file__, "present")
RESTORE = Script(__file__, "restore")
LEAVE = Script(__file__, "leave")
REVOKE = Script(__file__, "revoke")
CHECK_ENTRY = Script(__file__, "check_entry")
RESTORE_PASS = Script(__file__, "restore_pass")
EXTEND_PASS = Script(__file__, "extend_pass")
GIVE_BACK = Script(__file__, "give_back")
END_PASS = Script(__file__, "end_pass")
EXPIRE_PASSES = Script(__file__, "expire_passes")
ADMIT = Script(__file__, "admit")
SNAPSHOT = Script(__file__, "snapshot")
STATISTICS = Script(__file__, "statistics")
SCAN = Script(__file__, "scan")
SEATS_TURN = Script(__file__, "seats_turn")
SEATS_COUNTED = Script(__file__, "seats_counted")
# How often the seats are counted where nobody waits and nobody is inside: an operator may have
# added some, and orders that are not paid run out.
SEATS_AT_REST_MS = 300_000


class Joining(NamedTuple):
    """Somebody who wants a place."""

    user_id: str
    lane: int = 0
    # Theirs if they join before the opening; None: there is no draw.
    drawn_number: int | None = None
    # Empty: joins from there are not counted.
    address: str = ""
    # A challenge that they have solved.
    solved: Solved | None = None
    # Whether they gave a presale code, and which: '', 'right' or 'wrong'.
    code: str = ""


class Standing(NamedTuple):
    """Where a fan stands. `word` is waiting, admitted, ended or lost; of a join also refused
    (nobody new may join), unproven (no challenge was solved), used (it was, and by somebody),
    wrong_code, or too_many (joins or wrong codes from this address; `retry_after_s` is the time to
    wait)."""

    word: str
    number: int
    lane: int
    # Waiting: how many are ahead in the lane, and how many wait in it.
    ahead: int = 0
    waiting: int = 0
    # Admitted: when the pass ends, Unix milliseconds.
    pass_ends_at_ms: int = 0
    # Join only: whether the place was given out by this very call.
    new: bool = False
    retry_after_s: int = 0


class Doors(NamedTuple):
    """What decides who comes in: the concert's limits, and whether its doors are open."""

    active_limit: int
    admit_per_minute: int
    entry_ttl_s: int
    place_ttl_s: int
    # From the opening on: shut, open, or all (nobody has to wait).
    door: str
    opens_at_ms: int
    # Percent of the admissions for each lane, the general one first.
    shares: tuple[int, ...] = (100,)


@dataclass(frozen=True)
class Admission:
    """What a tick did; two calls of one tick add up. A tick that finds parts of the queue `lost`
    does nothing else: losses.py."""

    admitted: int = 0
    passes_expired: int = 0
    stepped_over: int = 0
    places_ended: int = 0
    has_more: bool = False
    # After the tick: how many are inside, and how many wait.
    active: int = 0
    waiting: int = 0
    # As last counted; -1: not counted yet.
    seats_unsold: int = -1
    # Parts that the store has lost; "all" also of a queue that has not begun.
    lost: tuple[str, ...] = ()

    def __add__(self, later: "Admission") -> "Admission":
        return Admission(
            self.admitted + later.admitted,
            self.passes_expired + later.passes_expired,
            self.stepped_over + later.stepped_over,
            self.places_ended + later.places_ended,
            later.has_more,
            later.active,
            later.waiting,
            later.seats_unsold,
            later.lost,
        )


def keys(concert_id: str) -> list[str]:
    """Every key of a concert; the braces keep them on one shard of a cluster."""
    return [f"yemae:{{{concert_id}}}:{part}" for part in PARTS]


# --- Places -----------------------------------------------------------------------------------


async def join(
    valkey: Valkey,
    concert_id: str,
    fans: Sequence[Joining],
    pace: Pace,
    *,
    door: str = "line",
    opens_at_ms: int = 0,
    entry_ttl_s: int = 0,
    joins_per_address: int = 0,
    proof_kept_s: int = 0,
    wrong_codes_max: int = 0,
) -> list[Standing]:
    """Give each fan their place, the one they have or a new one.

    `door` is `line`, `straight in` (nobody has to wait once the sale is open) or `nobody new`.
    With `proof_kept_s` a new place takes a solved challenge, which is remembered for so long and
    good for one place. From an address with `wrong_codes_max` wrong presale codes in this minute no
    code is taken.
    """
    minutes = sorted({fan.solved.minute for fan in fans if fan.solved is not None})
    # One argument for all: sending each by itself is what would cost most of a join.
    wanted = msgspec.msgpack.encode(_flat([_wanted(fan, minutes) for fan in fans]))
    rules = (door, opens_at_ms, entry_ttl_s * 1000, joins_per_address, proof_kept_s)
    every_key = keys(concert_id) + [f"yemae:{{{concert_id}}}:solved:{each}" for each in minutes]
    answer = await valkey.run(JOIN, every_key, *rules, *pace, wanted, wrong_codes_max)
    return [
        _standing(word, number, lane, value, waiting, new=freshness == "new")
        for word, number, lane, value, waiting, freshness in zip(*[iter(answer)] * 6, strict=True)
    ]


async def place(
    valkey: Valkey, concert_id: str, places: Sequence[QueueToken], pace: Pace
) -> list[Standing]:
    """Where each place stands now; asking notes that the fan is present."""
    asked = _flat([(place.user_id, place.number) for place in places])
    answer = await valkey.run(PLACE, keys(concert_id), *pace, *asked)
    return [
        _standing(word, number, lane, value, waiting)
        for word, number, lane, value, waiting in zip(*[iter(answer)] * 5, strict=True)
    ]


async def note_present(
    valkey: Valkey, concert_id: str, places: Sequence[QueueToken], patience_ms: Sequence[int]
) -> list[QueueToken]:
    """Note that fans are there, each for so long. Returns those who are not where their token
    says, and have to be looked at."""
    flat: list[str | int] = []
    for place, present_ms in zip(places, patience_ms, strict=True):
        flat += (place.user_id, place.number, place.lane, present_ms)
    found = await valkey.run(PRESENT, keys(concert_id), msgspec.msgpack.encode(flat))
    return [places[int(index)] for index in found]


async def restore(
    valkey: Valkey, concert_id: str, places: Sequence[QueueToken], pace: Pace
) -> None:
    """Put lost places back."""
    lost = _flat([(place.user_id, place.number, place.lane) for place in places])
    await valkey.run(RESTORE, keys(concert_id), *pace, *lost)


async def leave(valkey: Valkey, concert_id: str, user_id: str, number: int) -> None:
    """Give a place up; giving it up twice is fine."""
    await valkey.run(LEAVE, keys(concert_id), user_id, number)


# --- Passes -----------------------------------------------------------------------------------


async def check_entry(
    valkey: Valkey, concert_id: str, passes: Sequence[PassKey]
) -> list[tuple[str, int]]:
    """For each pass: open, ended or lost; and if open, the end of the pass without its holds in
    ms."""
    answer = await valkey.run(CHECK_ENTRY, keys(concert_id), _packed(_users(passes)))
    return [(word, int(end)) for word, end in zip(answer[::2], answer[1::2], strict=True)]


async def restore_pass(valkey: Valkey, lost: PassKey, ends_at_s: int, active_limit: int) -> str:
    """Open a pass again that the store has lost: open, or ended when there is no room."""
    concert_id, user_id, number = lost
    return str(
        await valkey.run(
            RESTORE_PASS, keys(concert_id), user_id, number, ends_at_s * 1000, active_limit
        )
    )


async def extend_passes(
    valkey: Valkey, concert_id: str, ends: Sequence[tuple[PassKey, int]]
) -> None:
    """Keep each pass open at least until its end, in ms."""
    await valkey.run(EXTEND_PASS, keys(concert_id), _packed(with_ends(ends)))


async def give_back(
    valkey: Valkey, concert_id: str, holds_end: Sequence[tuple[PassKey, int]]
) -> None:
    """Let each pass end as it would without the hold that was released. `holds_end` has the end in
    ms of the holds that are left, 0 without any."""
    await valkey.run(GIVE_BACK, keys(concert_id), _packed(with_ends(holds_end)))


async def end_passes(valkey: Valkey, concert_id: str, passes: Sequence[PassKey]) -> int:
    """End passes for good. Returns how many were still open."""
    return int(await valkey.run(END_PASS, keys(concert_id), _packed(_users(passes))))


async def revoke(valkey: Valkey, concert_id: str, user_id: str) -> int | None:
    """End the user's pass at an operator's word. Returns its number, 0 when the store has lost
    that, and None when there was no pass."""
    number = await valkey.run(REVOKE, keys(concert_id), user_id)
    return None if number == "none" else int(number)


async def expire_passes(valkey: Valkey, concert_id: str, step: int) -> int:
    """End at most `step` passes whose time is over. Returns how many."""
    return int(await valkey.run(EXPIRE_PASSES, keys(concert_id), step))


# --- Admission and numbers --------------------------------------------------------------------


async def admit(
    valkey: Valkey, concert_id: str, doors: Doors, *, step: int, at_once: int = 0
) -> Admission:
    """One admission tick of at most `step` of each kind of work. `at_once` is an operator's wish:
    so many, whatever the rate; the active limit holds for them as well."""
    *numbers, lost = await valkey.run(
        ADMIT,
        keys(concert_id),
        doors.active_limit,
        doors.admit_per_minute,
        doors.entry_ttl_s * 1000,
        doors.place_ttl_s * 1000,
        step,
        doors.opens_at_ms,
        doors.door,
        at_once,
        *doors.shares,
    )
    admitted, expired, stepped_over, ended, more, active, waiting, unsold = map(int, numbers)
    return Admission(
        admitted,
        expired,
        stepped_over,
        ended,
        bool(more),
        active,
        waiting,
        unsold,
        tuple(lost.split()),
    )


async def snapshot(valkey: Valkey, concert_id: str, lanes: int = 1) -> Snapshot:
    """The numbers that are the same for everybody."""
    *numbers, rates, blocks, of_lanes = await valkey.run(SNAPSHOT, keys(concert_id), lanes)
    now, waiting, absent, active, admitted, joined, first, left, unsold, block = map(int, numbers)
    return Snapshot(
        now_ms=now,
        waiting=waiting,
        absent=absent,
        active=active,
        admitted=admitted,
        joined=joined,
        first_admitted_at_ms=first,
        seats_left=left,
        seats_unsold=unsold,
        open_block=block,
        rates=dict(zip(rates[::2], map(int, rates[1::2]), strict=True)),
        blocks={
            int(block): int(count)
            for block, count in zip(blocks[::2], blocks[1::2], strict=True)
            if block != STAMP
        },
        lanes=tuple(LaneNumbers(*map(int, lane)) for lane in of_lanes),
    )


async def statistics(valkey: Valkey, concert_id: str) -> Statistics:
    """What an operator wants to know beyond the snapshot."""
    *counters, waits_ms = await valkey.run(STATISTICS, keys(concert_id))
    return Statistics.of(
        await snapshot(valkey, concert_id), [int(c) for c in counters], [int(w) for w in waits_ms]
    )


async def places(valkey: Valkey, concert_id: str) -> AsyncIterator[tuple[str, int]]:
    """Every (user, number) of those who wait, are absent, are inside, or were: in no order, and
    now and then twice, as Valkey's scans are."""
    for which in ("line", "absent", "passes", "ended"):
        cursor = "0"
        while True:
            cursor, *found = await valkey.run(SCAN, keys(concert_id), which, cursor, SCAN_COUNT)
            for user_id, number in zip(found[::2], found[1::2], strict=True):
                yield user_id, int(number)
            if cursor == "0":
                break


async def take_seats_turn(valkey: Valkey, concert_id: str, interval_ms: int) -> bool:
    """Whether it is the caller's turn to count the seats: one caller's in each interval, which is
    long where nobody waits and nobody is inside."""
    at_rest_ms = max(interval_ms, SEATS_AT_REST_MS)
    return bool(await valkey.run(SEATS_TURN, keys(concert_id), interval_ms, at_rest_ms))


async def keep_seats(valkey: Valkey, concert_id: str, left: int, unsold: int) -> None:
    """Keep how many seats can be booked, and how many are not sold, for every snapshot."""
    await valkey.run(SEATS_COUNTED, keys(concert_id), left, unsold)


def _wanted(fan: Joining, minutes: list[int]) -> tuple[str | int, ...]:
    """What join.lua is told of a fan; the keys of the minutes stand behind those of the parts."""
    proof: tuple[str, int] = ("", 0)
    if fan.solved is not None:
        proof = (fan.solved.id.hex(), len(PARTS) + 1 + minutes.index(fan.solved.minute))
    return fan.user_id, fan.lane, fan.drawn_number or 0, fan.address, *proof, fan.code


def _standing(
    word: str, number: str, lane: str, value: str, waiting: str, *, new: bool = False
) -> Standing:
    if word == "admitted":
        return Standing(word, int(number), int(lane), pass_ends_at_ms=int(value), new=new)
    if word == "waiting":
        return Standing(word, int(number), int(lane), int(value), int(waiting), new=new)
    return Standing(word, int(number), int(lane), retry_after_s=int(value))


def with_ends(ends: Sequence[tuple[PassKey, int]]) -> list[tuple[str, int, int]]:
    """(user, number, end) of passes of one concert, as the scripts take them."""
    return [(key.user_id, key.number, end) for key, end in ends]


def _users(passes: Sequence[PassKey]) -> list[tuple[str, int]]:
    return [(key.user_id, key.number) for key in passes]


def _packed(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Rows as one argument, every value as text; the client takes longer over each argument than
    over the whole of this."""
    return msgspec.msgpack.encode([str(value) for row in rows for value in row])


def _flat(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [value for row in rows for value in row]
