"""The money of a small concert costs little on a server with many orders of another one."""

from typing import Any

import pytest

from helpers.concerts import HALL, concert, load_concert
from helpers.fans import Fan
from helpers.owner import as_owner
from helpers.paid_orders import bought
from yemae.back_office.money import MONEY_BY_METHOD, MONEY_KEPT
from yemae.back_office.payment_list import PAYMENTS_OF_CONCERT
from yemae.back_office.sales import BEGIN_REPORT
from yemae.runtime import Runtime
from yemae.sale.cancel import By, CancelWish, cancel_seats
from yemae.store.queries import Query

ORDERS = 3_000
# Of another concert, each of one seat.
MANY = (
    """
create temporary table many on commit drop as
select gen_random_uuid() as id, n, (select key from performances where id = 'large-1') as key
from generate_series(1001, 4000) as n""",
    """
insert into orders (id, user_id, performance_key, status, seat_numbers, seat_grades, seat_prices,
                    total, currency, created_at, expires_at, pass_number)
select id, 'fan-' || n, key, 'paid', array[n::text], '{R}', '{50000}', 50000, 'KRW', now(),
       now() + interval '1 minute', n
from many""",
    """
insert into seats (performance_key, number, position, grade, price, order_id, held_until)
select key, n::text, n, 'R', 50000, id, 'infinity' from many""",
    "insert into tickets (performance_key, number, order_id) select key, n::text, id from many",
    """
insert into payments (id, order_id, user_id, concert_id, pass_number, amount, balance_after,
                      paid_at)
select gen_random_uuid(), id, 'fan-' || n, 'large', n, 50000, 0, now() from many""",
    "analyze orders, seats, tickets, payments",
)
# Of this transaction.
ORDERS_READ = b"""
select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint as number
from pg_stat_xact_user_tables where relname = 'orders'"""
ANY_TIME = {"since": None, "until": None, "limit": None}


@pytest.mark.parametrize(
    ("query", "more"),
    [(MONEY_BY_METHOD, {}), (MONEY_KEPT, {}), (PAYMENTS_OF_CONCERT, ANY_TIME)],
    ids=["money_by_method", "money_kept", "payments_of_concert"],
)
async def test_the_orders_of_a_large_concert_are_not_read_for_a_small_one(
    runtime: Runtime, query: Query[Any], more: dict[str, object]
) -> None:
    await load_concert(runtime.settings, concert(concert_id="large"))
    await bought(Fan(runtime, "ann"), "1")
    cancelled = await bought(Fan(runtime, "ben"), "2")
    by = By("op", is_operator=True, takes_fee=False, reason="x")
    await cancel_seats(runtime, by, CancelWish(cancelled.id, None))
    as_owner(runtime.settings, *MANY)
    await runtime.catalogue.refresh()
    keys = [date.key for date in runtime.catalogue.concert(HALL).performances]
    async with runtime.postgres.transaction(frozen=True) as tx:
        await tx.send(BEGIN_REPORT)
        assert await tx.fetch(query, performance_keys=keys, **more)
        (read,) = await tx.fetch(ORDERS_READ)
    # Those of the concert, some of them more than once.
    assert 0 < read.number < ORDERS / 10
