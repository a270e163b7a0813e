"""Places in the queue, in Valkey: each transition is one Lua call for fans of one concert.

A user has at most one place per concert: the user is the member of a sorted set, and the queue
number with its lane is the score.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from yemae.store.valkey import Script, Valkey
from yemae.waiting_room.challenges import Solved
from yemae.waiting_room.keys import PARTS, keys_of
from yemae.waiting_room.pace import Pace
from yemae.waiting_room.tokens import QueueToken

JOIN = Script(__file__, "join")
PLACE = Script(__file__, "place")
PRESENT = Script(__file__, "present")
RESTORE = Script(__file__, "restore")
LEAVE = Script(__file__, "leave")


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
    every_key = keys_of(concert_id) + [f"yemae:{{{concert_id}}}:solved:{each}" for each in minutes]
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
    answer = await valkey.run(PLACE, keys_of(concert_id), *pace, *asked)
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
    found = await valkey.run(PRESENT, keys_of(concert_id), msgspec.msgpack.encode(flat))
    return [places[int(index)] for index in found]


async def restore(
    valkey: Valkey, concert_id: str, places: Sequence[QueueToken], pace: Pace
) -> None:
    """Put lost places back."""
    lost = _flat([(place.user_id, place.number, place.lane) for place in places])
    await valkey.run(RESTORE, keys_of(concert_id), *pace, *lost)


async def leave(valkey: Valkey, concert_id: str, user_id: str, number: int) -> None:
    """Give a place up; giving it up twice is fine."""
    await valkey.run(LEAVE, keys_of(concert_id), user_id, number)


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


def _flat(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [value for row in rows for value in row]
