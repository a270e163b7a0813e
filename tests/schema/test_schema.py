"""The committed schema.sql and the migrations build the same database."""

from pathlib import Path

import psycopg
import pytest

from yemae.schema import dump, migrate
from yemae.store.errors import StoreError

COMMITTED = Path(dump.__file__).with_name("schema.sql").read_text(encoding="utf-8")


def test_migrations_build_exactly_the_committed_schema(database_url: str) -> None:
    assert dump.dump(database_url) == COMMITTED, "type `make docs`"


def test_the_revisions_are_those_that_alembic_applies(empty_database_url: str) -> None:
    assert migrate.upgrade(empty_database_url) == migrate.REVISIONS
    assert migrate.upgrade(empty_database_url) == []
    migrate.require_current(empty_database_url)


def test_the_committed_schema_builds_itself(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(COMMITTED.encode())
    assert dump.dump(empty_database_url) == COMMITTED


def test_a_dump_says_nothing_about_versions_and_sessions(database_url: str) -> None:
    text = dump.dump(database_url).removeprefix(dump.HEADER)
    for noise in ("restrict ", "Dumped", "set_config", "alembic_version", "\nSET ", "\n\n\n"):
        assert noise not in text
    assert text == dump.dump(database_url).removeprefix(dump.HEADER)


def test_a_database_that_cannot_be_dumped_is_one_sentence(empty_database_url: str) -> None:
    with pytest.raises(StoreError, match=r"pg_dump failed: .*does not exist"):
        dump.dump(f"{empty_database_url} dbname=not_created")
