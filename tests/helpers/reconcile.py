"""The invariants that can be read off the stores, checked over everything that is in them."""

from yemae.house import House

# Each query lists violations; each name says what must hold.
LAWS = {
    "a paid seat is the seat of exactly one paid order": """
        select number from orders as o cross join unnest(o.seat_numbers) as number
        where o.status = 'paid' group by o.performance_key, number having count(*) > 1""",
    "a live hold shares no seat with another live or paid order": """
        select number from orders as o cross join unnest(o.seat_numbers) as number
        where o.status = 'paid' or (o.status = 'held' and o.expires_at > yemae_now())
        group by o.performance_key, number having count(*) > 1""",
    "every live or paid order has all its seats": """
        select o.id from orders as o cross join unnest(o.seat_numbers) as n (number)
        left join seats as s
            on s.performance_key = o.performance_key and s.number = n.number and s.order_id = o.id
        where (o.status = 'paid' and s.held_until is distinct from 'infinity')
           or (o.status = 'held' and o.expires_at > yemae_now()
               and s.held_until is distinct from o.expires_at)""",
    "a sold seat has a paid order and a ticket": """
        select s.number from seats as s
        left join orders as o on o.id = s.order_id and o.status = 'paid'
        left join tickets as t on t.order_id = o.id and t.number = s.number
        where s.held_until = 'infinity' and (o.id is null or t.number is null)""",
    "every ticket is of a paid order with its payment": """
        select t.number from tickets as t join orders as o on o.id = t.order_id
        left join payments as p on p.order_id = o.id
        where o.status <> 'paid' or p.id is null or p.amount <> o.total""",
    "every paid order is debited once, and no other": """
        select o.id from orders as o left join transfers as t
            on t.order_id = o.id and t.kind = 'payment'
        group by o.id, o.status, o.total
        having count(t.id) <> (o.status = 'paid' and o.total > 0)::int
           or coalesce(sum(t.amount), o.total) <> o.total""",
    "a balance equals the sum of its transfers and is not negative": """
        select w.user_id from wallets as w left join transfers as t on t.user_id = w.user_id
        group by w.user_id, w.balance
        having w.balance < 0 or w.balance <> coalesce(sum(
            case when t.to_account = w.user_id then t.amount else -t.amount end), 0)""",
    "every transfer has both sides, one of them the fan's": """
        select id from transfers where from_account = to_account
           or (from_account <> user_id and to_account <> user_id)""",
    "nobody has more seats than the limit": """
        select o.user_id from orders as o join performances as p on p.key = o.performance_key
        join concerts as c on c.id = p.concert_id
        where o.status = 'paid' or (o.status = 'held' and o.expires_at > yemae_now())
        group by o.user_id, o.performance_key, c.seat_limit
        having sum(cardinality(o.seat_numbers)) > c.seat_limit""",
}


async def violations(house: House) -> dict[str, list[object]]:
    """Every law that does not hold, with what breaks it."""
    found: dict[str, list[object]] = {}
    async with house.postgres.transaction() as tx:
        for law, query in LAWS.items():
            if rows := await tx.fetch(query.encode()):
                found[law] = [tuple(row) for row in rows]
    return found


async def assert_reconciled(house: House) -> None:
    """Everything that can be read off the stores holds."""
    assert await violations(house) == {}
