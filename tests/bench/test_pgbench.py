"""pgbench's hold leaves the rows that a hold leaves, and a run that does not add up fails."""

import psycopg
import pytest

from bench import pgbench
from yemae.reconcile.stores import reconcile
from yemae.settings import Settings


async def test_a_run_counts_as_many_holds_as_the_tables_have(settings: Settings) -> None:
    shot = await pgbench.hold_run(settings.stores.database_url, clients=2, seconds=1, seats=60_000)
    assert shot.ok == shot.answers > 0
    assert 0 < shot.p50_ms <= shot.p99_ms
    with psycopg.connect(settings.stores.database_url) as connection:
        found = connection.execute(
            "select count(*), count(distinct user_id), count(distinct seat_numbers) from orders"
        ).fetchone()
    assert found == (shot.ok, shot.ok, shot.ok)
    assert (await reconcile(settings)).holds


async def test_clients_that_run_out_of_seats_fail_the_run(settings: Settings) -> None:
    with pytest.raises(pgbench.PgbenchError):
        await pgbench.hold_run(settings.stores.database_url, clients=2, seconds=1, seats=20)
