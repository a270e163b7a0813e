-- name: payments_of_concert
-- Each payment of a concert by its time, with what came back of it, and how its provider names it. No
-- name and no address of a fan.
select p.paid_at, o.id as order_id, o.performance_key, o.status,
       case o.status when 'paid' then cardinality(o.seat_numbers) else 0 end as seats, c.provider,
       coalesce(c.method, b.tender, 'wallet') as method, c.reference, p.amount as charged,
       coalesce(s.amount, 0) as surcharges, coalesce(r.refunded, 0) as refunded,
       coalesce(r.refunding, 0) as refunding
from payments as p
join orders as o on o.id = p.order_id
left join checkouts as c on c.order_id = o.id and c.state = 'captured'
left join box_office_sales as b on b.order_id = o.id
left join (
    select order_id, sum(amount)::bigint as amount from transfers where kind = 'surcharge' group by order_id
) as s on s.order_id = o.id
left join (
    select order_id, (sum(amount) filter (where state = 'settled'))::bigint as refunded,
           (sum(amount) filter (where state in ('pending', 'in_doubt')))::bigint as refunding
    from refunds
    group by order_id
) as r on r.order_id = o.id
where o.performance_key = any(%(performance_keys)s::int[])
  and (%(since)s::timestamptz is null or p.paid_at >= %(since)s)
  and (%(until)s::timestamptz is null or p.paid_at < %(until)s)
order by p.paid_at, o.id
limit %(limit)s
