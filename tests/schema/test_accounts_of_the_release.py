"""Accounts and seats of the released schema, after the upgrade."""

import unicodedata

import psycopg
import pytest

from helpers import released
from yemae.schema import migrate

COMPOSED = "가@éxample.com"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
TWO = unicodedata.normalize("NFC", "é@two.example")
USERS = [
    ("a", DECOMPOSED),
    ("b", unicodedata.normalize("NFD", TWO)),
    ("c", TWO),
    ("d", "plain@example.com"),
    # Two that differ from the composed one, each in another letter.
    ("e", "é" + unicodedata.normalize("NFD", "ü") + "@mixed.example"),
    ("f", unicodedata.normalize("NFD", "é") + "ü@mixed.example"),
    ("g", None),
]


def test_addresses_are_composed_unless_another_user_has_the_result(empty_database_url: str) -> None:
    released.build(empty_database_url)
    with psycopg.connect(empty_database_url) as connection, connection.cursor() as cursor:
        cursor.executemany("insert into users (id, email) values (%s, %s)", USERS)
    migrate.upgrade(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        found: dict[str, str | None] = dict(
            connection.execute("select id, email from users where id < 'h'").fetchall()
        )
    before = dict(USERS)
    assert found["a"] == COMPOSED
    assert (found["b"], found["c"], found["d"]) == (before["b"], TWO, before["d"])
    assert found["e"] == unicodedata.normalize("NFC", str(before["e"]))
    assert (found["f"], found["g"]) == (before["f"], None)


def test_the_seats_of_the_release_keep_the_looser_rule_and_it_is_checked(
    empty_database_url: str,
) -> None:
    released.build(empty_database_url)
    migrate.upgrade(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        row = connection.execute(
            "select convalidated from pg_constraint where conname = 'seats_number_check'"
        ).fetchone()
        assert row == (True,)
        connection.execute("update seats set number = '1階-い-1' where number = '2'")
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("update seats set number = 'a b' where number = '1階-い-1'")
