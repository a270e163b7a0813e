"""One concert's waiting room, with a clock that a test can move."""

import asyncio
from typing import Any

from valkey import Valkey as BlockingValkey

from yemae.settings import Settings
from yemae.store.valkey import Valkey
from yemae.values.pass_key import PassKey
from yemae.waiting_room import admission, counts, losses, passes, places
from yemae.waiting_room.admission import Admission, Door, Doors
from yemae.waiting_room.keys import PARTS, keys_of
from yemae.waiting_room.losses import Recovery
from yemae.waiting_room.pace import Pace
from yemae.waiting_room.places import Joining, JoinRules, Standing
from yemae.waiting_room.snapshot import Snapshot, Statistics
from yemae.waiting_room.tokens import QueueToken

CONCERT = "concert"
ABSENT_AFTER_S = 45
# The time after a loss in which no fan is admitted.
WAIT_S = 20
PACE = Pace(ABSENT_AFTER_S * 1000, 1_000, 10, 10_000)


class Room:
    """The transitions of one concert; limits as a test wants them, wide by default."""

    def __init__(self, valkey_url: str, concert_id: str = CONCERT) -> None:
        self.valkey = Valkey(Settings().replace(valkey_url=valkey_url))
        # A second look at what is stored; its driver's types are too wide to be of use.
        self.store: Any = BlockingValkey.from_url(valkey_url, decode_responses=True)
        self.store_url = valkey_url
        self.concert_id = concert_id

    async def close(self) -> None:
        """Give the connections back."""
        await self.valkey.close()
        self.store.close()

    def travel(self, seconds: float) -> None:
        """Let time pass."""
        self.valkey.clock_offset_ms += round(seconds * 1000)

    async def travel_to_second(self, second: float) -> None:
        """Go to the next such moment of a minute, where nothing that counts by the minute begins
        anew in the middle of a test."""
        self.travel((second - await self.now_ms() / 1000) % 60)

    async def now_ms(self) -> int:
        """The room's own time."""
        seconds, micros = await asyncio.to_thread(self.store.time)
        return int(seconds) * 1000 + int(micros) // 1000 + self.valkey.clock_offset_ms

    async def join(self, *users: str, pace: Pace = PACE, **how: Any) -> list[Standing]:
        """All users in one call; `how` as JoinRules has it."""
        fans = [Joining(user) for user in users]
        return await places.join(self.valkey, self.concert_id, fans, pace, JoinRules(**how))

    async def arrive(self, *fans: Joining, pace: Pace = PACE, **how: Any) -> list[Standing]:
        """Fans with lanes, drawn numbers or addresses."""
        return await places.join(self.valkey, self.concert_id, fans, pace, JoinRules(**how))

    async def line_up(self, *users: str) -> dict[str, int]:
        """The numbers of fans who joined in this order."""
        return {
            user: standing.number
            for user, standing in zip(users, await self.join(*users), strict=True)
        }

    def token(self, user: str, number: int, lane: int = 0) -> QueueToken:
        """A place as its token names it."""
        return QueueToken(self.concert_id, user, number, lane)

    async def place(self, user: str, number: int, pace: Pace = PACE) -> Standing:
        """One poll."""
        (standing,) = await self.places({user: number}, pace)
        return standing

    async def places(self, numbers: dict[str, int], pace: Pace = PACE) -> list[Standing]:
        """Everybody polls in one call."""
        tokens = [self.token(*place) for place in numbers.items()]
        return await places.place(self.valkey, self.concert_id, tokens, pace)

    async def begin(self, *users: str) -> dict[str, int]:
        """The numbers of fans who wait in a queue that has begun."""
        numbers = await self.line_up(*users)
        await self.admit(door="shut")
        return numbers

    async def leave(self, user: str, number: int) -> None:
        """Give a place up."""
        await places.leave(self.valkey, self.concert_id, user, number)

    def keys(self) -> dict[str, str]:
        """Part → key."""
        return dict(zip(PARTS, keys_of(self.concert_id), strict=True))

    def is_in(self, part: str, user: str) -> bool:
        """Whether a user is a member of a sorted set."""
        return self.store.zscore(self.keys()[part], user) is not None

    async def restore(self, user: str, number: int, pace: Pace = PACE) -> None:
        """Put a lost place back."""
        await places.restore(self.valkey, self.concert_id, [self.token(user, number)], pace)

    def lose(self, *parts: str) -> None:
        """Lose keys that are there."""
        for part in parts:
            assert self.store.delete(self.keys()[part]), part

    async def restore_held(
        self, user: str, number: int, ends_at_ms: int, entry_ttl_s: int = 600
    ) -> int:
        """Open the pass of a hold again; the number of fans who were not admitted before."""
        held = [(self.key(user, number), ends_at_ms)]
        return await losses.restore_held(self.valkey, self.concert_id, held, entry_ttl_s)

    def key(self, user: str, number: int) -> PassKey:
        """A pass of this room."""
        return PassKey(self.concert_id, user, number)

    async def check(self, user: str, number: int) -> str:
        """One look at a pass."""
        return (await self.own_end(user, number))[0]

    async def extend(self, user: str, number: int, ends_at_ms: int) -> None:
        """A hold keeps the pass open until this time."""
        until = [(self.key(user, number), ends_at_ms)]
        await passes.extend_passes(self.valkey, self.concert_id, until)

    async def end(self, user: str, number: int) -> int:
        """A payment ends the pass: 1, or 0 when it is over already."""
        return await passes.end_passes(self.valkey, self.concert_id, [self.key(user, number)])

    async def own_end(self, user: str, number: int) -> tuple[str, int]:
        """One look at a pass, and its end without its holds in ms."""
        key = self.key(user, number)
        (checked,) = await passes.check_entry(self.valkey, self.concert_id, [key])
        return checked.word, checked.end_ms

    async def restore_pass(self, user: str, number: int, ends_at_s: int, limit: int = 100) -> str:
        """Bring back a pass that was lost."""
        return await passes.restore_pass(self.valkey, self.key(user, number), ends_at_s, limit)

    async def admit(
        self,
        *,
        active_limit: int = 100,
        admit_per_minute: int = 60_000,
        entry_ttl_s: int = 600,
        place_ttl_s: int = 3_600,
        step: int = 500,
        door: Door = "open",
        opens_at_ms: int = 0,
        shares: tuple[int, ...] = (100,),
        at_once: int = 0,
    ) -> Admission:
        """One tick."""
        doors = Doors(
            active_limit, admit_per_minute, entry_ttl_s, place_ttl_s, door, opens_at_ms, shares
        )
        how: dict[str, int] = {"step": step, "at_once": at_once}
        tick = await admission.admit(self.valkey, self.concert_id, doors, **how)
        if tick.lost:
            await self.recover(has_begun=False)
            tick = await admission.admit(self.valkey, self.concert_id, doors, **how)
        return tick

    async def recover(self, *, has_begun: bool = True, inside: int = 0) -> tuple[str, ...]:
        """Begin the queue, or repair it; the parts that were lost."""
        rules = Recovery("generation", has_begun, WAIT_S * 1000, 600, 3_600, inside, 60_000)
        while (lost := await losses.recover(self.valkey, self.concert_id, rules)) is None:
            pass
        return lost

    async def enter(self, user: str, entry_ttl_s: int = 600) -> int:
        """Join and come in; the number."""
        (number,) = (await self.line_up(user)).values()
        assert (await self.admit(entry_ttl_s=entry_ttl_s)).admitted == 1
        return number

    async def snapshot(self, lanes: int = 1) -> Snapshot:
        """The numbers for everybody."""
        return await counts.snapshot(self.valkey, self.concert_id, lanes)

    async def statistics(self) -> Statistics:
        """The numbers for the operator."""
        return await counts.statistics(self.valkey, self.concert_id)

    async def revoke(self, user: str) -> bool:
        """An operator ends a pass."""
        return await passes.revoke(self.valkey, self.concert_id, user) is not None

    async def inside(self) -> set[str]:
        """Who has a pass."""
        passes = keys_of(self.concert_id)[PARTS.index("passes")]
        return set(await asyncio.to_thread(self.store.hkeys, passes))
