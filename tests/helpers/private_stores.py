"""Private stores of a test: quick to start, with one value in each."""

from pathlib import Path

import psutil
import psycopg
from valkey import Valkey

from yemae.embedded.private_stores import PrivateStores, StoreUrls

EXTERNAL = StoreUrls("postgresql://elsewhere/yemae", "valkey://elsewhere")


def alive(pid: int) -> bool:
    """Tell whether it runs; an orphan that init has not buried yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def quick(data_dir: Path) -> PrivateStores:
    return PrivateStores(data_dir, durable=False, shared_buffers_mb=32)


def sql(url: str, query: str, *values: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, connect_timeout=60) as session:
        cursor = session.execute(query.encode(), values)
        return cursor.fetchall() if cursor.description else []


def put(urls: StoreUrls, value: str) -> None:
    sql(urls.database_url, "create table if not exists kept (value text)")
    sql(urls.database_url, "insert into kept values (%s)", value)
    with Valkey.from_url(urls.valkey_url) as client:
        client.rpush("kept", value)


def kept(urls: StoreUrls) -> tuple[list[object], list[object]]:
    rows = sql(urls.database_url, "select value from kept order by value")
    with Valkey.from_url(urls.valkey_url, decode_responses=True) as client:
        return [row[0] for row in rows], list(client.lrange("kept", 0, -1))
