"""The yardsticks of joins and polls: the Lua call alone, sent by a pipelined client.

The calls are those that the server would send: `places.join` and `places.place` make them, and they
are noted instead of sent. One connection then writes them as bytes, as many ahead as PIPELINED, and
only counts the answers. `ok` counts fans, BATCH for each call; latencies are of a call.
"""

import asyncio
import time
from array import array
from collections import deque
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import libvalkey

from bench.line_store import PATIENT, LineStore, new_fans
from bench.load import LoadError
from bench.results import percentile
from bench.serving import Bench
from bench.stage import LINE
from bench.timed import Shot
from yemae.store.scripts import Script, ScriptCall
from yemae.store.valkey import Valkey
from yemae.waiting_room import places
from yemae.waiting_room.places import Joining

BATCH = 64
PIPELINED = 4
CALLS_MAX = 2_000
READ_BYTES = 1 << 16


class Noted(list[bytes]):
    """Takes the place of Valkey's client, and records the commands."""

    script: Script[..., Any]

    async def run(self, call: ScriptCall[Any], keys: Sequence[str]) -> Any:
        """Note one call as Valkey would get it; it is answered with nothing."""
        self.script = call.script
        words: tuple[str | int | bytes, ...] = (
            "EVALSHA",
            self.script.sha,
            len(keys),
            *keys,
            "0",
            *call.packed,
        )
        self.append(libvalkey.pack_command(words))
        return []


class Scripts:
    """Measures, each time with calls of its own."""

    def __init__(self, bench: Bench, *, seconds: float, calls: int = CALLS_MAX) -> None:
        self._bench = bench
        self._seconds = seconds
        self._calls = calls

    async def join(self) -> Shot:
        """One run of joins by new fans."""
        noted = Noted()
        for _ in range(self._calls):
            fans = [Joining(user_id) for user_id in new_fans(BATCH)]
            await places.join(cast("Valkey", noted), LINE.concert_id, fans, PATIENT)
        return await self._measure(noted.script, noted)

    async def place(self) -> Shot:
        """One run of exact polls."""
        store = LineStore(self._bench.settings)
        try:
            tokens = await store.fill(LINE.concert_id, BATCH * 100, BATCH * 100)
        finally:
            await store.close()
        noted = Noted()
        for start in range(0, len(tokens) - BATCH, BATCH):
            some = tokens[start : start + BATCH]
            await places.place(cast("Valkey", noted), LINE.concert_id, some, PATIENT)
        return await self._measure(noted.script, noted * (1 + self._calls // len(noted)))

    async def _measure(self, script: Script[..., Any], calls: Sequence[bytes]) -> Shot:
        path = unquote(urlsplit(self._bench.settings.stores.valkey_url).path)
        reader, writer = await asyncio.open_unix_connection(path, limit=READ_BYTES)
        try:
            async with asyncio.timeout(self._seconds + 15):
                writer.write(libvalkey.pack_command(("SCRIPT", "LOAD", script.text)))
                await reader.readuntil(script.sha.encode() + b"\r\n")
                return await pipelined(reader, writer, calls, self._seconds)
        finally:
            writer.close()


async def pipelined(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    calls: Sequence[bytes],
    seconds: float,
) -> Shot:
    """Write the calls, PIPELINED ahead of the answers, until the time or the calls run out."""
    answers = libvalkey.Reader()
    waiting: deque[float] = deque()
    latencies = array("d")
    left = iter(calls)
    began = time.perf_counter()
    while True:
        while len(waiting) < PIPELINED and time.perf_counter() < began + seconds:
            call = next(left, None)
            if call is None:
                break
            waiting.append(time.perf_counter())
            writer.write(call)
        if not waiting:
            break
        answers.feed(await reader.read(READ_BYTES))
        while (answer := answers.gets()) is not False:
            if isinstance(answer, Exception):
                raise LoadError(f"Valkey: {answer}")
            latencies.append(time.perf_counter() - waiting.popleft())
    took_s = time.perf_counter() - began
    in_order = array("d", sorted(latencies))
    return Shot(
        rate=len(latencies) * BATCH / took_s,
        ok=len(latencies) * BATCH,
        answers=len(latencies) * BATCH,
        p50_ms=percentile(in_order, 0.50) * 1000,
        p99_ms=percentile(in_order, 0.99) * 1000,
    )
