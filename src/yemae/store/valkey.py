"""Valkey: the client, and Lua scripts as callable things.

Only this module knows the driver. A script file sits beside the noun that owns it; the folder's
`prelude.lua` goes in front of each. Scripts get every key of their concert and a clock offset
(always 0 outside tests) as the first argument; the clock itself is Valkey's own.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import structlog
from valkey.asyncio import BlockingConnectionPool
from valkey.asyncio import Valkey as Client
from valkey.exceptions import (
    BusyLoadingError,
    NoScriptError,
    OutOfMemoryError,
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

AWAY = (
    ValkeyConnectionError,
    ValkeyTimeoutError,
    BusyLoadingError,
    ReadOnlyError,
    OutOfMemoryError,
    OSError,
)

REST_S = 1.0

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
        # After a time-out nobody asks for a moment, so that callers don't queue up behind it.
        self._hangs_until = 0.0
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

    async def run(self, script: Script, keys: Sequence[str], *args: str | bytes | float) -> Any:
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

    async def forget(self, key: str) -> None:
        """Remove a counter."""
        await self._ask(self._command("DEL", key))

    async def _ask(self, asking: Coroutine[Any, Any, Any] | Awaitable[Any]) -> Any:
        if time.monotonic() < self._hangs_until:
            if isinstance(asking, Coroutine):
                asking.close()
            raise StoreUnavailable
        try:
            return await asking
        except AWAY as error:
            log.debug("valkey away", error=str(error))
            if isinstance(error, ValkeyTimeoutError):
                self._hangs_until = time.monotonic() + REST_S
            raise StoreUnavailable from error
        except ResponseError as error:
            # It answers, but cannot keep what it is told.
            if str(error).startswith(("MISCONF", "CLUSTERDOWN")):
                raise StoreUnavailable from error
            raise
