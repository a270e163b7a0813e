"""The lines of the server under test, from behind: filling them, and what Valkey says of itself."""

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import uuid_utils
from valkey.asyncio import Valkey as Client

from yemae.settings import Settings
from yemae.store.scripts import Script
from yemae.store.valkey import Valkey
from yemae.waiting_room import admission, counts, losses, passes, places, queue_numbers
from yemae.waiting_room.pace import Pace
from yemae.waiting_room.places import Joining, JoinRules
from yemae.waiting_room.tokens import QueueToken

# Small enough that no call takes long; the figures of the calls begin after the filling.
FILL_BATCH = 500
# They are present for as long as the bench lasts.
PATIENT = Pace(absent_after_ms=3_600_000, at_front_ms=1_000, per_place_ms=10, longest_ms=60_000)
SLOW_US = 200
SLOW_ENTRIES = 5_000


class Slowest(NamedTuple):
    """The slowest call of Valkey's slow log: which script, and how long."""

    name: str
    ms: float


class Draw(NamedTuple):
    """What a join before the opening of a draw goes by."""

    seed: bytes
    opens_at_ms: int


def _drawn(draw: Draw | None, concert_id: str, fan: str) -> int | None:
    return None if draw is None else queue_numbers.drawn_number(draw.seed, concert_id, fan)


def new_fans(count: int) -> list[str]:
    """Ids of fans as sign-up gives them."""
    return [str(uuid_utils.uuid7()) for _ in range(count)]


class LineStore:
    """The bench's own connections to the server's Valkey."""

    def __init__(self, settings: Settings) -> None:
        self.valkey = Valkey(settings)
        path = unquote(urlsplit(settings.stores.valkey_url).path)
        self._client = Client(unix_socket_path=path, decode_responses=True)

    async def close(self) -> None:
        """Give the connections back."""
        await self.valkey.close()
        await self._client.aclose()

    async def fill(
        self,
        concert_id: str,
        count: int,
        keep: int,
        *,
        pace: Pace = PATIENT,
        draw: Draw | None = None,
    ) -> list[QueueToken]:
        """Let `count` new fans join. Returns the places of `keep` of them, or all if fewer,
        chosen by lot; never the first to come, who may come in."""
        kept: list[QueueToken] = []
        share = min(1.0, keep / max(1, count))
        for start in range(0, count, FILL_BATCH):
            fans = new_fans(min(FILL_BATCH, count - start))
            joining = [Joining(fan, drawn_number=_drawn(draw, concert_id, fan)) for fan in fans]
            rules = JoinRules(opens_at_ms=0 if draw is None else draw.opens_at_ms)
            standings = await places.join(self.valkey, concert_id, joining, pace, rules)
            tokens = [
                QueueToken(concert_id, fan, place.number)
                for fan, place in zip(fans, standings, strict=True)
            ]
            chosen = random.sample(tokens, round(len(tokens) * share))
            kept += [token for token in chosen if start or token != tokens[0]]
        return kept

    async def waiting(self, concert_id: str) -> int:
        """How many are in line."""
        return (await counts.snapshot(self.valkey, concert_id)).waiting

    async def used_bytes(self) -> int:
        """Valkey's memory, without what its log and its clients hold for a moment."""
        found: dict[str, Any] = await self._client.info("memory")
        passing = ("mem_aof_buffer", "mem_clients_normal", "mem_clients_slaves")
        return int(found["used_memory"]) - sum(int(found.get(name, 0)) for name in passing)

    async def reset_counts(self) -> None:
        """Begin to count commands, and to note slow ones, anew."""
        await self._client.config_set("slowlog-log-slower-than", SLOW_US)
        await self._client.config_set("slowlog-max-len", SLOW_ENTRIES)
        await self._client.slowlog_reset()
        await self._client.config_resetstat()

    async def slowest(self) -> Slowest:
        """The slowest call since the counts began; 0 ms when none was worth a note."""
        names = _names()
        entries: Sequence[dict[str, Any]] = await self._client.slowlog_get(SLOW_ENTRIES)
        if not entries:
            return Slowest("none", 0.0)
        worst = max(entries, key=lambda entry: int(entry["duration"]))
        words = worst["command"]
        text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        sha = next((word for word in text.split() if word in names), "")
        return Slowest(names.get(sha, text[:40]), int(worst["duration"]) / 1000)

    async def longest(self, call: Callable[[], Awaitable[Any]]) -> Slowest:
        """The longest script that a call of the bench's own runs."""
        await self._client.config_set("slowlog-log-slower-than", 0)
        await self._client.slowlog_reset()
        try:
            await call()
            return await self.slowest()
        finally:
            await self._client.config_set("slowlog-log-slower-than", SLOW_US)
            await self._client.slowlog_reset()

    async def commandstats(self) -> dict[str, dict[str, float]]:
        """Calls and microseconds per call of each command since the counts began."""
        found: dict[str, Any] = await self._client.info("commandstats")
        return {
            name.removeprefix("cmdstat_"): {
                "calls": int(numbers["calls"]),
                "usec_per_call": float(numbers["usec_per_call"]),
            }
            for name, numbers in sorted(found.items(), key=lambda item: -float(item[1]["usec"]))
        }


def _names() -> dict[str, str]:
    """The name of each script by its SHA-1."""
    modules = (admission, counts, losses, passes, places)
    found = [value for module in modules for value in vars(module).values()]
    return {value.sha: value.name for value in found if isinstance(value, Script)}
