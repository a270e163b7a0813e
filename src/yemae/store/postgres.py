"""PostgreSQL: the pool, and one transaction as the rest of the program sees it.

Only this package knows the driver. `send` queues a statement without waiting, and reading any
answer sends all that are queued and waits for their answers, so statements that do not depend on
each other share a round trip. Returning commits, in one round trip with what is still queued;
raising rolls back.
"""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, Self, overload
from uuid import UUID

import psycopg
import structlog
from msgspec import to_builtins

from yemae.refusals import Refusal, StoreUnavailable
from yemae.settings import Settings
from yemae.store import connection_pool
from yemae.store.away import commit_is_in_doubt, is_away
from yemae.store.connection_pool import RECONNECT_S
from yemae.store.pipeline import Pipeline, PooledConnection, Reply
from yemae.store.queries import Query, Row, numbered

# How often it is asked whether the server answers, and which part of a transaction's limit it has.
WATCH_S = 1.0
WATCH_PATIENCE = 3 / 8

log = structlog.get_logger(__name__)

ANY_PLAN = numbered(b"""
select set_config(name, 'on', true)
from unnest('{enable_seqscan,enable_hashjoin,enable_mergejoin}'::text[]) as s (name)""")
OFFSET_CLOCK = numbered(b"select set_config('yemae.clock_offset', %(offset)s, true)")


class Sent(Generic[Row]):
    """A statement on its way; its rows come when asked for."""

    def __init__(
        self, pipeline: Pipeline, answer: Reply, make: Callable[[Sequence[Any]], Row] | None
    ) -> None:
        self._pipeline, self._answer, self._make = pipeline, answer, make

    async def rows(self) -> list[Row]:
        """Every row."""
        return await self._pipeline.rows(self._answer, self._make)

    async def row(self) -> Row | None:
        """The first row, or None."""
        return next(iter(await self.rows()), None)

    async def one(self) -> Row:
        """The row of a statement that always has one."""
        row = await self.row()
        assert row is not None, "a statement that always has a row has none"
        return row


class NoRows(Sent[Row]):
    """Stands for the answer to a statement that was not sent."""

    def __init__(self) -> None:
        pass

    async def rows(self) -> list[Row]:
        """No row."""
        return []

    async def row(self) -> None:
        """None."""


class Transaction:
    """What a noun may do inside a transaction that its caller opened."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    @overload
    async def send(self, query: Query[Row], **params: object) -> Sent[Row]: ...

    @overload
    async def send(self, query: bytes, **params: object) -> Sent[Any]: ...

    async def send(self, query: Query[Any] | bytes, **params: object) -> Sent[Any]:
        """Queue a statement; its parameters are bound by name. Rows of one that is not a Query are
        named tuples with the names of its columns."""
        text, make = (query, None) if isinstance(query, bytes) else (query.text, query.make)
        bound = {name: _bound(value) for name, value in params.items()}
        return Sent(self._pipeline, self._pipeline.send(numbered(text), bound), make)

    async def execute(self, query: bytes, **params: object) -> None:
        """Queue a statement whose rows are of no interest."""
        await self.send(query, **params)

    @overload
    async def fetch(self, query: Query[Row], **params: object) -> list[Row]: ...

    @overload
    async def fetch(self, query: bytes, **params: object) -> list[Any]: ...

    async def fetch(self, query: Query[Any] | bytes, **params: object) -> list[Any]:
        """Send a statement and wait for its rows."""
        return await (await self.send(query, **params)).rows()


class Postgres:
    """The pool of connections to the one truth.

    `transaction_timeout_s`: for work that takes longer than a request may. Its statements and
    transactions have more time; nothing waits longer for a lock, which others may wait for too.
    """

    def __init__(self, settings: Settings, *, transaction_timeout_s: int | None = None) -> None:
        stores = settings.stores
        # Added to the store's clock in every transaction; only tests set it.
        self.clock_offset_s = 0.0
        self._reconnected_at = -RECONNECT_S
        self._deadline_s = transaction_timeout_s or stores.postgres_transaction_timeout_s
        self._pool = connection_pool.make(stores, self._deadline_s)

    async def __aenter__(self) -> Self:
        """Connect. Raises PoolTimeout when the store is away."""
        try:
            await connection_pool.connect(self._pool)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self, *, frozen: bool = False) -> AsyncIterator[Transaction]:
        """One transaction, read committed. Raises StoreUnavailable when the store is away.

        A frozen one only reads, whole tables if it wants, and every statement of it sees the same
        moment.
        """
        is_body_done = False
        used: PooledConnection | None = None
        try:
            async with (
                self._pool.connection() as used,
                deadline(used, self._deadline_s),
                _pipelined(used, frozen=frozen) as pipeline,
            ):
                if frozen:
                    pipeline.send(ANY_PLAN, {})
                if self.clock_offset_s:
                    offset = {"offset": f"{self.clock_offset_s} seconds"}
                    pipeline.send(OFFSET_CLOCK, offset)
                yield Transaction(pipeline)
                is_body_done = True
        except Refusal:
            raise
        except psycopg.errors.LockNotAvailable as error:
            raise _locked() from error
        except Exception as error:
            # The connection broke, maybe during the commit: the outcome is unknown, so this is
            # never retried here. A client's retry with the same key finds out.
            if not (is_away(error) or (is_body_done and commit_is_in_doubt(error))):
                raise
            if used and (used.broken or isinstance(error, psycopg.errors.ReadOnlySqlTransaction)):
                await self._reconnect()
            raise StoreUnavailable from error

    async def keep_watching(self) -> None:
        """Notice a server that hangs, before fans do; runs until it is cancelled."""
        patience_s = self._deadline_s * WATCH_PATIENCE
        while True:
            await asyncio.sleep(WATCH_S)
            used: PooledConnection | None = None
            try:
                async with self._pool.connection() as used, deadline(used, patience_s):
                    await used.execute("select 1")
            except Exception as error:
                log.warning("postgresql does not answer", error=repr(error))
                if used is not None and used.broken:
                    await self._reconnect()

    async def _reconnect(self) -> None:
        """Let go of every connection: what hangs, was demoted or restarted is so for all."""
        now = time.monotonic()
        if now - self._reconnected_at >= RECONNECT_S:
            self._reconnected_at = now
            await self._pool.drain()


@asynccontextmanager
async def _pipelined(connection: PooledConnection, *, frozen: bool) -> AsyncIterator[Pipeline]:
    """A transaction that is committed after the block. After an error the pool rolls it back."""
    pipeline = Pipeline(connection)
    try:
        pipeline.begin(frozen=frozen)
        yield pipeline
        await pipeline.commit()
    except BaseException:
        await pipeline.abandon()
        raise


def _locked() -> StoreUnavailable:
    """A row was locked elsewhere for longer than a transaction waits."""
    refusal = StoreUnavailable()
    refusal.is_locked = True
    return refusal


def _bound(value: object) -> object:
    """A list as PostgreSQL's own text for an array, which the statement casts to its type. The
    driver would look at each element for its type first, which is most of what a batch costs it."""
    if not isinstance(value, list):
        return value
    # A batch has a dozen such elements for each request, so they are looked at all at once.
    kinds = set(map(type, value))
    if kinds == {UUID}:
        return "{" + ",".join(to_builtins(value)) + "}"
    if kinds == {int}:
        return "{" + ",".join(map(str, value)) + "}"
    if kinds == {str}:
        joined = '","'.join(value)
        if "\\" not in joined and joined.count('"') == 2 * (len(value) - 1):
            return f'{{"{joined}"}}'
    return "{" + ",".join(map(_element, value)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "null"
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


@asynccontextmanager
async def deadline(connection: psycopg.AsyncConnection[Any], seconds: float) -> AsyncIterator[None]:
    """Cut the connection after this time, even when the server or the network hangs.

    The server's own statement_timeout does not help when the server is what hangs, and cancelling
    would wait for its answer; a socket that is shut down ends every wait with an OperationalError.
    """
    timer = asyncio.get_running_loop().call_later(seconds, _cut, connection)
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: psycopg.AsyncConnection[Any]) -> None:
    with socket.socket(fileno=os.dup(connection.fileno())) as twin:
        twin.shutdown(socket.SHUT_RDWR)
