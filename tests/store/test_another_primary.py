"""PostgreSQL with several hosts: the one that can be written to is used, and found again when it
changes, also when the old one froze instead of dying."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from helpers.wire import Wire, wire_to
from yemae.concerts.seat_map.availability import QUIET_S, RECONNECT_S
from yemae.embedded.private_stores import PrivateStores
from yemae.refusals import StoreUnavailable
from yemae.runtime import running
from yemae.schema import migrate
from yemae.settings import Settings
from yemae.store import address
from yemae.store.address import WritableConnection, hosts_of
from yemae.store.health import OK, StoreHealth
from yemae.store.notices import notices
from yemae.store.postgres import Postgres

# From the promotion until a write goes to the new primary, and until changes are heard of again.
BACK_S = 3.0
HEARD_S = 5.0


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The URLs of two servers."""
    private = [
        PrivateStores(tmp_path_factory.mktemp(name), durable=False, shared_buffers_mb=32)
        for name in ("one", "two")
    ]
    try:
        yield [stores.start().database_url for stores in private]
    finally:
        for stores in private:
            stores.stop()


def fence(url: str, to: str) -> None:
    """Make a server read-only or not, for old connections too, as a fail-over does."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("set transaction_read_only = off")
        admin.execute(f"alter system set default_transaction_read_only = {to}")
        admin.execute("select pg_reload_conf()")
    deadline = time.monotonic() + 30
    while True:
        with psycopg.connect(url, autocommit=True) as admin:
            row = admin.execute("show default_transaction_read_only").fetchone()
        if row == (to,):
            return
        assert time.monotonic() < deadline


@contextmanager
def wired(hosts: list[str]) -> Iterator[tuple[Settings, list[Wire]]]:
    """Settings with both hosts in one address, each behind a wire; the second is a standby."""
    paths = [conninfo_to_dict(url) for url in hosts]
    fence(hosts[0], "off")
    fence(hosts[1], "on")
    with (
        wire_to(f"{paths[0]['host']}/.s.PGSQL.{paths[0]['port']}") as one,
        wire_to(f"{paths[1]['host']}/.s.PGSQL.{paths[1]['port']}") as two,
    ):
        url = make_conninfo(
            hosts[0],
            host="127.0.0.1,127.0.0.1",
            port=f"{one.port},{two.port}",
            sslmode="disable",
            gssencmode="disable",
        )
        yield Settings().replace(database_url=url), [one, two]


async def server_of(postgres: Postgres) -> str:
    """Writes something, and says where."""
    async with postgres.transaction() as tx:
        await tx.send(b"create temporary table if not exists t (x int) on commit drop")
        (row,) = await tx.fetch(b"select system_identifier as server from pg_control_system()")
    return str(row.server)


async def seconds_until_back(postgres: Postgres, old: str) -> float:
    """Seconds until a write goes to another server; until then it is 503, and never anything
    else."""
    started = time.monotonic()
    while True:
        asked = time.monotonic()
        try:
            if await server_of(postgres) != old:
                return time.monotonic() - started
        except StoreUnavailable:
            pass
        assert time.monotonic() - asked < 15, "a request waits past its limit"
        assert time.monotonic() - started < 60, "it does not come back"
        await asyncio.sleep(0.05)


async def test_a_primary_that_was_fenced_is_left_for_the_one_that_can_be_written_to(
    hosts: list[str],
) -> None:
    with wired(hosts) as (settings, _):
        async with Postgres(settings) as postgres:
            old = await server_of(postgres)
            fence(hosts[0], "on")
            with pytest.raises(StoreUnavailable):
                await server_of(postgres)
            fence(hosts[1], "off")
            assert await seconds_until_back(postgres, old) < BACK_S


async def test_a_primary_that_froze_is_left_soon_after_another_was_promoted(
    hosts: list[str],
) -> None:
    with wired(hosts) as (settings, (one, _)):
        async with Postgres(settings) as postgres, running(postgres.keep_watching()):
            try:
                old = await server_of(postgres)
                one.arm("half-open", 1)
                # As long as a fail-over takes at least until it decides.
                with pytest.raises(StoreUnavailable):
                    await server_of(postgres)
                fence(hosts[1], "off")
                assert await seconds_until_back(postgres, old) < BACK_S
            finally:
                one.mend()


@pytest.mark.parametrize("way", ["froze", "fenced"])
async def test_a_listener_leaves_a_primary_that_froze_or_was_fenced(
    hosts: list[str], way: str
) -> None:
    with wired(hosts) as (settings, (one, _)):
        async with aclosing(notices(settings, "test", QUIET_S)) as heard:
            assert await anext(heard) is None
            started = time.monotonic()
            if way == "froze":
                one.arm("half-open", 1)
            else:
                fence(hosts[0], "on")
            fence(hosts[1], "off")
            with pytest.raises(StoreUnavailable):
                assert [text async for text in heard] == []
        async with aclosing(notices(settings, "test", QUIET_S)) as heard:
            assert await anext(heard) is None
            assert time.monotonic() - started + RECONNECT_S < HEARD_S
            with psycopg.connect(hosts[1], autocommit=True) as other:
                other.execute("notify test, 'news'")
            while not (text := await anext(heard)):
                pass
            assert text == "news"
        one.mend()


@pytest.mark.parametrize("way", ["froze", "fenced"])
async def test_the_check_of_health_finds_the_new_primary(hosts: list[str], way: str) -> None:
    with wired(hosts) as (settings, (one, _)):
        health = StoreHealth(settings.replace(valkey_url="valkey://127.0.0.1:1"))
        try:
            assert await health.check_postgres() == OK
            if way == "froze":
                one.arm("half-open", 1)
                assert await health.check_postgres() != OK
            else:
                fence(hosts[0], "on")
                assert await health.check_postgres() == "read-only"
            fence(hosts[1], "off")
            assert await health.check_postgres() == OK
        finally:
            await health.close()
            one.mend()


async def test_a_host_that_froze_keeps_no_connection_from_the_next_one(hosts: list[str]) -> None:
    with wired(hosts) as (settings, (one, two)):
        fence(hosts[1], "off")
        one.arm("half-open", 1)
        limit_s = 60
        asked = time.monotonic()
        async with await WritableConnection.connect(
            settings.stores.database_url, connect_timeout=limit_s
        ) as found:
            assert time.monotonic() - asked < limit_s / 2
            assert found.info.port == two.port
        one.mend()


async def test_a_first_host_that_answers_is_the_only_one_that_is_asked(
    hosts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that two servers that both take writes are not mixed."""
    # However busy this machine is.
    monkeypatch.setattr(address, "NEXT_HOST_S", 60)
    with wired(hosts) as (settings, (one, two)):
        fence(hosts[1], "off")
        two.arm("delay", 1)
        async with await WritableConnection.connect(settings.stores.database_url) as found:
            assert found.info.port == one.port
        assert not two.broke


async def test_why_no_host_is_used_names_the_one_that_is_read_only(hosts: list[str]) -> None:
    fence(hosts[1], "on")
    standby = conninfo_to_dict(hosts[1])
    both = make_conninfo(hosts[1], host=f"{standby['host']},127.0.0.1", port=f"{standby['port']},1")
    with pytest.raises(psycopg.OperationalError, match="session is read-only"):
        await WritableConnection.connect(both)


def test_hosts_are_tried_one_by_one_where_their_order_decides() -> None:
    for one in (
        "postgresql://one/yemae",
        "postgresql://one,two/yemae?target_session_attrs=any",
        "postgresql://one,two/yemae?target_session_attrs=prefer-standby",
        # The driver refuses it, in its own words.
        "host=one,two,three port=1,2",
    ):
        assert hosts_of(one) == [one]
    assert [conninfo_to_dict(url) for url in hosts_of("host=one,two hostaddr=::1,::2 port=7")] == [
        {"host": "one", "hostaddr": "::1", "port": "7"},
        {"host": "two", "hostaddr": "::2", "port": "7"},
    ]


def test_hosts_without_ports_have_the_usual_one() -> None:
    found = hosts_of("postgresql://fan@one,two/yemae")
    assert [conninfo_to_dict(url) for url in found] == [
        {"user": "fan", "dbname": "yemae", "host": host, "port": ""} for host in ("one", "two")
    ]


def test_a_server_does_not_start_on_a_database_that_is_read_only(hosts: list[str]) -> None:
    fence(hosts[1], "on")
    with pytest.raises(migrate.SchemaError, match="PostgreSQL is read-only: it is a standby"):
        migrate.require_current(hosts[1])


def test_an_operator_may_ask_for_any_server_in_the_address(hosts: list[str]) -> None:
    """To look at a standby, for instance with `yemae reconcile`."""
    fence(hosts[1], "on")
    with pytest.raises(migrate.SchemaError, match="is empty"):
        migrate.require_current(make_conninfo(hosts[1], target_session_attrs="any"))
