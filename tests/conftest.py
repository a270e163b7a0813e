"""Fixtures of all tests: real private stores, a fresh database for each test, time travel.

Each xdist worker starts one PostgreSQL and one Valkey of its own. A database costs a copy of a
migrated template; Valkey is emptied before each test.
"""

import itertools
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from psycopg.conninfo import make_conninfo
from valkey import Valkey as BlockingValkey

from helpers.cluster import Cluster
from helpers.concerts import load_concert
from helpers.fans import Fan
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.runtime import Runtime, open_runtime
from yemae.sale.batches import Batches, open_batches
from yemae.schema import migrate
from yemae.schema.roles import APP_ROLE
from yemae.settings import Settings

TEMPLATE = "yemae_template"
SECRET_KEY = "a secret key that only the tests know, 32 characters or more"

# The number of databases of earlier tests that are kept.
KEPT = 5

_numbers = itertools.count(1)
_used: deque[str] = deque()


@pytest.fixture(autouse=True)
def usual_logs() -> Iterator[None]:
    """Log settings that a test makes end with it: a level of "error" would hide warnings from
    `capture_logs` in all later ones."""
    yield
    structlog.reset_defaults()


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
    """A database that is a copy. Copying its files is much less work than copying its pages through
    the log, and less again where the file system can share them."""
    copy = f'create database "{name}" template {template} strategy file_copy'
    with psycopg.connect(stores.database_url, autocommit=True) as admin:
        try:
            admin.execute("set file_copy_method = clone")
            admin.execute(copy)
        except psycopg.DatabaseError:
            # Not every file system can.
            admin.execute("set file_copy_method = copy")
            admin.execute(copy)
    return make_conninfo(stores.database_url, dbname=name)


def _drop_later(stores: StoreUrls, name: str) -> None:
    """Drop the database of some tests ago, whose sessions have certainly ended: PostgreSQL waits
    for those in steps of a tenth of a second."""
    _used.append(name)
    if len(_used) > KEPT:
        with psycopg.connect(stores.database_url, autocommit=True) as admin:
            admin.execute(f'drop database if exists "{_used.popleft()}" with (force)')


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
    _drop_later(stores, name)


@pytest.fixture(scope="session")
def kept_database_url(stores: StoreUrls, template: str) -> str:
    """A migrated database that is there until the end, for a server that many tests share."""
    return _create(stores, f"kept_{next(_numbers)}", template)


@pytest.fixture(scope="session")
def kept_valkey_url(stores: StoreUrls) -> str:
    """A Valkey database for a server that many tests share: it writes for as long as it runs, and
    other tests count keys."""
    return f"{stores.valkey_url}?db=1"


@pytest.fixture
def empty_database_url(stores: StoreUrls) -> Iterator[str]:
    """A fresh database without any table."""
    name = f"test_{next(_numbers)}"
    yield _create(stores, name, "template0")
    _drop_later(stores, name)


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
    """The settings of a runtime on this test's stores. It works as the role that owns nothing, as a
    server does; `database_url` is the owner's."""
    return Settings().replace(
        database_url=make_conninfo(database_url, user=APP_ROLE),
        valkey_url=valkey_url,
        secret_key=SECRET_KEY,
        data_dir=tmp_path,
        log_level="error",
        log_format="console",
        # Longer than the defaults, for a machine under other load.
        postgres_transaction_timeout_s=240,
        valkey_timeout_s=60,
    )


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """An open runtime with one concert (`helpers.concerts.HALL`): 10 seats on two dates."""
    await load_concert(settings)
    async with open_runtime(settings) as opened:
        yield opened


@pytest.fixture
async def batches(runtime: Runtime) -> AsyncIterator[Batches]:
    """The batches of the runtime."""
    async with open_batches(runtime) as opened:
        yield opened


@pytest.fixture
def fan(runtime: Runtime) -> Fan:
    """A fan of the runtime; `Fan(runtime, "other")` makes more."""
    return Fan(runtime, "fan")
