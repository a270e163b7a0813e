"""Stores that hang instead of dying: every wait has an end, and work goes on when they do."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from yemae.embedded.private_stores import PrivateStores
from yemae.refusals import StoreUnavailable
from yemae.settings import Settings
from yemae.store import valkey
from yemae.store.postgres import Postgres
from yemae.store.valkey import Valkey

DEADLINE_S = 120


@pytest.fixture
def own_stores(tmp_path: Path) -> Iterator[PrivateStores]:
    """Stores of this test alone."""
    private = PrivateStores(tmp_path, durable=False, shared_buffers_mb=128)
    private.start()
    yield private
    private.stop()


@pytest.fixture
def short(own_stores: PrivateStores) -> Settings:
    """Settings that give up soon."""
    return Settings().replace(
        database_url=own_stores.urls.database_url,
        valkey_url=own_stores.urls.valkey_url,
        postgres_transaction_timeout_s=4,
        valkey_timeout_s=2,
    )


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop a process and its children in the middle of whatever they do."""
    pids = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    for each in pids:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in pids:
            os.kill(each, signal.SIGCONT)


async def ask(postgres: Postgres) -> int:
    """The smallest transaction."""
    async with postgres.transaction() as tx:
        return int((await tx.fetch(b"select 1 as one"))[0].one)


async def test_a_postgresql_that_hangs_is_given_up_and_comes_back(
    own_stores: PrivateStores, short: Settings
) -> None:
    async with Postgres(short) as postgres:
        assert await ask(postgres) == 1
        started = time.monotonic()
        with frozen(own_stores.pids["PostgreSQL"]), pytest.raises(StoreUnavailable):
            await ask(postgres)
        assert time.monotonic() - started < 60, "it was not given up"
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                assert await ask(postgres) == 1
                break
            except StoreUnavailable:
                assert time.monotonic() < deadline, "it did not come back"


async def test_a_valkey_that_hangs_is_left_alone_for_a_moment_and_comes_back(
    own_stores: PrivateStores, short: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Valkey(short)
    await store.ping()
    monkeypatch.setattr(valkey, "REST_S", 3600.0)
    with frozen(own_stores.pids["Valkey"]):
        with pytest.raises(StoreUnavailable):
            await store.ping()
        started = time.monotonic()
        for _ in range(100):
            with pytest.raises(StoreUnavailable):
                await store.ping()
        most_s = 100 * short.stores.valkey_timeout_s / 2
        assert time.monotonic() - started < most_s, "callers queue up behind a store that hangs"
    store._hangs_until = 0.0
    await store.ping()
    await store.close()
