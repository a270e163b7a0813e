"""What the checks of the stores find, on real stores that are made to fail in other ways than by
dying."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import psycopg
import pytest
from valkey import Valkey as BlockingValkey

from helpers.owner import owner_url
from yemae.runtime import running
from yemae.settings import Settings
from yemae.store.health import CHECK_MAX_S, HANGS, OK, StoreHealth

WITHIN_S = 60
NO_STANDBY = "alter system set synchronous_standby_names to 'absent'"
STANDBYS = "alter system reset synchronous_standby_names"
RELOAD = "select pg_reload_conf()"
FULL = """
create function pg_temp.full_disk() returns trigger language plpgsql as
$$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
create trigger no_room before insert on pg_temp.yemae_health
for each row execute function pg_temp.full_disk()"""


@asynccontextmanager
async def checking(settings: Settings) -> AsyncIterator[StoreHealth]:
    """The checks, as a server runs them."""
    health = StoreHealth(settings)
    try:
        async with running(*health.works()):
            await health.begin()
            yield health
    finally:
        await health.close()


async def becomes(health: StoreHealth, store: str, state: str) -> None:
    """Wait until a store is found to be so."""
    async with asyncio.timeout(WITHIN_S):
        while getattr(health, store) != state:  # noqa: ASYNC110 - another program
            await asyncio.sleep(0.02)


async def test_stores_that_work_are_ok_and_keep_nothing_of_it(settings: Settings) -> None:
    async with checking(settings) as health:
        assert (health.postgres, health.valkey) == (OK, OK)
        assert await health.check_postgres() == OK
    with BlockingValkey.from_url(settings.stores.valkey_url) as valkey:
        assert valkey.dbsize() == 0


async def test_nothing_is_known_before_the_first_check(settings: Settings) -> None:
    health = StoreHealth(settings)
    assert (health.postgres, health.valkey) == ("starting", "starting")
    await health.close()


async def test_stores_that_cannot_be_reached_are_away(settings: Settings) -> None:
    nowhere = settings.replace(
        database_url="postgresql://yemae@127.0.0.1:1/yemae",
        valkey_url="valkey://127.0.0.1:1",
    )
    async with checking(nowhere) as health:
        await becomes(health, "postgres", "away")
        await becomes(health, "valkey", "away")


async def test_a_primary_that_was_fenced_is_read_only(settings: Settings) -> None:
    health = StoreHealth(settings)
    assert await health.check_postgres() == OK
    with psycopg.connect(owner_url(settings), autocommit=True) as admin:
        name = admin.info.dbname
        admin.execute(f'alter database "{name}" set default_transaction_read_only = on')
        # The connection at hand learns it from the configuration, a new one when it begins.
        assert health._connection is not None
        await health._connection.execute("set default_transaction_read_only = on")
        assert await health.check_postgres() == "read-only"
        await health.close()
        assert await health.check_postgres() == "read-only"
        admin.execute("set default_transaction_read_only = off")
        admin.execute(f'alter database "{name}" reset default_transaction_read_only')
    await health.close()
    assert await health.check_postgres() == OK
    await health.close()


async def test_a_disk_without_room_is_full(settings: Settings) -> None:
    health = StoreHealth(settings)
    assert await health.check_postgres() == OK
    assert health._connection is not None
    await health._connection.execute(FULL)
    assert await health.check_postgres() == "full"
    assert await health.check_postgres() == OK
    await health.close()


async def test_a_commit_that_waits_for_a_standby_hangs_while_reads_go_on(
    settings: Settings,
) -> None:
    async with checking(settings) as health:
        assert health._connection is not None
        # The tests' PostgreSQL waits for no disk, and so for no standby, by default.
        await health._connection.execute("set synchronous_commit = on")
        with psycopg.connect(owner_url(settings), autocommit=True) as admin:
            try:
                for statement in (NO_STANDBY, RELOAD):
                    admin.execute(statement)
                await becomes(health, "postgres", HANGS)
                assert admin.execute("select 1").fetchone() == (1,)
                assert health.valkey == OK
            finally:
                for statement in (STANDBYS, RELOAD):
                    admin.execute(statement)
        await becomes(health, "postgres", OK)


@contextmanager
def configured(valkey: BlockingValkey, name: str, value: str, usual: str) -> Iterator[None]:
    valkey.config_set(name, value)
    try:
        yield
    finally:
        valkey.config_set(name, usual)


async def test_valkey_that_refuses_writes_says_why(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        health = await stack.enter_async_context(checking(settings))
        valkey = stack.enter_context(BlockingValkey.from_url(settings.stores.valkey_url))
        with configured(valkey, "maxmemory", "1", "0"):
            await becomes(health, "valkey", "full")
        await becomes(health, "valkey", OK)
        with configured(valkey, "min-replicas-to-write", "1", "0"):
            await becomes(health, "valkey", "too few replicas")
        await becomes(health, "valkey", OK)
        valkey.replicaof("127.0.0.1", 1)
        try:
            await becomes(health, "valkey", "replica")
        finally:
            valkey.replicaof("NO", "ONE")
        await becomes(health, "valkey", OK)


async def test_a_check_that_does_not_come_back_hangs_by_its_age(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = StoreHealth(settings)
    checked = health._valkey_checked
    forever = asyncio.Event()

    async def hang() -> str:
        await forever.wait()
        return OK

    monkeypatch.setattr("yemae.store.health.CHECK_MAX_S", CHECK_MAX_S / 10)
    async with running(checked.keep_checking(hang)):
        await becomes(health, "valkey", HANGS)
        forever.set()
        await becomes(health, "valkey", OK)
    await health.close()
