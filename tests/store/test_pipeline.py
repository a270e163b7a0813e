"""A transaction's statements: two round trips, nothing after a failure, a connection that stays
good."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from helpers.http import until
from helpers.owner import owner_url
from yemae.settings import Settings
from yemae.store.pipeline import Pipeline
from yemae.store.postgres import Postgres
from yemae.store.queries import numbered

ADD = b"insert into users (id) values (%(id)s)"
IDS = b"select id from users order by id"
WAITING = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = %s"
# More than the buffers of a socket take.
LARGE = 4_000_000


@pytest.fixture
async def postgres(settings: Settings) -> AsyncIterator[Postgres]:
    """An open pool."""
    async with Postgres(settings) as opened:
        yield opened


@contextmanager
def round_trips(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Pipeline]]:
    """An element for each time that answers are waited for."""
    waits: list[Pipeline] = []
    read = Pipeline._read

    async def counted(self: Pipeline) -> None:
        waits.append(self)
        await read(self)

    with monkeypatch.context() as patch:
        patch.setattr(Pipeline, "_read", counted)
        yield waits


def statement(text: bytes, **params: object) -> tuple[bytes, dict[str, object]]:
    """A statement and its parameters."""
    return text, params


def add(user_id: str) -> tuple[bytes, dict[str, object]]:
    """A user's row."""
    return statement(ADD, id=user_id)


FAILS = statement(b"select 1 / %(none)s::int", none=0)


async def carry_out(postgres: Postgres, *statements: tuple[bytes, dict[str, object]]) -> None:
    """Statements whose answers are not asked for."""
    async with postgres.transaction() as tx:
        for text, params in statements:
            await tx.execute(text, **params)


async def ids(postgres: Postgres) -> list[str]:
    """Every user."""
    async with postgres.transaction() as tx:
        return [row.id for row in await tx.fetch(IDS)]


async def sessions(postgres: Postgres) -> set[int]:
    """The sessions that two transactions at once use."""
    async with postgres.transaction() as one, postgres.transaction() as another:
        return {(await tx.fetch(b"select pg_backend_pid() as pid"))[0].pid for tx in (one, another)}


async def test_reads_take_one_round_trip_and_the_writes_with_the_commit_another(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with round_trips(monkeypatch) as waits:
        async with postgres.transaction() as tx:
            first, second = await tx.send(b"select 1 as n"), await tx.send(b"select 2 as n")
            assert [(await sent.one()).n for sent in (second, first)] == [2, 1]
            await tx.execute(ADD, id="a")
            await tx.execute(ADD, id="b")
    assert len(waits) == 2
    assert await ids(postgres) == ["a", "b"]


async def test_after_a_failure_nothing_is_carried_out_and_the_connections_stay(
    postgres: Postgres,
) -> None:
    before = await sessions(postgres)
    with pytest.raises(psycopg.errors.DivisionByZero):
        await carry_out(postgres, add("a"), FAILS, add("b"))
    assert await ids(postgres) == []
    assert await sessions(postgres) == before


async def test_what_is_raised_in_the_block_rolls_back(postgres: Postgres) -> None:
    before = await sessions(postgres)
    with pytest.raises(KeyError, match="id"):
        await carry_out(postgres, add("a"), statement(ADD))
    assert await ids(postgres) == []
    assert await sessions(postgres) == before


async def test_the_first_failure_is_the_one_that_is_raised(postgres: Postgres) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation) as raised:
        await carry_out(postgres, add("a"), add("a"), FAILS)
    assert raised.value.diag.constraint_name == "users_pkey"


async def test_a_statement_that_could_not_be_prepared_is_prepared_anew(postgres: Postgres) -> None:
    wrong, right = statement(b"select nothing from nowhere"), statement(b"select 3 as three")
    # On each of the two connections.
    for first in (wrong, wrong, FAILS, FAILS):
        with pytest.raises(psycopg.Error):
            await carry_out(postgres, first, right)
    for _ in range(2):
        async with postgres.transaction() as tx:
            assert (await tx.fetch(right[0]))[0].three == 3
            texts = {text for text, _ in tx._pipeline._connection.prepared}
        assert right[0] in texts
        assert wrong[0] not in texts


async def test_a_rollback_forgets_no_prepared_statement(postgres: Postgres) -> None:
    """The driver drops all of them, if it has prepared one of its own."""
    async with postgres._pool.connection() as one, postgres._pool.connection() as another:
        for connection in (one, another):
            for _ in range(10):
                await connection.execute("select 1")
    for _ in range(2):
        with pytest.raises(KeyError, match="id"):
            await carry_out(postgres, add("none"), statement(ADD))
    # Again on each of the two connections.
    for user_id in "ab":
        await carry_out(postgres, add(user_id))
    assert await ids(postgres) == ["a", "b"]


async def test_a_plan_of_before_a_migration_fails_once_for_each_connection(
    postgres: Postgres, settings: Settings
) -> None:
    every = b"select * from users"

    async def is_answered() -> bool:
        try:
            async with postgres.transaction() as tx:
                await tx.fetch(every)
        except psycopg.errors.FeatureNotSupported:
            return False
        return True

    async with postgres.transaction() as one, postgres.transaction() as another:
        for tx in (one, another):
            await tx.fetch(every)
    with psycopg.connect(owner_url(settings), autocommit=True) as owner:
        owner.execute("alter table users add column nickname text")
    assert [await is_answered() for _ in range(4)] == [False, False, True, True]


async def test_a_caller_who_is_cancelled_at_a_lock_leaves_no_lock_behind(
    postgres: Postgres, settings: Settings
) -> None:
    lock = b"select pg_advisory_xact_lock(%(key)s)"

    async def waits(key: int) -> None:
        async with postgres.transaction() as tx:
            await tx.execute(lock, key=1)
            await tx.fetch(lock, key=key)

    with psycopg.connect(owner_url(settings)) as owner:
        owner.execute("select pg_advisory_xact_lock(2)")
        task = asyncio.create_task(waits(2))

        async def is_waiting() -> bool:
            return bool(owner.execute(WAITING, [owner.info.dbname]).fetchall())

        await until(is_waiting)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await asyncio.gather(*(waits(3) for _ in range(4)))


async def test_more_than_the_sockets_take_goes_both_ways(postgres: Postgres) -> None:
    text = b"select %(given)s::text as given, repeat('x', length(%(given)s::text)) as made"
    async with postgres.transaction() as tx:
        sent = [await tx.send(text, given=letter * LARGE) for letter in "ab"]
        for letter, each in zip("ab", sent, strict=True):
            assert await each.one() == (letter * LARGE, "x" * LARGE)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (b"select 1", (b"select 1", ())),
        (b"select %(a)s, %(b)s::int, %(a)s", (b"select $1, $2::int, $1", ("a", "b"))),
        (b"select 1 %% %(a)s", (b"select 1 % $1", ("a",))),
    ],
)
def test_a_name_is_one_number(statement: bytes, expected: Any) -> None:
    assert numbered(statement) == expected
