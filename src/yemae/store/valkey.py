"""Valkey: the client, which runs the scripts of scripts.py.

A script gets every key of its concert, and a clock offset (always 0 outside tests) as the first
argument; the clock itself is Valkey's own. The server itself says whether it is a single server or
part of a cluster; sentinels are named by the address.
"""

import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Self, TypeVar

import structlog
from valkey.asyncio import BlockingConnectionPool
from valkey.asyncio import Valkey as Client
from valkey.exceptions import NoScriptError
from valkey.exceptions import TimeoutError as ValkeyTimeoutError

from yemae.refusals import StoreUnavailable
from yemae.settings import Settings
from yemae.store.away import is_away
from yemae.store.cluster import Cluster
from yemae.store.node import within
from yemae.store.router import Router
from yemae.store.scripts import ScriptCall, script
from yemae.store.sentinel import Sentinels
from yemae.store.valkey_address import read_address

REST_S = 1.0
# To the server, or to each node of a cluster.
CONNECTIONS_MAX = 32
HEALTH_KEY = "yemae:health"
# Not a key that is ever written: it says which master of a cluster is asked for the time.
CLOCK_KEY = "yemae:clock"

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


@script(__file__, ("counter",))
def count_up_lua(*, ttl_s: int) -> int: ...


class Valkey:
    """The connections to the waiting room's store."""

    def __init__(self, settings: Settings, connections_max: int = CONNECTIONS_MAX) -> None:
        # Added to Valkey's clock in every script; only tests set it.
        self.clock_offset_ms = 0
        # After a time-out calls are refused for a moment, so that callers don't queue up behind it.
        self._hangs_until = 0.0
        self._timeout_s = settings.stores.valkey_timeout_s
        self._address = read_address(settings.stores.valkey_url)
        self._options = {
            "decode_responses": True,
            "max_connections": connections_max,
            "timeout": self._timeout_s,
            "socket_timeout": self._timeout_s,
            "socket_connect_timeout": self._timeout_s,
        }
        self._pool = BlockingConnectionPool.from_url(self._address.urls[0], **self._options)
        self._client = Client(connection_pool=self._pool)
        self._command: Callable[..., Awaitable[Any]] = self._client.execute_command
        # Where there are several servers: finds the one that has a key.
        self._router: Router | None = None
        # A Unix socket never belongs to a cluster.
        self._is_known = self._address.urls[0].startswith("unix:")
        if self._address.primary or len(self._address.urls) > 1:
            self._become_several()

    async def __aenter__(self) -> Self:
        """Connections are opened when they are needed."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()
        await self._pool.aclose()
        if self._router:
            await self._router.close()

    async def ping(self) -> None:
        """Raise StoreUnavailable unless Valkey answers."""
        await self._ask(self._ping())

    async def try_to_write(self) -> None:
        """Raise StoreUnavailable unless Valkey takes a write. Nothing of it stays."""
        await self._ask(self._try_to_write())

    async def time_s(self) -> float:
        """Unix seconds by the clock of the server; of a cluster, by that of one of its masters."""
        seconds, microseconds = await self._ask(self._send(CLOCK_KEY, "TIME"))
        return int(seconds) + int(microseconds) / 1e6

    async def run(self, call: ScriptCall[Answer], keys: Sequence[str]) -> Answer:
        """Run a script."""
        script = call.script
        given = (len(keys), *keys, str(self.clock_offset_ms), *call.packed)
        try:
            answer = await self._ask(self._send(keys[0], "EVALSHA", script.sha, *given))
        except NoScriptError:
            answer = await self._ask(self._send(keys[0], "EVAL", script.text, *given))
        return script.decode(answer)

    async def count_up(self, key: str, ttl_s: int) -> int:
        """Add one to a counter that disappears `ttl_s` after its first count."""
        return await self.run(count_up_lua(ttl_s=ttl_s), [key])

    async def forget(self, key: str) -> None:
        """Remove a key."""
        await self._ask(self._send(key, "DEL", key))

    async def _ping(self) -> None:
        await self._find_out()
        await (self._router.ping() if self._router else self._one("PING"))

    async def _try_to_write(self) -> None:
        await self._ping()
        # Refused like any write that needs memory, but an empty text makes no key.
        await self._send(HEALTH_KEY, "SETRANGE", HEALTH_KEY, "0", "")

    async def _send(self, key: str, *command: Any) -> Any:
        """One command to the server that has the key."""
        if not self._is_known:
            await self._find_out()
        if self._router:
            return await self._router.ask(key, *command)
        return await self._one(*command)

    async def _one(self, *command: Any) -> Any:
        """One command to the one server, with everything that it takes: a connection, the greeting
        and the answer."""
        return await within(self._timeout_s, self._command(*command))

    async def _find_out(self) -> None:
        """Ask the server, once, whether it belongs to a cluster."""
        if not self._is_known:
            info = await self._one("INFO", "cluster")
            if info["cluster_enabled"] and not self._is_known:
                self._become_several()
            self._is_known = True

    def _become_several(self) -> None:
        limits = {"patience_s": self._timeout_s, "rest_s": REST_S}
        if self._address.primary:
            self._router = Sentinels(self._address, self._options, **limits)
        else:
            self._router = Cluster(self._address.urls, self._options, **limits)
        self._is_known = True

    async def _ask(self, asking: Coroutine[Any, Any, Any]) -> Any:
        if time.monotonic() < self._hangs_until:
            asking.close()
            raise StoreUnavailable
        try:
            return await asking
        except NoScriptError:
            raise
        except Exception as error:
            if not is_away(error):
                raise
            log.debug("valkey away", error=repr(error))
            # Where there are several servers, each rests by itself.
            if isinstance(error, ValkeyTimeoutError) and not self._router:
                self._hangs_until = time.monotonic() + REST_S
            raise StoreUnavailable from error
