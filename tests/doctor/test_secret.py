"""What is found about the secret key, here and on the other nodes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from helpers.serving import until
from yemae.doctor import secret
from yemae.embedded.secret_key import secret_key
from yemae.settings import Settings
from yemae.store.health import OK, StoreHealth
from yemae.store.postgres_facts import postgres_facts
from yemae.store.serving_keys import fingerprint

OTHER = "another key, of 32 characters or more"


@pytest.fixture
def kept(tmp_path: Path) -> Settings:
    """Settings of a data folder with a key file."""
    settings = Settings().replace(data_dir=tmp_path)
    secret_key(settings)
    return settings


def reason(settings: Settings) -> tuple[str, str]:
    found, _ = secret.check_key(settings)
    assert found.check == "secret_key"
    return found.reason, found.state


def test_a_key_that_is_long_enough_and_closed_is_good_and_never_shown(kept: Settings) -> None:
    found, key = secret.check_key(kept)
    assert (found.reason, found.state) == ("good", "ok")
    assert found.values["chars"] == len(key) == 64
    assert key not in str(found)
    given = kept.replace(secret_key=OTHER)
    assert secret.check_key(given)[1] == OTHER


def test_a_key_file_that_others_may_read_is_a_failure(kept: Settings) -> None:
    (kept.stores.data_dir / "secret.key").chmod(0o644)
    assert reason(kept) == ("open", "failure")
    assert reason(kept.replace(secret_key=OTHER)) == ("good", "ok")


def test_a_key_that_is_short_or_damaged_is_a_failure(kept: Settings) -> None:
    assert reason(kept.replace(secret_key="short")) == ("bad", "failure")
    (kept.stores.data_dir / "secret.key").write_text("short")
    assert reason(kept) == ("bad", "failure")


def test_no_key_is_a_failure_only_where_there_should_be_one(tmp_path: Path) -> None:
    settings = Settings().replace(data_dir=tmp_path)
    assert reason(settings) == ("none", "not_checked")
    production = settings.replace(mode="production", database_url="postgresql://db/yemae")
    assert reason(production) == ("unset", "failure")
    (tmp_path / "postgres").mkdir()
    assert reason(settings) == ("missing", "failure")
    assert list(tmp_path.iterdir()) == [tmp_path / "postgres"], "a look makes no key"


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[None]:
    """The connection by which a server process checks PostgreSQL."""
    health = StoreHealth(settings)
    try:
        assert await health.check_postgres() == OK
        yield
    finally:
        await health.close()


async def test_nodes_with_another_key_are_found_while_they_run(settings: Settings) -> None:
    def found() -> tuple[str, str]:
        facts = postgres_facts(settings.stores.database_url)
        finding = secret.check_key_of_nodes(settings.stores.secret_key, facts.serving)
        return finding.reason, finding.state

    assert found() == ("alone", "not_checked")
    async with serving(settings), serving(settings):
        assert found() == ("same", "ok")
        async with serving(settings.replace(secret_key=OTHER)):
            assert found() == ("differs", "failure")
    # PostgreSQL ends a session a moment after its connection was closed.
    until(lambda: found()[0] == "alone")


async def test_the_other_nodes_are_counted_with_their_addresses(settings: Settings) -> None:
    other = settings.replace(secret_key=OTHER)
    async with serving(other), serving(other):
        facts = postgres_facts(settings.stores.database_url)
        (one,) = facts.serving
        assert (one.fingerprint, one.processes) == (fingerprint(OTHER), 2)
        found = secret.check_key_of_nodes(settings.stores.secret_key, facts.serving)
    assert "2 server processes on this machine" in found.says


def test_a_fingerprint_tells_keys_apart() -> None:
    keys = [f"{number:064x}" for number in range(100)]
    prints = {fingerprint(key) for key in keys}
    assert len(prints) == len(keys)
