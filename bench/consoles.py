"""The row of the operators' consoles: holds while five consoles watch the sale.

Each console has the live stream of the concert (`/v1/admin/concerts/{id}/live`) open, on a
connection of its own, as an operator's browser has. A run counts when every console has heard of
the holds.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec

from bench.crowd import crowd_of
from bench.load import HOST, get
from bench.sale import Sale
from bench.serving import Bench
from bench.stage import SALE
from bench.timed import Shot
from yemae.accounts.access import OPERATOR

CONSOLES = 5
OPEN_WAIT_S = 30.0
# Counts of a process reach the streams within two seconds.
HEARD_WAIT_S = 10.0
EVENT = b"event: queue\ndata: "


class Consoles:
    """Measures, each time with new streams."""

    def __init__(self, bench: Bench, sale: Sale) -> None:
        self._bench = bench
        self._sale = sale

    async def holds_beside(self) -> Shot:
        """One run of holds."""
        async with crowd_of(self._bench) as crowd:
            operator = crowd.authorization("bench-operator", OPERATOR)
        async with AsyncExitStack() as stack:
            opened = [
                await stack.enter_async_context(_watching(self._bench.port, operator))
                for _ in range(CONSOLES)
            ]
            shot = await self._sale.hold_distinct()
            for has_heard in opened:
                await asyncio.wait_for(has_heard.wait(), HEARD_WAIT_S)
        return shot


@asynccontextmanager
async def _watching(port: int, authorization: str) -> AsyncIterator[asyncio.Event]:
    """A console. Gives what is set when it hears of a hold that is newer than its stream."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(get(f"/v1/admin/concerts/{SALE.concert_id}/live", authorization=authorization))
    has_begun, has_heard = asyncio.Event(), asyncio.Event()

    async def read() -> None:
        rest, first = b"", -1
        while data := await reader.read(1 << 16):
            *events, rest = (rest + data).split(b"\n\n")
            for event in events:
                at = event.find(EVENT)
                if at >= 0:
                    holds = msgspec.json.decode(event[at + len(EVENT) :])["figures"]["holds"]
                    if not has_begun.is_set():
                        first = holds
                        has_begun.set()
                    elif holds > first:
                        has_heard.set()
        raise AssertionError("a console's stream has ended")

    reading = asyncio.create_task(read())
    try:
        await asyncio.wait_for(has_begun.wait(), OPEN_WAIT_S)
        yield has_heard
    finally:
        reading.cancel()
        writer.close()
