"""What is found about a PostgreSQL that is set up wrong, one setting after the other."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from helpers.private_stores import EXTERNAL
from helpers.proxies import pgbouncer
from helpers.serving import until
from yemae.doctor import postgres, stores
from yemae.doctor.findings import Finding
from yemae.embedded.private_stores import PrivateStores
from yemae.schema import migrate
from yemae.schema.migrate import REVISIONS
from yemae.schema.roles import APP_ROLE
from yemae.settings import Settings
from yemae.store.postgres_facts import PostgresFacts, postgres_facts
from yemae.store.serving_keys import ServingKey


@pytest.fixture
def own(tmp_path: Path) -> Iterator[PrivateStores]:
    """A PostgreSQL whose settings a test may change."""
    own = PrivateStores(
        tmp_path / "own",
        external=EXTERNAL._replace(database_url=""),
        shared_buffers_mb=32,
    )
    own.start()
    yield own
    own.stop()


def alter(url: str, *settings: str) -> None:
    """ALTER SYSTEM, in force for the next session."""
    with psycopg.connect(url, autocommit=True) as session:
        for setting in settings:
            session.execute(f"alter system {setting}".encode())
        session.execute("select pg_reload_conf()")
    # The postmaster gives a new session what it has read itself.
    wanted = [setting.removeprefix("set ").split(" = ") for setting in settings]
    for name, value in wanted:
        until(partial(is_set, url, name, value.strip("'")))


def is_set(url: str, name: str, value: str) -> bool:
    with psycopg.connect(url) as session:
        return session.execute("select current_setting(%s)", [name]).fetchone() == (value,)


def examined(url: str) -> dict[str, Finding]:
    """Every finding of a named PostgreSQL."""
    settings = Settings().replace(database_url=url, workers=2)
    found, _ = stores.examine_postgres(stores.StoresAt(url, ""), settings, 1)
    return {finding.check: finding for finding in found}


def test_a_migrated_database_with_our_own_settings_is_right(own: PrivateStores) -> None:
    migrate.upgrade(own.urls.database_url)
    found = examined(own.app_url)
    assert {check: one.reason for check, one in found.items()} == {
        "postgres": "answers",
        "postgres_version": "new",
        "postgres_durability": "kept",
        "postgres_connections": "enough",
        "postgres_pooler": "none",
        "schema": "current",
        "role": "guarded",
    }
    assert {one.state for one in found.values()} == {"ok"}


def test_settings_that_lose_commits_are_failures_and_those_that_may_are_warnings(
    own: PrivateStores,
) -> None:
    url = own.urls.database_url
    for settings, reason, state in (
        (["set fsync = off"], "lost", "failure"),
        (["set fsync = on", "set synchronous_commit = off"], "lost", "failure"),
        (["set synchronous_commit = on", "set full_page_writes = off"], "torn", "warning"),
        (["set full_page_writes = on", "set synchronous_commit = local"], "kept", "ok"),
    ):
        alter(url, *settings)
        found = postgres.check_durability(postgres_facts(url))
        assert (found.reason, found.state) == (reason, state), settings


def test_a_commit_that_does_not_wait_for_its_standbys_is_a_warning(own: PrivateStores) -> None:
    facts = postgres_facts(own.urls.database_url)
    for commit in ("local", "remote_write"):
        found = postgres.check_durability(
            facts._replace(synchronous_commit=commit, standby_names="ANY 1 (two, three)")
        )
        assert (found.reason, found.state) == ("local", "warning")
    waits = facts._replace(synchronous_commit="remote_apply", standby_names="two")
    assert postgres.check_durability(waits).state == "ok"


def test_a_setting_of_the_role_counts(own: PrivateStores) -> None:
    with psycopg.connect(own.urls.database_url, autocommit=True) as session:
        session.execute(f"alter role {APP_ROLE} set synchronous_commit = off".encode())
    found = postgres.check_durability(postgres_facts(own.app_url))
    assert found.values == {"setting": "synchronous_commit", "value": "off"}


@pytest.fixture
def facts(database_url: str) -> PostgresFacts:
    return postgres_facts(database_url)


@pytest.mark.parametrize(
    ("workers", "nodes", "reason", "state"),
    [(1, 1, "enough", "ok"), (6, 3, "tight", "warning"), (10, 2, "few", "failure")],
)
def test_connections_are_counted_for_all_nodes(
    facts: PostgresFacts, workers: int, nodes: int, reason: str, state: str
) -> None:
    settings = Settings().replace(workers=workers, postgres_connections_max=8)
    found = postgres.check_connections(
        facts._replace(connections_max=200, reserved=3, serving=[]), settings, nodes
    )
    assert (found.reason, found.state) == (reason, state)
    assert found.values["needed"] == workers * nodes * 10 + nodes * 5


def test_server_processes_that_run_count_where_they_are_more(facts: PostgresFacts) -> None:
    running = facts._replace(serving=[ServingKey("a", 15, []), ServingKey("b", 6, [])])
    found = postgres.check_connections(running, Settings().replace(workers=1), 1)
    assert found.values["processes"] == 21


def test_a_version_that_is_too_old_is_a_failure(facts: PostgresFacts) -> None:
    assert postgres.check_version(facts).reason == "new"
    old = postgres.check_version(facts._replace(major=15, version="15.9"))
    assert (old.reason, old.state) == ("old", "failure")
    assert "PostgreSQL 16 or newer" in old.cure


def test_a_schema_is_empty_older_or_newer(database_url: str, empty_database_url: str) -> None:
    assert examined(empty_database_url)["schema"].reason == "empty"
    for revision, oldest, reason, state in (
        (REVISIONS[0], REVISIONS[0], "older", "failure"),
        ("9999", REVISIONS[-1], "ahead", "warning"),
        ("9999", "9998", "newer", "failure"),
    ):
        with psycopg.connect(database_url) as session:
            session.execute(
                "update alembic_version set version_num = %s, oldest_program = %s",
                [revision, oldest],
            )
        found = examined(database_url)["schema"]
        assert (found.reason, found.state) == (reason, state)
        assert revision in found.says


def test_the_owner_of_the_tables_is_a_warning(database_url: str) -> None:
    found = examined(database_url)["role"]
    assert (found.reason, found.state) == ("unguarded", "warning")
    assert examined(make_conninfo(database_url, user=APP_ROLE))["role"].reason == "guarded"


def test_a_database_that_cannot_be_written_to_is_a_failure_of_its_own(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as session:
        name = session.info.dbname
        session.execute(f'alter database "{name}" set default_transaction_read_only = on'.encode())
    (found,) = examined(database_url).values()
    assert (found.check, found.reason, found.state) == ("postgres", "read_only", "failure")


@pytest.mark.parametrize("url", ["postgresql://fan:secret@127.0.0.1:1/yemae", "nonsense"])
def test_a_database_that_is_away_is_a_failure_without_the_password(url: str) -> None:
    (found,) = examined(url).values()
    assert (found.check, found.reason, found.state) == ("postgres", "away", "failure")
    assert "secret" not in found.says


def test_a_pooler_of_transactions_is_a_failure(tmp_path: Path, database_url: str) -> None:
    app = make_conninfo(database_url, user=APP_ROLE)
    lets_in = "ignore_startup_parameters = options"
    with pgbouncer(tmp_path, app, lets_in) as url:
        found = examined(url)["postgres_pooler"]
    assert (found.reason, found.state) == ("shares", "failure")
    with pgbouncer(tmp_path, app, lets_in, "pool_mode = session") as url:
        assert examined(url)["postgres_pooler"].reason == "none"


def test_an_archive_that_fails_is_a_failure_and_none_is_not_guessed(own: PrivateStores) -> None:
    url = own.urls.database_url
    assert postgres.check_archive(postgres_facts(url)).reason == "elsewhere"
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("alter system set archive_mode = on")
        session.execute("alter system set archive_command = 'false'")
    own.stop()
    own.start()
    assert postgres.check_archive(postgres_facts(url)).reason == "elsewhere", "nothing yet"
    for command, reason, state in (
        ("false", "archive_fails", "failure"),
        ("true", "archived", "ok"),
    ):
        alter(url, f"set archive_command = '{command}'")
        with psycopg.connect(url, autocommit=True) as session:
            session.execute("select pg_logical_emit_message(true, 'x', 'x'), pg_switch_wal()")
        until(lambda: postgres.check_archive(postgres_facts(url)).reason == reason)  # noqa: B023
        assert postgres.check_archive(postgres_facts(url)).state == state
