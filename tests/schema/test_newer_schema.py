"""A program on a database of a newer one: it works within the rule of expand and contract."""

import psycopg
import pytest

from yemae.schema import migrate

HEAD = migrate.REVISIONS[-1]
NEWER = "9999"


def move_on(database_url: str, oldest_program: str | None) -> None:
    """Leave the database as a newer program would."""
    with psycopg.connect(database_url) as session:
        session.execute(
            "update alembic_version set version_num = %s, oldest_program = %s",
            [NEWER, oldest_program],
        )


def test_a_program_works_on_a_newer_schema_that_names_its_own_or_an_older_one(
    database_url: str,
) -> None:
    for oldest in (HEAD, "0001"):
        move_on(database_url, oldest)
        assert migrate.require_current(database_url) == NEWER


def test_a_program_does_not_start_on_a_schema_that_took_from_it_what_it_uses(
    database_url: str,
) -> None:
    for oldest in (NEWER, None):
        move_on(database_url, oldest)
        with pytest.raises(migrate.SchemaError, match="does not work: install the newer program"):
            migrate.require_current(database_url)
        with pytest.raises(migrate.SchemaError, match="install the newer program"):
            migrate.upgrade(database_url)


def test_migrating_a_newer_schema_changes_nothing(database_url: str) -> None:
    move_on(database_url, HEAD)
    assert migrate.upgrade(database_url) == []
    assert migrate.require_current(database_url) == NEWER


def test_a_database_as_this_program_leaves_it_names_the_oldest_program(database_url: str) -> None:
    with psycopg.connect(database_url) as session:
        row = session.execute("select version_num, oldest_program from alembic_version").fetchone()
    assert row is not None
    assert row[0] == HEAD
    assert "0016" <= row[1] <= HEAD


def test_an_older_schema_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url) as session:
        session.execute("update alembic_version set version_num = '0015'")
    with pytest.raises(migrate.SchemaError, match=r"needs .*: type `yemae migrate`"):
        migrate.require_current(database_url)
