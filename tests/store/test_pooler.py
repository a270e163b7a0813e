"""A pooler before PostgreSQL is recognized, and refused in one sentence."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from helpers.command import yemae
from helpers.proxies import pgbouncer
from yemae.schema.roles import APP_ROLE
from yemae.store.errors import StoreError
from yemae.store.pooler import require_no_pooler

# What PgBouncer needs to let our connections in at all.
LETS_IN = "ignore_startup_parameters = options"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ((), "refuses a connection's settings"),
        ((LETS_IN,), "in transaction mode"),
        ((LETS_IN, "server_round_robin = 1", "min_pool_size = 4"), "in transaction mode"),
    ],
)
def test_a_pooler_that_does_not_keep_a_session_is_named(
    tmp_path: Path, database_url: str, settings: Sequence[str], said: str
) -> None:
    app = make_conninfo(database_url, user=APP_ROLE)
    with (
        pgbouncer(tmp_path, app, *settings) as url,
        pytest.raises(StoreError, match=f"A pooler .*{said}.*name PostgreSQL itself"),
    ):
        require_no_pooler(url)


def test_postgresql_itself_and_a_pooler_of_sessions_are_none(
    tmp_path: Path, database_url: str
) -> None:
    app = make_conninfo(database_url, user=APP_ROLE)
    require_no_pooler(app)
    with pgbouncer(tmp_path, app, LETS_IN, "pool_mode = session") as url:
        require_no_pooler(url)


def test_what_cannot_be_reached_is_for_others_to_explain() -> None:
    require_no_pooler("postgresql://fan@127.0.0.1:1/yemae")


def test_a_command_behind_a_pooler_says_so_in_one_sentence(
    tmp_path: Path, database_url: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_conninfo(database_url, user=APP_ROLE)
    with pgbouncer(tmp_path, app, LETS_IN) as url:
        monkeypatch.setenv("YEMAE_DATABASE_URL", url)
        monkeypatch.setenv("YEMAE_VALKEY_URL", valkey_url)
        monkeypatch.setenv("YEMAE_SECRET_KEY", "k" * 32)
        done = yemae("concerts", "list")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("yemae: A pooler in transaction mode (such as PgBouncer) stands")
    assert len(done.err.splitlines()) == 1
