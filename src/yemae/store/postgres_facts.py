"""What a PostgreSQL says of itself: its version, the settings that decide whether a commit stays,
its clock, and the server processes that work on it. Read only; `doctor/` judges it.
"""

import time
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

from yemae.store.address import READ_ONLY, is_read_only, options_of
from yemae.store.errors import StoreError
from yemae.store.failures import why_unreachable
from yemae.store.serving_keys import ServingKey, serving_keys

CONNECT_S = 5
STATEMENT_LIMIT = b"set statement_timeout = '5s'"
CLOCK_SAMPLES = 3
NOW = b"select extract(epoch from clock_timestamp())::float8"
# A session sees what its role and its database have set. `reserved_connections` came with 16.
FACTS = b"""
select current_setting('fsync') as fsync,
    current_setting('full_page_writes') as full_page_writes,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('synchronous_standby_names') as standby_names,
    current_setting('max_connections')::int as connections_max,
    current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true), '0')::int as reserved,
    current_setting('archive_mode') as archive_mode,
    last_archived_time as last_archived_at, last_failed_time as last_failed_at
from pg_stat_archiver"""


class PostgresFacts(NamedTuple):
    """One server, as a session of Yemae's role finds it."""

    version: str
    major: int
    fsync: str
    full_page_writes: str
    synchronous_commit: str
    standby_names: str
    connections_max: int
    # Connections that are kept for superusers and administrators.
    reserved: int
    archive_mode: str
    last_archived_at: datetime | None
    last_failed_at: datetime | None
    # How far this machine's clock is ahead of the server's.
    clock_offset_s: float
    serving: list[ServingKey]


class ReadOnlyError(StoreError):
    """No host of the address can be written to."""


def postgres_facts(database_url: str) -> PostgresFacts:
    """Look at the server. Raises StoreError, and psycopg.Error for what `as_store_errors`
    explains."""
    with _connect(database_url) as connection:
        connection.execute(STATEMENT_LIMIT)
        number = connection.info.server_version
        said = connection.cursor(row_factory=dict_row).execute(FACTS).fetchone()
        assert said is not None
        return PostgresFacts(
            version=f"{number // 10_000}.{number % 10_000}",
            major=number // 10_000,
            clock_offset_s=_clock_offset_s(connection),
            serving=serving_keys(connection),
            **said,
        )


def _connect(database_url: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(
            database_url,
            autocommit=True,
            connect_timeout=CONNECT_S,
            prepare_threshold=None,
            application_name="yemae doctor",
            **options_of(database_url),
        )
    except psycopg.OperationalError as error:
        if is_read_only(error):
            raise ReadOnlyError(READ_ONLY) from error
        raise StoreError(f"PostgreSQL cannot be reached: {why_unreachable(error)}.") from error


def _clock_offset_s(connection: psycopg.Connection[Any]) -> float:
    """By the quickest of some questions: each is taken to have met the server half-way."""
    samples = []
    for _ in range(CLOCK_SAMPLES):
        sent = time.time()
        row = connection.execute(NOW).fetchone()
        took_s = time.time() - sent
        assert row is not None
        samples.append((took_s, sent + took_s / 2 - float(row[0])))
    return min(samples)[1]
