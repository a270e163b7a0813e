"""No statement of the hot path reads a whole table, whatever the planner knew when it planned.

A connection plans a statement once. If the tables were empty then, as they are when a sale opens,
reading all of them looks cheap, and would be done for each batch an hour later.
"""

import re
from pathlib import Path

import psycopg
import pytest

import yemae
from helpers.owner import owner_url
from helpers.statements import numbered
from yemae.concerts import seats
from yemae.orders import orders
from yemae.runtime import Runtime
from yemae.store.pipeline import PooledConnection
from yemae.store.queries import load_queries

# They grow with the sale. Concerts and performances are few, and read as a whole.
GROWING = ("orders", "payments", "seats", "tickets", "transfers", "users", "wallets")
PLANNED = b"""\
select generic_plans, custom_plans from pg_prepared_statements
where statement like '%%for no key update%%' and statement not like '%%pg_prepared%%'"""
SCAN = re.compile(rf"Scan (?:Backward )?(?:using \w+ )?on (?:{'|'.join(GROWING)})\b")
FILES = sorted(
    Path(yemae.__file__).parent / noun / "queries.sql"
    for noun in ("concerts", "concerts/seat_map", "orders", "payments", "wallet")
)


@pytest.mark.parametrize("are_known_to_be_empty", [False, True])
async def test_plans_made_while_the_tables_are_empty_look_up_by_index(
    runtime: Runtime, are_known_to_be_empty: bool
) -> None:
    if are_known_to_be_empty:
        with psycopg.connect(owner_url(runtime.settings), autocommit=True) as owner:
            owner.execute(f"vacuum analyze {', '.join(GROWING)}".encode())
    async with runtime.postgres._pool.connection() as connection:
        plans = {
            f"{file.parent.name} {name}": await plan_of(connection, numbered(statement))
            for file in FILES
            for name, statement in load_queries(str(file)).items()
        }
    assert len(plans) > 30
    assert not {name: plan for name, plan in plans.items() if reads_it_all(plan)}


async def test_a_statement_is_planned_once_however_small_its_batches_are(
    runtime: Runtime,
) -> None:
    """A plan for any parameters looks dearer to PostgreSQL than one for a single seat, and without
    our setting each batch would be planned anew."""
    async with runtime.postgres.transaction() as tx:
        for _ in range(7):
            await (await seats.lock_seats(tx, [(1, "1")], wait=False)).rows()
            await (await seats.lock_seats_of_orders(tx, [runtime.new_id()], wait=False)).rows()
        planned = await tx.fetch(PLANNED)
    assert [(row.generic_plans, row.custom_plans) for row in planned] == [(7, 0), (7, 0)]


async def test_a_fan_s_history_is_not_read_to_count_what_they_hold(runtime: Runtime) -> None:
    statement = orders.QUERIES["seats_of_buyers"]
    async with runtime.postgres._pool.connection() as connection:
        plan = await plan_of(connection, numbered(statement))
    assert any("orders_counting" in line for line in plan)


async def test_the_check_sees_a_plan_that_reads_everything(runtime: Runtime) -> None:
    async with runtime.postgres._pool.connection() as connection, connection.transaction():
        await connection.execute("set local enable_seqscan = on")
        plan = await plan_of(connection, b"select from orders where total = $1::int")
    assert reads_it_all(plan)


async def plan_of(connection: PooledConnection, statement: bytes) -> list[str]:
    """The plan that holds for any parameters, line by line."""
    rows = await connection.execute(b"explain (generic_plan, costs off) " + statement)
    return [line for (line,) in await rows.fetchall()]


def reads_it_all(plan: list[str]) -> bool:
    """Whether a plan reads a growing table from its beginning to its end, or an index of it."""
    return any(
        SCAN.search(line) and "Index Cond" not in following and "Bitmap Heap Scan" not in line
        for line, following in zip(plan, [*plan[1:], ""], strict=True)
    )
