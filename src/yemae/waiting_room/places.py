"""Places in the queue, in Valkey: each transition is an atomic Lua call for fans of one concert.

A user has at most one place per concert: the user is the member of a sorted set, and the queue
number with its lane is the score.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from yemae.store.scripts import ScriptRow, script
from yemae.store.valkey import Valkey
from yemae.waiting_room.challenges import Solved
from yemae.waiting_room.keys import PARTS, keys_of
from yemae.waiting_room.pace import Pace
from yemae.waiting_room.steps import steps
from yemae.waiting_room.tokens import QueueToken

# Whether a fan gave a presale code, and which; `needed`: they gave none, and a new place takes one.
CodeWord = Literal["", "right", "wrong", "needed"]


class Joining(NamedTuple):
    """A fan who asks for a place."""

    user_id: str
    lane: int = 0
    # The fan's number if they join before the opening; None: there is no draw.
    drawn_number: int | None = None
    # Empty: joins from there are not counted.
    address: str = ""
    # The challenge that the fan has solved.
    solved: Solved | None = None
    code: CodeWord = ""


# As join.lua and place.lua say it; what each says is at Standing.
Word = Literal[
    "waiting",
    "admitted",
    "ended",
    "lost",
    "refused",
    "unproven",
    "used",
    "wrong_code",
    "code_needed",
    "too_many",
]
JoinDoor = Literal["line", "straight in", "closed"]


class JoinRules(NamedTuple):
    """What decides about new places."""

    # `straight in`: fans do not wait once the sale is open; `closed`: no new places.
    door: JoinDoor = "line"
    opens_at_ms: int = 0
    entry_ttl_s: int = 0
    # 0: no limit.
    joins_per_address: int = 0
    # Above 0: a new place takes a solved challenge, which is remembered for this many seconds.
    proof_kept_s: int = 0
    # An address with this many wrong presale codes in a minute can use no code for the rest of it.
    wrong_codes_max: int = 0


LINE = JoinRules()


class Standing(NamedTuple):
    """Where a fan stands. `word` is waiting, admitted, ended or lost; of a join also refused (no
    new places), unproven (no challenge was solved), used (the challenge has already given a place),
    wrong_code, code_needed, or too_many (joins or wrong codes from this address; `retry_after_s` is
    the time to wait)."""

    word: Word
    number: int
    lane: int
    # Waiting: how many are ahead in the lane, and how many wait in it.
    ahead: int = 0
    waiting: int = 0
    # Admitted: when the pass ends, Unix milliseconds.
    pass_ends_at_ms: int = 0
    # Join only: whether this call gave the place.
    new: bool = False
    retry_after_s: int = 0


class Wanted(ScriptRow):
    """What join.lua takes for each fan."""

    user: str
    lane: int
    drawn: int
    address: str
    solved: str
    minute: int
    code: CodeWord


class Joined(ScriptRow):
    """What join.lua returns for each fan."""

    word: Word
    number: int
    lane: int
    value: int
    waiting: int
    age: str


class Asked(ScriptRow):
    """What place.lua takes for each fan."""

    user: str
    token: int


class Placed(ScriptRow):
    """What place.lua returns for each fan."""

    word: Word
    number: int
    lane: int
    value: int
    waiting: int


class Present(ScriptRow):
    """What present.lua takes for each fan."""

    user: str
    number: int
    lane: int
    present_ms: int


class Lost(ScriptRow):
    """What restore.lua takes for each fan."""

    user: str
    number: int
    lane: int


class SeenPlace(NamedTuple):
    """What standing.lua returns: a place as operators see it."""

    word: Literal["waiting", "absent", "admitted", "over", "none"]
    # `over`: of the last place.
    number: str
    lane: int
    ahead: int
    # Unix milliseconds; of a pass, or of the place of an absent fan.
    ends_at: int


@script(__file__, (*PARTS, "used..."))
def join_lua(*, rules: JoinRules, pace: Pace, each: Sequence[Wanted]) -> list[Joined]: ...
@script(__file__, PARTS)
def place_lua(*, pace: Pace, each: Sequence[Asked]) -> list[Placed]: ...
@script(__file__, PARTS)
def present_lua(*, each: Sequence[Present]) -> list[int]: ...
@script(__file__, PARTS)
def restore_lua(*, pace: Pace, each: Sequence[Lost]) -> None: ...
@script(__file__, PARTS)
def leave_lua(*, user: str, number: str) -> None: ...
@script(__file__, PARTS)
def reopen_lua(*, user: str, number: str, place_ttl_s: int) -> int: ...
@script(__file__, PARTS)
def standing_lua(*, user: str) -> SeenPlace: ...


async def join(
    valkey: Valkey, concert_id: str, fans: Sequence[Joining], pace: Pace, rules: JoinRules = LINE
) -> list[Standing]:
    """Give each fan their place, the one they have or a new one."""
    minutes = sorted({fan.solved.minute for fan in fans if fan.solved is not None})
    used = [f"yemae:{{{concert_id}}}:solved:{minute}" for minute in minutes]
    joined: list[Joined] = []
    for some in steps([_wanted(fan, minutes) for fan in fans]):
        call = join_lua(rules=rules, pace=pace, each=some)
        answer = await valkey.run(call, keys_of(concert_id) + used)
        joined += answer
    return [
        _standing(at.word, at.number, at.lane, at.value, at.waiting, new=at.age == "new")
        for at in joined
    ]


async def place(
    valkey: Valkey, concert_id: str, places: Sequence[QueueToken], pace: Pace
) -> list[Standing]:
    """Where each place stands now; asking marks the fan as present."""
    asked = [Asked(place.user_id, place.number) for place in places]
    placed: list[Placed] = []
    for some in steps(asked):
        answer = await valkey.run(place_lua(pace=pace, each=some), keys_of(concert_id))
        placed += answer
    return [_standing(at.word, at.number, at.lane, at.value, at.waiting) for at in placed]


async def note_present(
    valkey: Valkey, concert_id: str, places: Sequence[QueueToken], patience_ms: Sequence[int]
) -> list[QueueToken]:
    """Mark fans as present, each for the time given. Returns the tokens whose place is missing."""
    fans = [
        Present(place.user_id, place.number, place.lane, present_ms)
        for place, present_ms in zip(places, patience_ms, strict=True)
    ]
    elsewhere: list[QueueToken] = []
    for some, tokens in zip(steps(fans), steps(places), strict=True):
        to_look_up = await valkey.run(present_lua(each=some), keys_of(concert_id))
        elsewhere += [tokens[index] for index in to_look_up]
    return elsewhere


async def restore(
    valkey: Valkey, concert_id: str, places: Sequence[QueueToken], pace: Pace
) -> None:
    """Put lost places back."""
    lost = [Lost(place.user_id, place.number, place.lane) for place in places]
    for some in steps(lost):
        await valkey.run(restore_lua(pace=pace, each=some), keys_of(concert_id))


async def standing(valkey: Valkey, concert_id: str, user_id: str) -> SeenPlace:
    """Where a fan stands, without noting that they are present."""
    return await valkey.run(standing_lua(user=user_id), keys_of(concert_id))


async def leave(valkey: Valkey, concert_id: str, user_id: str, number: int) -> None:
    """Give a place up; doing so twice changes nothing."""
    await valkey.run(leave_lua(user=user_id, number=str(number)), keys_of(concert_id))


async def reopen(
    valkey: Valkey, concert_id: str, user_id: str, number: int, place_ttl_s: int
) -> bool:
    """Give a user their last place back, which is over, as an absent fan's. Returns False where
    they have a place, or their last one had another number."""
    call = reopen_lua(user=user_id, number=str(number), place_ttl_s=place_ttl_s)
    return await valkey.run(call, keys_of(concert_id)) == 1


def _wanted(fan: Joining, minutes: list[int]) -> Wanted:
    solved, minute = "", 0
    if fan.solved is not None:
        solved, minute = fan.solved.id.hex(), 1 + minutes.index(fan.solved.minute)
    return Wanted(
        fan.user_id, fan.lane, fan.drawn_number or 0, fan.address, solved, minute, fan.code
    )


def _standing(
    word: Word, number: int, lane: int, value: int, waiting: int, *, new: bool = False
) -> Standing:
    if word == "admitted":
        return Standing(word, number, lane, pass_ends_at_ms=value, new=new)
    if word == "waiting":
        return Standing(word, number, lane, value, waiting, new=new)
    return Standing(word, number, lane, retry_after_s=value)
