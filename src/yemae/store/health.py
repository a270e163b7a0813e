"""Whether the stores work, asked once a second on connections of their own.

Always holds: what is said is from memory, so asking costs nothing and is answered at once under any
load; and a check that has not come back in time says so by its age. A check is what a sale needs: a
commit that waits for the synchronous standbys, a page on the disk, a write that Valkey accepts.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from valkey.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError
from valkey.exceptions import TimeoutError as ValkeyTimeoutError

from yemae.base import metrics
from yemae.refusals import StoreUnavailable
from yemae.settings import Settings
from yemae.settings.stores import statement_timeout_s
from yemae.store.address import WritableConnection, is_read_only
from yemae.store.away import is_away
from yemae.store.serving_keys import connection_name
from yemae.store.valkey import Valkey

CHECK_EVERY_S = 1.0
# A check that takes longer than this hangs.
CHECK_MAX_S = 3.0
OK = "ok"
STARTING = "starting"
HANGS = "hangs"
AWAY = "away"

# Rows of a temporary table go to the disk, and to no log; they are gone with the commit.
MAKE_ROOM = "create temporary table yemae_health (filler text) on commit delete rows"
# One transaction. The message is in the write-ahead log alone, so that its commit is written to the
# disk, and waits for standbys as that of an order does.
CHECK = """
select current_setting('transaction_read_only');
insert into pg_temp.yemae_health values ('x');
select pg_logical_emit_message(true, 'yemae', '')"""
POSTGRES_SAYS = (
    (psycopg.errors.ReadOnlySqlTransaction, "read-only"),
    (psycopg.errors.DiskFull, "full"),
    (psycopg.errors.QueryCanceled, HANGS),
    (TimeoutError, HANGS),
)
VALKEY_SAYS = (
    (OutOfMemoryError, "full"),
    (ReadOnlyError, "replica"),
    (ValkeyTimeoutError, HANGS),
    (TimeoutError, HANGS),
)
# It answers, and keeps nothing: it cannot save, or has fewer replicas than it wants.
VALKEY_WORDS = {"MISCONF": "not saving", "NOREPLICAS": "too few replicas"}

log = structlog.get_logger(__name__)


class Checked:
    """What the latest check of one store found."""

    def __init__(self, store: str) -> None:
        self._store = store
        self._found = STARTING
        self._asked_at: float | None = None
        self.is_known = asyncio.Event()

    @property
    def state(self) -> str:
        """`ok`, or one or two words for what is wrong."""
        if self._asked_at is not None and time.monotonic() - self._asked_at > CHECK_MAX_S:
            return HANGS
        return self._found

    async def keep_checking(self, check: Callable[[], Awaitable[str]]) -> None:
        """Check again and again; runs until it is cancelled."""
        while True:
            self._asked_at = time.monotonic()
            try:
                found = await check()
            except Exception:
                log.exception("store not checked", store=self._store)
                found = AWAY
            if found != self._found:
                log.log(30 if found != OK else 20, "store", store=self._store, state=found)
            metrics.STORE_OK.labels(self._store).set(found == OK)
            metrics.STORE_STATE.labels(self._store, self._found).set(0)
            metrics.STORE_STATE.labels(self._store, found).set(1)
            self._found, asked_at = found, self._asked_at
            self._asked_at = None
            self.is_known.set()
            await asyncio.sleep(max(0.0, CHECK_EVERY_S - (time.monotonic() - asked_at)))


class StoreHealth:
    """Both stores, as this process finds them."""

    def __init__(self, settings: Settings) -> None:
        self._stores = settings.stores
        self._name = connection_name(settings.stores.secret_key)
        self._valkey = Valkey(settings, connections_max=2)
        self._connection: psycopg.AsyncConnection | None = None
        self._postgres = Checked("postgres")
        self._valkey_checked = Checked("valkey")

    @property
    def postgres(self) -> str:
        """`ok`, `starting`, `away`, `hangs`, `read-only` or `full`."""
        return self._postgres.state

    @property
    def valkey(self) -> str:
        """`ok`, `starting`, `away`, `hangs`, `replica`, `full`, `not saving` or `too few
        replicas`."""
        return self._valkey_checked.state

    def works(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What has to run meanwhile."""
        return (
            self._postgres.keep_checking(self.check_postgres),
            self._valkey_checked.keep_checking(self.check_valkey),
        )

    async def begin(self) -> None:
        """Wait until both were checked, or hang."""
        checks = (self._postgres, self._valkey_checked)
        with suppress(TimeoutError):
            async with asyncio.timeout(CHECK_MAX_S):
                for check in checks:
                    await check.is_known.wait()

    async def close(self) -> None:
        """Give the connections back."""
        await self._valkey.close()
        await self._disconnect()

    async def check_postgres(self) -> str:
        """Whether PostgreSQL commits."""
        try:
            async with asyncio.timeout(self._stores.postgres_connect_timeout_s):
                return await self._commit()
        except Exception as error:
            await self._disconnect()
            return _word(error, POSTGRES_SAYS)

    async def check_valkey(self) -> str:
        """Whether Valkey takes a write."""
        try:
            await self._valkey.try_to_write()
        except StoreUnavailable as unavailable:
            return _word(unavailable.__cause__ or unavailable, VALKEY_SAYS)
        return OK

    async def _commit(self) -> str:
        if self._connection is None:
            limit_s = statement_timeout_s(self._stores.postgres_transaction_timeout_s)
            self._connection = await WritableConnection.connect(
                self._stores.database_url,
                autocommit=True,
                connect_timeout=self._stores.postgres_connect_timeout_s,
                application_name=self._name,
                options=f"-c statement_timeout={limit_s}s",
            )
            await self._connection.execute(MAKE_ROOM)
        cursor = await self._connection.execute(CHECK)
        (read_only,) = await cursor.fetchone() or ("on",)
        if read_only == "on":
            # Another host may be the one that can be written to by now.
            raise psycopg.errors.ReadOnlySqlTransaction
        return OK

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _word(error: BaseException, words: tuple[tuple[type[Exception], str], ...]) -> str:
    """The word for an error; one that is not of a store that is away is raised."""
    for kind, word in words:
        if isinstance(error, kind):
            return word
    if isinstance(error, psycopg.OperationalError) and is_read_only(error):
        return "read-only"
    if isinstance(error, ResponseError):
        for beginning, word in VALKEY_WORDS.items():
            if str(error).startswith(beginning):
                return word
    if isinstance(error, StoreUnavailable) or (isinstance(error, Exception) and is_away(error)):
        return AWAY
    raise error
