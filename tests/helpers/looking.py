"""Server processes as a viewer of dates and seats sees them: `own` sells, `other` looks too."""

import contextlib
from collections.abc import AsyncIterator
from typing import NamedTuple

import msgspec

from helpers.concerts import FIRST, HALL, SEATS
from helpers.http import until
from yemae.concerts.seat_map.watch import Watch
from yemae.runtime import Runtime, open_runtime
from yemae.sale import looks
from yemae.sale.batches import Batches, open_batches
from yemae.settings import Settings
from yemae.waiting_room.tokens import EntryToken

PASS = EntryToken(HALL, "viewer", 1, 4_000_000_000)


class Process(NamedTuple):
    """A server process as a viewer sees it."""

    runtime: Runtime
    batches: Batches

    def watch(self) -> Watch | None:
        """The seats in its memory, if they are trusted."""
        return self.runtime.availability.trusted(self.runtime.catalogue.performance(FIRST))

    async def listed(self) -> list[str]:
        """The numbers of the seats that it lists as free, which has to be what it counts."""
        listed = await looks.list_seats(self.runtime, self.batches, PASS, FIRST)
        return [seat["number"] for seat in msgspec.json.decode(listed.body)["seats"]]

    async def left(self) -> int:
        """How many seats of the first date it says are left."""
        return (await looks.list_dates(self.runtime, self.batches, HALL))[0][1]

    async def stored(self) -> list[str]:
        """The free seats as PostgreSQL has them."""
        key = self.runtime.catalogue.performance(FIRST).key
        async with self.runtime.postgres.transaction() as tx:
            rows = await tx.fetch(
                b"select number from seats where performance_key = %(key)s"
                b" and (order_id is null or held_until <= yemae_now()) order by position",
                key=key,
            )
        return [row.number for row in rows]

    async def trusts_its_memory(self) -> None:
        """Wait until lists come from memory."""

        async def trusted() -> bool:
            dates = self.runtime.catalogue.concert(HALL).performances
            watches = [self.runtime.availability.trusted(date) for date in dates]
            return None not in watches

        await until(trusted)

    async def lists(self, wanted: list[str]) -> None:
        """Wait until it lists these seats."""

        async def so() -> bool:
            return await self.listed() == wanted and await self.left() == len(wanted)

        await until(so)


@contextlib.asynccontextmanager
async def process(settings: Settings) -> AsyncIterator[Process]:
    """A process whose lists come from memory."""
    async with open_runtime(settings) as runtime, open_batches(runtime) as batches:
        opened = Process(runtime, batches)
        await opened.trusts_its_memory()
        yield opened


def without(*numbers: str) -> list[str]:
    return [number for number in SEATS if number not in numbers]
