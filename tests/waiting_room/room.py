"""One concert's waiting room, as line.py sees it, with a clock that a test can move."""

import asyncio
from typing import Any

from valkey import Valkey as BlockingValkey

from yemae.settings import Settings
from yemae.store.valkey import Valkey
from yemae.waiting_room import line
from yemae.waiting_room.line import Admission, Snapshot, Standing

CONCERT = "concert"


class Room:
    """The transitions of one concert; limits as a test wants them, wide unless told otherwise."""

    def __init__(self, valkey_url: str, concert_id: str = CONCERT) -> None:
        self.valkey = Valkey(Settings(valkey_url=valkey_url))
        # A second look at what is stored; its driver's types are too wide to be of use.
        self.store: Any = BlockingValkey.from_url(valkey_url, decode_responses=True)
        self.concert_id = concert_id

    async def close(self) -> None:
        """Give the connections back."""
        await self.valkey.close()
        self.store.close()

    def travel(self, seconds: float) -> None:
        """Let time pass."""
        self.valkey.clock_offset_ms += round(seconds * 1000)

    async def now_ms(self) -> int:
        """The room's own time."""
        seconds, micros = await asyncio.to_thread(self.store.time)
        return int(seconds) * 1000 + int(micros) // 1000 + self.valkey.clock_offset_ms

    async def join(self, *users: str) -> list[Standing]:
        """Everybody in one call."""
        return await line.join(self.valkey, self.concert_id, users)

    async def line_up(self, *users: str) -> dict[str, int]:
        """The numbers of fans who joined in this order."""
        return {
            user: standing.number
            for user, standing in zip(users, await self.join(*users), strict=True)
        }

    async def place(self, user: str, number: int) -> Standing:
        """One poll."""
        return (await line.place(self.valkey, self.concert_id, [(user, number)]))[0]

    async def check(self, user: str, number: int) -> str:
        """One look at a pass."""
        return (await line.check_entry(self.valkey, self.concert_id, [(user, number)]))[0]

    async def restore_pass(self, user: str, number: int, ends_at_s: int, limit: int = 100) -> str:
        """Bring back a pass that was lost."""
        return await line.restore_pass(
            self.valkey, self.concert_id, user, number, ends_at_s, limit
        )  # fmt: skip

    async def admit(
        self,
        *,
        active_limit: int = 100,
        admit_per_minute: int = 60_000,
        absent_after_s: int = 45,
        entry_ttl_s: int = 600,
        step: int = 500,
        is_open: bool = True,
    ) -> Admission:
        """One tick."""
        return await line.admit(
            self.valkey,
            self.concert_id,
            active_limit=active_limit,
            admit_per_minute=admit_per_minute,
            absent_after_s=absent_after_s,
            entry_ttl_s=entry_ttl_s,
            step=step,
            is_open=is_open,
        )

    async def enter(self, user: str, entry_ttl_s: int = 600) -> int:
        """Join and come in; the number."""
        (number,) = (await self.line_up(user)).values()
        assert (await self.admit(entry_ttl_s=entry_ttl_s)).admitted == 1
        return number

    async def snapshot(self) -> Snapshot:
        """The numbers for everybody."""
        return await line.snapshot(self.valkey, self.concert_id)

    async def inside(self) -> set[str]:
        """Who has a pass."""
        passes = line.keys(self.concert_id)[line.PARTS.index("passes")]
        return set(await asyncio.to_thread(self.store.hkeys, passes))
