"""What becomes of a transaction whose connection breaks, and of the connections beside it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import PoolTimeout

from helpers.http import until
from helpers.wire import Wire, wire_to
from yemae.refusals import StoreUnavailable
from yemae.runtime import running
from yemae.settings import Settings
from yemae.store import connection_pool
from yemae.store.away import is_away
from yemae.store.postgres import Postgres

WRITE = b"insert into users (id) values (%(id)s) returning id"
STEPS_MAX = 20
IS_WRITTEN = b"select id from users where id = %(id)s"


@contextmanager
def wired(settings: Settings) -> Iterator[tuple[Settings, Wire]]:
    """Settings whose way to PostgreSQL is a wire, and a short limit of a transaction."""
    url = settings.stores.database_url
    named = conninfo_to_dict(url)
    with wire_to(f"{named['host']}/.s.PGSQL.{named['port']}") as wire:
        plain = {"sslmode": "disable", "gssencmode": "disable"}
        way = make_conninfo(url, host="127.0.0.1", port=wire.port, **plain)
        yield settings.replace(database_url=way, postgres_transaction_timeout_s=2), wire


async def write_with_a_break(postgres: Postgres, wire: Wire, step: int) -> StoreUnavailable | None:
    """Write a user over a wire that garbles a step of the commit. Returns the refusal, if any."""
    try:
        async with postgres.transaction() as tx:
            await tx.fetch(WRITE, id=f"step-{step}")
            wire.arm("garble", step)
    except StoreUnavailable as refusal:
        return refusal
    finally:
        wire.mend()
    return None


async def test_a_commit_whose_answer_cannot_be_read_is_in_doubt_and_not_a_fault(
    settings: Settings,
) -> None:
    """The driver's error has no SQLSTATE then, and is of no kind that says that the store is away.
    Which step brings the answer is the driver's matter, so the wire is broken at each."""
    committed_with = []
    with wired(settings) as (short, wire):
        async with Postgres(short) as postgres:
            for step in range(1, STEPS_MAX):
                refusal = await write_with_a_break(postgres, wire, step)
                if not wire.broke:
                    break
                async with postgres.transaction() as tx:
                    if refusal and await tx.fetch(IS_WRITTEN, id=f"step-{step}"):
                        committed_with.append(refusal.__cause__)
    assert refusal is None, "the wire was broken at each step"
    assert any(
        isinstance(error, psycopg.Error) and not error.sqlstate and not is_away(error)
        for error in committed_with
    )


async def test_the_watch_lets_go_of_every_connection_when_one_hangs(settings: Settings) -> None:
    """So that requests do not find out about each connection by a wait of their own."""
    with wired(settings) as (short, wire):
        async with Postgres(short) as postgres:
            before = wire.accepted
            assert before >= 2
            wire.silence()

            async def is_noticed() -> bool:
                return wire.accepted > before

            async with running(postgres.keep_watching()):
                await until(is_noticed)
            async with postgres.transaction() as one, postgres.transaction() as another:
                assert await one.fetch(b"select 1")
                assert await another.fetch(b"select 1")


async def test_a_server_that_is_still_starting_up_is_waited_for(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pool alone gives its connections up after RECONNECT_S, and then waits for a request."""
    monkeypatch.setattr(connection_pool, "RECONNECT_S", 0.1)
    named = conninfo_to_dict(settings.stores.database_url)
    here = make_conninfo(settings.stores.database_url, host=str(tmp_path))
    name = f".s.PGSQL.{named['port']}"
    started = Path(str(named["host"])) / name
    asyncio.get_running_loop().call_later(0.3, (tmp_path / name).symlink_to, started)
    async with Postgres(settings.replace(database_url=here)) as postgres:
        assert (tmp_path / name).is_symlink()
        async with postgres.transaction() as tx:
            assert await tx.fetch(IS_WRITTEN, id="not-there") == []


async def test_a_server_that_does_not_start_is_given_up(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_pool, "RECONNECT_S", 0.1)
    monkeypatch.setattr(connection_pool, "OPEN_S", 0.3)
    nowhere = make_conninfo(settings.stores.database_url, host=str(tmp_path))
    with pytest.raises(PoolTimeout):
        async with Postgres(settings.replace(database_url=nowhere)):
            pass
