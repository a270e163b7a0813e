"""Orders that are in the database already, so that growth shows: `many_orders.sql`, vacuumed."""

from pathlib import Path

import psycopg

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
SIZE = "select set_config('bench.orders', %s::text, false)"


def fill(database_url: str, count: int) -> None:
    """Write `count` orders with their fans, wallets, transfers and tickets."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(SIZE, (count,))
        connection.execute(SQL.encode())
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")
