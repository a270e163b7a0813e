"""The database's two roles: what the server may do, and that the ledger is safe from it."""

import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from structlog.testing import capture_logs

from helpers.fans import Fan
from helpers.released import build
from helpers.server import Server
from yemae.embedded.private_stores import PrivateStores
from yemae.runtime import Runtime
from yemae.schema import migrate
from yemae.schema.roles import APP_ROLE
from yemae.serve.supervisor import warn_of_privileges
from yemae.settings import Settings

APPEND_ONLY = ("cancellations", "payments", "queue_actions", "transfers")
# What leaves no line behind but changes or removes one.
CHANGES = ("delete from {}", "truncate {} cascade", "update {} set id = id")


@pytest.fixture
async def paid(runtime: Runtime) -> Runtime:
    """A runtime with a line in the ledger and in the list of payments."""
    fan = Fan(runtime, "fan")
    await fan.top_up()
    await fan.enter()
    await fan.hold("1")
    await fan.pay()
    return runtime


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", CHANGES)
def test_the_server_can_add_to_the_ledger_and_the_logs_and_change_nothing(
    settings: Settings, table: str, change: str
) -> None:
    with psycopg.connect(settings.stores.database_url) as session:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=table):
            session.execute(change.format(table).encode())
        session.rollback()
        for right in ("select", "insert"):
            asked = session.execute("select has_table_privilege(%s, %s)", [table, right])
            assert asked.fetchone() == (True,)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", CHANGES)
def test_not_even_the_owner_changes_them_without_taking_the_guard_away(
    database_url: str, table: str, change: str
) -> None:
    with (
        psycopg.connect(database_url) as session,
        pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="is never changed"),
    ):
        session.execute(change.format(table).encode())


def test_emptying_the_users_does_not_empty_the_ledger(database_url: str) -> None:
    with (
        psycopg.connect(database_url) as session,
        pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="transfers"),
    ):
        session.execute("truncate users cascade")


def test_the_server_owns_nothing_and_can_take_no_guard_away(settings: Settings) -> None:
    with psycopg.connect(settings.stores.database_url, autocommit=True) as session:
        for statement in (
            "alter table transfers disable trigger all",
            "drop trigger transfers_are_immutable on transfers",
            "create table more (id integer)",
            "update alembic_version set version_num = '0001'",
            "set role yemae",
            "set session_replication_role = replica",
            "copy transfers to program 'true'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement.encode())
    role = migrate.role(settings.stores.database_url)
    assert role.is_guarded
    assert role.name == APP_ROLE


@pytest.fixture
def released(empty_database_url: str) -> str:
    """A database as the last release left it, with a line in the ledger."""
    build(empty_database_url)
    with psycopg.connect(empty_database_url) as session:
        session.execute("insert into wallets (user_id, currency) values ('fan', 'KRW')")
        session.execute(
            "insert into transfers values (gen_random_uuid(), 'fan', 'top_up', '@cash', 'fan', 5,"
            " 5, null, 'key', now())"
        )
    return empty_database_url


def test_a_database_of_before_is_guarded_after_the_migration(released: str) -> None:
    app = make_conninfo(released, user=APP_ROLE)
    with psycopg.connect(released) as session:
        session.execute("create table later (id integer)")
    assert migrate.upgrade(released)[0] == "0004"
    with psycopg.connect(app) as session:
        assert session.execute("select amount from transfers").fetchall() == [(5,)]
        # Any table that a migration brings can be used, without a list that has to name it.
        session.execute("insert into later values (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("update transfers set amount = 6")
    assert migrate.upgrade(released) == []


def test_a_private_folder_of_before_is_upgraded_at_the_next_start(tmp_path: Path) -> None:
    server = Server(tmp_path, "--migrate", YEMAE_WORKERS="1")
    stores = PrivateStores(tmp_path / "data", durable=False)
    owner = stores.start().database_url
    migrate.upgrade(owner)
    with psycopg.connect(owner) as session:
        session.execute("drop owned by yemae_app")
        session.execute("drop role yemae_app")
    stores.stop()
    server.start()
    try:
        with psycopg.connect(stores.app_url) as session:
            assert session.execute("select count(*) from transfers").fetchone() == (0,)
        with psycopg.connect(owner) as session:
            found = session.execute(
                "select distinct usename from pg_stat_activity where application_name = 'yemae'"
            )
            assert found.fetchall() == [(APP_ROLE,)]
        assert "superuser" not in server.complaint()
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("user", "said"), [("yemae", "a superuser"), ("middle", "the owner of the tables")]
)
def test_a_role_that_could_change_the_ledger_is_warned_of_at_the_start(
    database_url: str, user: str, said: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as session:
        session.execute("drop role if exists middle")
        session.execute("create role middle login")
    try:
        with psycopg.connect(database_url) as session:
            session.execute("alter table transfers owner to middle")
        with capture_logs() as lines:
            warn_of_privileges(make_conninfo(database_url, user=user))
            warn_of_privileges(make_conninfo(database_url, user=APP_ROLE))
        (line,) = lines
        assert (line["log_level"], line["role"]) == ("warning", user)
        assert line["what"] == said
    finally:
        with psycopg.connect(database_url, autocommit=True) as session:
            session.execute("drop owned by middle cascade")
            session.execute("drop role middle")


def test_the_owner_migrates_for_a_server_that_may_not(
    empty_database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    variables = {
        "YEMAE_DATABASE_URL": make_conninfo(empty_database_url, user=APP_ROLE),
        "YEMAE_DATABASE_OWNER_URL": empty_database_url,
        "YEMAE_VALKEY_URL": valkey_url,
        "YEMAE_WORKERS": "1",
    }
    server = Server(tmp_path, **variables)
    done = subprocess.run(
        [sys.executable, "-m", "yemae", "migrate"],
        env=server.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "applied 0008" in done.stdout
    server.start()
    try:
        worker = server.workers()[0]
        assert psutil.Process(worker).environ()["YEMAE_DATABASE_OWNER_URL"] == ""
    finally:
        server.stop()


async def test_a_sale_works_with_those_rights(paid: Runtime) -> None:
    async with paid.postgres.transaction() as tx:
        assert len(await tx.fetch(b"select from transfers")) == 2
