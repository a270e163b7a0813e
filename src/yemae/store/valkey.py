"""Valkey: the client, and Lua scripts as callable things.

Only this module knows the driver. A script file sits beside the noun that owns it; the folder's
`prelude.lua` goes in front of each. Scripts get every key of their concert and a clock offset
(always 0 outside tests) as the first argument; the clock itself is Valkey's own.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import structlog
from valkey.asyncio import BlockingConnectionPool
from valkey.asyncio import Valkey as Client
from valkey.exceptions import (
    BusyLoadingError,
    NoScriptError,
    ReadOnlyError,
    ResponseError,
)
from valkey.exceptions import (
    ConnectionError as ValkeyConnectionError,
)
from valkey.exceptions import (
    TimeoutError as ValkeyTimeoutError,
)

from yemae.refusals import StoreUnavailable
from yemae.settings import Settings

AWAY = (ValkeyConnectionError, ValkeyTimeoutError, BusyLoadingError, ReadOnlyError, OSError)

log = structlog.get_logger(__name__)


class Script:
    """One Lua file with its prelude, known to Valkey by its SHA-1."""

    def __init__(self, folder_of: str, name: str) -> None:
        folder = Path(folder_of).parent
        prelude = (folder / "prelude.lua").read_text(encoding="utf-8")
        self.name = name
        self.text = prelude + (folder / f"{name}.lua").read_text(encoding="utf-8")
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


class Valkey:
    """The connection pool to the waiting room's store."""

    def __init__(self, settings: Settings) -> None:
        # Added to Valkey's clock in every script; only tests set it.
        self.clock_offset_ms = 0
        self._pool = BlockingConnectionPool.from_url(
            settings.valkey_url,
            decode_responses=True,
            max_connections=settings.valkey_connections_max,
            timeout=settings.valkey_timeout_s,
            socket_timeout=settings.valkey_timeout_s,
            socket_connect_timeout=settings.valkey_timeout_s,
        )
        self._client = Client(connection_pool=self._pool)
        self._command: Callable[..., Awaitable[Any]] = self._client.execute_command

    async def close(self) -> None:
        """Give every connection back."""
        await self._client.aclose()
        await self._pool.aclose()

    async def ping(self) -> None:
        """Raise StoreUnavailable unless Valkey answers."""
        await self._ask(self._client.ping())

    async def run(self, script: Script, keys: Sequence[str], *args: str | float) -> Any:
        """Run a script; words and numbers come back as text, nil as None."""
        call = (len(keys), *keys, str(self.clock_offset_ms), *args)
        try:
            return await self._ask(self._command("EVALSHA", script.sha, *call))
        except NoScriptError:
            return await self._ask(self._command("EVAL", script.text, *call))

    async def count_up(self, key: str, ttl_s: int) -> int:
        """Add one to a counter that disappears `ttl_s` after its first count."""

        async def both() -> int:
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.incr(key)
                pipe.expire(key, ttl_s, nx=True)
                count, _ = await pipe.execute()
            return int(count)

        return int(await self._ask(both()))

    async def count(self, key: str) -> int:
        """What a counter stands at."""
        return int(await self._ask(self._client.get(key)) or 0)

    async def _ask(self, asking: Any) -> Any:
        try:
            return await asking
        except AWAY as error:
            log.debug("valkey away", error=str(error))
            raise StoreUnavailable from error
        except ResponseError as error:
            # MISCONF and OOM: it answers, but cannot keep what it is told.
            if str(error).startswith(("MISCONF", "OOM", "CLUSTERDOWN")):
                raise StoreUnavailable from error
            raise
