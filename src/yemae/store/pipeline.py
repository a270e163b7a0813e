"""The statements of one transaction, in two round trips: those up to the first answer that is
asked for, and the rest with the commit.

The driver's own pipeline sends each statement by itself, and waits for the begin, the writes and
the commit one after the other. This one uses the layer below it, `psycopg.pq`: `send` writes into
libpq's buffer, and the first answer that is asked for has it sent and all answers read. What
always holds:

- answers come in the order of the statements, and after the first failure nothing is carried out
  until the pipeline ends, the commit included;
- a connection that ends here is idle and out of the pipeline, inside a transaction that its pool
  rolls back, or broken; never between two answers;
- a statement is prepared once for each connection.
"""

from collections import deque, namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg import pq
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq.abc import PGresult
from psycopg.waiting import Wait

from yemae.store.address import WritableConnection
from yemae.store.queries import Numbered, numbered

# The names of columns of statements without a row type that are remembered.
ROW_TYPES_MAX = 256
# What a plan of before a migration is answered, and a statement that the session does not have.
FORGET = (psycopg.errors.FeatureNotSupported, psycopg.errors.InvalidSqlStatementName)
BEGIN = numbered(b"begin")
BEGIN_FROZEN = numbered(b"begin isolation level repeatable read read only")
COMMIT = numbered(b"commit")

Values = TypeVar("Values")
# As a value: its fields are known at run time only.
_named: Callable[..., Any] = namedtuple  # noqa: PYI024


class PooledConnection(WritableConnection[NamedTuple]):
    """A connection, with the statements that it has prepared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepared: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        # The names that are given go on from here, so that none is given twice.
        self.prepared_ever = 0
        self.has_to_forget = False
        self.transformer = Transformer(self)


class Reply:
    """What PostgreSQL says to one command, once that was read."""

    def __init__(self, undo: Callable[[], object] | None = None) -> None:
        self.result: PGresult | None = None
        # Called if it fails.
        self.undo = undo


class Pipeline:
    """One transaction's way to PostgreSQL and back."""

    def __init__(self, connection: PooledConnection) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._unread: deque[Reply] = deque()
        self._failure: psycopg.Error | None = None

    def begin(self, *, frozen: bool) -> None:
        """Enter the pipeline mode and begin the transaction."""
        connection = self._connection
        self._pgconn.enter_pipeline_mode()
        if connection.has_to_forget:
            connection.prepared.clear()
            connection.has_to_forget = False
            self._pgconn.send_query_params(b"deallocate all", None)
            self._unread.append(Reply())
        self.send(BEGIN_FROZEN if frozen else BEGIN, {})

    async def commit(self) -> None:
        """Commit. Raises psycopg.Error; then nothing is committed, or the connection broke."""
        self.send(COMMIT, {})
        await self._synchronise()
        self._pgconn.exit_pipeline_mode()

    async def abandon(self) -> None:
        """Leave the pipeline mode, whatever the answers are that were not read; the transaction is
        the pool's to roll back. A connection that cannot leave it is closed."""
        try:
            with suppress(psycopg.Error):
                await self._synchronise()
        finally:
            if self._unread or self._pgconn.status != pq.ConnStatus.OK:
                await self._connection.close()
            else:
                self._pgconn.exit_pipeline_mode()

    async def _synchronise(self) -> None:
        self._pgconn.pipeline_sync()
        self._unread.append(Reply())
        await self._read()

    def send(self, statement: Numbered, params: Mapping[str, object]) -> Reply:
        """Queue a statement. Raises KeyError when a parameter is missing."""
        transformer = self._connection.transformer
        values = [params[name] for name in statement.names]
        bound = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types = transformer.types or ()
        name = self._connection.prepared.get((statement.text, types))
        if name is None:
            name = self._prepare(statement.text, types)
        self._pgconn.send_query_prepared(name, bound, transformer.formats)
        answer = Reply()
        self._unread.append(answer)
        return answer

    def _prepare(self, text: bytes, types: tuple[int, ...]) -> bytes:
        prepared = self._connection.prepared
        self._connection.prepared_ever += 1
        name = prepared[text, types] = b"yemae_%d" % self._connection.prepared_ever
        self._pgconn.send_prepare(name, text, types)
        self._unread.append(Reply(undo=partial(prepared.pop, (text, types), None)))
        return name

    async def rows(
        self, answer: Reply, make: Callable[[Sequence[Any]], Values] | None
    ) -> list[Values]:
        """The rows of an answer. The first one that is asked for brings all that were queued
        before. Raises the first failure, a psycopg.Error."""
        if answer.result is None or self._failure is not None:
            self._pgconn.send_flush_request()
            await self._read()
        result = answer.result
        assert result is not None, "an answer was not read"
        transformer = self._connection.transformer
        transformer.set_pgresult(result)
        names = (result.fname(place) or b"" for place in range(result.nfields))
        return transformer.load_rows(0, result.ntuples, make or _row_type(*names))

    async def _read(self) -> None:
        """Send what is queued and read every answer. Raises the first failure."""
        await self._connection.wait(self._exchange())
        if self._failure is not None:
            raise self._failure

    def _exchange(self) -> PQGen[None]:
        pgconn, unread = self._pgconn, self._unread
        while True:
            is_sent = pgconn.flush() == 0
            while unread and not pgconn.is_busy():
                self._take(pgconn.get_result())
            if is_sent and not unread:
                return
            yield Wait.R if is_sent else Wait.RW
            pgconn.consume_input()

    def _take(self, result: PGresult | None) -> None:
        """A result belongs to the oldest command that is not over. None ends a command, and a
        synchronisation is over with its result."""
        answer = self._unread[0]
        if result is None:
            if answer.result is None:
                raise self._failure or psycopg.OperationalError("the connection is lost")
            self._unread.popleft()
            return
        answer.result = result
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            self._unread.popleft()
        elif result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            self._fail(answer, result)

    def _fail(self, answer: Reply, result: PGresult) -> None:
        if answer.undo is not None:
            answer.undo()
        if self._failure is None:
            self._failure = psycopg.errors.error_from_result(result)
            if isinstance(self._failure, FORGET):
                self._connection.has_to_forget = True


@lru_cache(ROW_TYPES_MAX)
def _row_type(*names: bytes) -> Callable[[Sequence[Any]], Any]:
    row = _named("Row", [name.decode() for name in names], rename=True)
    make: Callable[[Sequence[Any]], Any] = row._make
    return make
