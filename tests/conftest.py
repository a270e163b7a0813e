"""Fixtures of all tests: real private stores, a fresh database for each test, time travel.

Each xdist worker starts one PostgreSQL and one Valkey of its own, in memory where that has room. A
database costs a copy of a migrated template; Valkey is emptied before each test.
"""

import asyncio
import itertools
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import psycopg
import pytest
import structlog
from argon2 import PasswordHasher
from psycopg.conninfo import make_conninfo
from valkey import Valkey as BlockingValkey

from helpers.cluster import Cluster
from helpers.concerts import HALL, load_concert
from helpers.fans import Fan
from helpers.memory import memory
from yemae.accounts import passwords
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.runtime import Runtime, open_runtime
from yemae.sale.batches import Batches, open_batches
from yemae.schema import migrate
from yemae.schema.roles import APP_ROLE
from yemae.settings import Settings

TEMPLATE, HALL_TEMPLATE = "yemae_template", "yemae_template_with_hall"
SECRET_KEY = "a secret key that only the tests know, 32 characters or more"

# The number of databases of earlier tests that are kept.
KEPT = 5

# An example may take as long as a busy machine needs for it; the test's own limit stays.
hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def usual_logs() -> Iterator[None]:
    """Log settings that a test makes end with it: a level of "error" would hide warnings from
    `capture_logs` in all later ones."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Argon2 at its least cost: hundreds of tests sign up and in, and none measures a hash."""
    usual = passwords.HASHER
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passwords.HASHER = usual


@pytest.fixture(scope="session")
def stores() -> Iterator[StoreUrls]:
    """A PostgreSQL and a Valkey for this worker, with throw-away data."""
    with tempfile.TemporaryDirectory(
        prefix="yemae-tests-", dir=memory(), ignore_cleanup_errors=True
    ) as folder:
        private = PrivateStores(Path(folder), durable=False, shared_buffers_mb=128)
        urls = private.start()
        try:
            yield urls
        finally:
            private.stop()


class Databases:
    """Makes and drops databases, in one session of the owner's."""

    def __init__(self, url: str, session: psycopg.Connection) -> None:
        self._url = url
        self._session = session
        self._used: deque[str] = deque()

    def copy(self, template: str, name: str = "") -> str:
        """A database that is a copy; its URL. Copying its files is much less work than copying its
        pages through the log, and less again where the file system can share them."""
        name = name or f"test_{next(_numbers)}"
        copy = f'create database "{name}" template {template} strategy file_copy'.encode()
        try:
            self._session.execute("set file_copy_method = clone")
            self._session.execute(copy)
        except psycopg.DatabaseError:
            # Not every file system can.
            self._session.execute("set file_copy_method = copy")
            self._session.execute(copy)
        return make_conninfo(self._url, dbname=name)

    @contextmanager
    def lent(self, template: str) -> Iterator[str]:
        """A copy for one test. It is dropped some tests later, when its sessions have certainly
        ended: PostgreSQL waits for those in steps of a tenth of a second."""
        name = f"test_{next(_numbers)}"
        yield self.copy(template, name)
        self._used.append(name)
        if len(self._used) > KEPT:
            drop = f'drop database if exists "{self._used.popleft()}" with (force)'
            self._session.execute(drop.encode())


@pytest.fixture(scope="session")
def databases(stores: StoreUrls) -> Iterator[Databases]:
    """The databases of this worker's tests."""
    with psycopg.connect(stores.database_url, autocommit=True) as session:
        yield Databases(stores.database_url, session)


@pytest.fixture(scope="session")
def template(databases: Databases) -> str:
    """The name of a migrated, empty database to copy."""
    migrate.upgrade(databases.copy("template0", TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
def kept_database_url(databases: Databases, template: str) -> str:
    """A migrated database that is there until the end, for a server that many tests share."""
    return databases.copy(template)


@pytest.fixture(scope="session")
def kept_valkey_url(stores: StoreUrls) -> str:
    """A Valkey database for a server that many tests share: it writes for as long as it runs, and
    other tests count keys."""
    return f"{stores.valkey_url}?db=1"


@pytest.fixture(scope="session")
def counting_valkey_url(stores: StoreUrls) -> str:
    """One for a server with low limits: accounts that fans of other servers make count nothing."""
    return f"{stores.valkey_url}?db=2"


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A fresh database without any table."""
    with databases.lent("template0") as url:
        yield url


@pytest.fixture
def valkey_url(stores: StoreUrls) -> str:
    """A Valkey without any key."""
    with BlockingValkey.from_url(stores.valkey_url) as client:
        client.flushall()
    return stores.valkey_url


@pytest.fixture(scope="session")
def hall_template(databases: Databases, template: str) -> str:
    """The name of one with `helpers.concerts.HALL` to copy; made in a thread of its own, because
    this one may have an event loop."""
    url = databases.copy(template, HALL_TEMPLATE)
    settings = Settings().replace(database_url=url, secret_key=SECRET_KEY)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(load_concert(settings))).result()
    return HALL_TEMPLATE


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, databases: Databases, template: str
) -> Iterator[str]:
    """A fresh migrated database, empty but for what `usual_concert` asks for."""
    if "usual_concert" in request.fixturenames:
        template = request.getfixturevalue("hall_template")
    with databases.lent(template) as url:
        yield url


@pytest.fixture
def usual_concert(database_url: str) -> str:
    """`helpers.concerts.HALL` is in the database from the start, 10 seats on two dates; its id."""
    assert database_url
    return HALL


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
async def runtime(settings: Settings, usual_concert: str) -> AsyncIterator[Runtime]:
    """An open runtime with the usual concert."""
    async with open_runtime(settings) as opened:
        assert usual_concert in opened.catalogue.queues
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
