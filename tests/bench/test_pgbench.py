"""pgbench's hold leaves the rows that a hold leaves, and a run that does not add up fails."""

from pathlib import Path

import psycopg
import pytest

from bench import pgbench
from helpers.owner import owner_url
from yemae.reconcile.stores import reconcile
from yemae.settings import Settings


@pytest.mark.parametrize("script", [pgbench.SCRIPT, pgbench.CALL])
async def test_a_run_counts_as_many_holds_as_the_tables_have(
    settings: Settings, script: Path
) -> None:
    shot = await pgbench.hold_run(
        owner_url(settings), clients=2, seconds=1, seats=60_000, script=script
    )
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
        await pgbench.hold_run(owner_url(settings), clients=2, seconds=1, seats=20)


# Asked after the fan "fan" holds two seats with their pass 7 and the key "once".
REFUSED = [
    ("seat-taken", "other", ["2"], None),
    ("again", "fan", ["9"], "once"),
    ("seat-limit-exceeded", "fan", ["3", "4", "5"], None),
    ("seat-not-found", "other", ["3", "none"], None),
    ("entry-token-expired", "gone", ["3"], None),
    ("held", "other", ["3"], "once"),
]
HOLD = """\
select outcome, order_id
from bench.hold(%(user)s, %(concert)s, 7, %(key)s, %(seats)s, 4, interval '1 hour', %(once)s)"""


def test_the_function_refuses_what_the_server_refuses_in_postgresql(settings: Settings) -> None:
    key = pgbench.new_performance(owner_url(settings), seats=9)
    names = {"concert": pgbench.CONCERT, "key": key}
    with psycopg.connect(owner_url(settings), autocommit=True) as connection:
        connection.execute(
            "insert into revoked_passes values ('gone', %(concert)s, 7, now())", names
        )
        first = connection.execute(
            HOLD, {**names, "user": "fan", "seats": ["2", "1"], "once": "once"}
        ).fetchone()
        assert first is not None
        assert first[0] == "held"
        for outcome, user, seats, once in REFUSED:
            answer = connection.execute(
                HOLD, {**names, "user": user, "seats": seats, "once": once}
            ).fetchone()
            assert answer is not None
            assert answer[0] == outcome
            assert (answer[1] == first[1]) == (outcome == "again")
        found = connection.execute(
            "select count(*), count(order_id) from orders"
            " full join seats on order_id = orders.id where order_id is not null"
        ).fetchone()
    assert found == (3, 3)
