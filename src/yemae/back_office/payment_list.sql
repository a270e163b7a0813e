-- name: payments_of_concert
-- Each payment of a concert by its time, with what came back of it, and how its provider names it. No
-- name and no address of a fan. Orders that were paid are found by their tickets, or were cancelled, so
-- that a small concert costs little beside a large one (a limit of one has an order looked up by its
-- key), and the rest is read of what is listed alone.
with of_concert as (
    select order_id as id from tickets where performance_key = any(%(performance_keys)s::int[])
    union
    select o.id
    from cancellations as c
    cross join lateral (
        select id from orders
        where id = c.order_id and performance_key = any(%(performance_keys)s::int[])
        limit 1
    ) as o
),
listed as materialized (
    select p.paid_at, p.amount, o.id, o.performance_key, o.status,
           case o.status when 'paid' then cardinality(o.seat_numbers) else 0 end as seats
    from of_concert as m
    join orders as o on o.id = m.id
    join payments as p on p.order_id = o.id
    where (%(since)s::timestamptz is null or p.paid_at >= %(since)s)
      and (%(until)s::timestamptz is null or p.paid_at < %(until)s)
    order by p.paid_at, o.id
    limit %(limit)s
)
select o.paid_at, o.id as order_id, o.performance_key, o.status, o.seats, c.provider,
       coalesce(c.method, b.tender, 'wallet') as method, c.reference, o.amount as charged, s.surcharges,
       h.surcharges_in_cash, r.refunded, r.refunding
from listed as o
left join checkouts as c on c.order_id = o.id and c.state = 'captured'
left join box_office_sales as b on b.order_id = o.id
cross join lateral (
    select coalesce(sum(t.amount), 0)::bigint as surcharges
    from transfers as t
    where t.order_id = o.id and t.kind = 'surcharge'
) as s
cross join lateral (
    select coalesce(sum(t.amount), 0)::bigint as surcharges_in_cash
    from box_office_surcharges as d
    join transfers as t on t.id = d.transfer_id
    where d.order_id = o.id
) as h
cross join lateral (
    select coalesce(sum(amount) filter (where state = 'settled'), 0)::bigint as refunded,
           coalesce(sum(amount) filter (where state in ('pending', 'in_doubt')), 0)::bigint as refunding
    from refunds
    where order_id = o.id
) as r
order by o.paid_at, o.id
