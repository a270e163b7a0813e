"""What tests share: real private stores, a fresh database for each test, and a way to travel in
time.

Each xdist worker starts one PostgreSQL and one Valkey of its own. A database costs a copy of a
migrated template; Valkey is emptied before each test.
"""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from valkey import Valkey as BlockingValkey

from helpers.cluster import Cluster
from helpers.concerts import load_concert
from helpers.fans import Fan
from yemae.desk import Desk, open_desk
from yemae.house import House, open_house
from yemae.settings import Settings
from yemae.store import migrate
from yemae.store.embedded import PrivateStores, StoreUrls

TEMPLATE = "yemae_template"
SECRET_KEY = "a secret key that only the tests know, 32 characters or more"

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def stores() -> Iterator[StoreUrls]:
    """A PostgreSQL and a Valkey for this worker, with throw-away data."""
    with tempfile.TemporaryDirectory(prefix="yemae-tests-", ignore_cleanup_errors=True) as folder:
        private = PrivateStores(Path(folder), durable=False, shared_buffers_mb=128)
        urls = private.start()
        try:
            yield urls
        finally:
            private.stop()


def _create(stores: StoreUrls, name: str, template: str) -> str:
    with psycopg.connect(stores.database_url, autocommit=True) as admin:
        admin.execute(f'create database "{name}" template {template}')
    return make_conninfo(stores.database_url, dbname=name)


def _drop(stores: StoreUrls, name: str) -> None:
    with psycopg.connect(stores.database_url, autocommit=True) as admin:
        admin.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture(scope="session")
def template(stores: StoreUrls) -> str:
    """The name of a migrated, empty database to copy."""
    migrate.upgrade(_create(stores, TEMPLATE, "template0"))
    return TEMPLATE


@pytest.fixture
def database_url(stores: StoreUrls, template: str) -> Iterator[str]:
    """A fresh migrated database."""
    name = f"test_{next(_numbers)}"
    yield _create(stores, name, template)
    _drop(stores, name)


@pytest.fixture
def empty_database_url(stores: StoreUrls) -> Iterator[str]:
    """A fresh database without any table."""
    name = f"test_{next(_numbers)}"
    yield _create(stores, name, "template0")
    _drop(stores, name)


@pytest.fixture
def valkey_url(stores: StoreUrls) -> str:
    """A Valkey without any key."""
    with BlockingValkey.from_url(stores.valkey_url) as client:
        client.flushall()
    return stores.valkey_url


@pytest.fixture(scope="session")
def cluster_nodes() -> Iterator[Cluster]:
    """A Valkey cluster of six nodes for this worker, started when a test first wants it."""
    with tempfile.TemporaryDirectory(prefix="yemae-cluster-", ignore_cleanup_errors=True) as folder:
        nodes = Cluster(Path(folder))
        try:
            nodes.start()
            yield nodes
        finally:
            nodes.stop()


@pytest.fixture
def cluster(cluster_nodes: Cluster) -> Cluster:
    """That cluster, whole and without any key."""
    cluster_nodes.revive()
    cluster_nodes.wait_until_whole()
    cluster_nodes.empty()
    return cluster_nodes


@pytest.fixture
def settings(database_url: str, valkey_url: str, tmp_path: Path) -> Settings:
    """The settings of a house on this test's stores."""
    return Settings(
        database_url=database_url,
        valkey_url=valkey_url,
        secret_key=SECRET_KEY,
        data_dir=tmp_path,
        log_level="error",
        log_format="console",
    )


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """An open house with one concert (`helpers.concerts.HALL`): 10 seats on two dates."""
    await load_concert(settings)
    async with open_house(settings) as opened:
        yield opened


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    """The desk of the house."""
    async with open_desk(house) as opened:
        yield opened


@pytest.fixture
def fan(house: House) -> Fan:
    """A fan of the house; `Fan(house, "other")` makes more."""
    return Fan(house, "fan")
