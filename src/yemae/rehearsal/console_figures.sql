-- name: orders_of_concert
-- Before the first fan: what was ordered and paid in the queue until then.
select count(*) as holds, count(p.order_id) as payments
from orders as o
join performances as d on d.key = o.performance_key
left join payments as p on p.order_id = o.id
where d.concert_id = %(concert_id)s
  and not exists (select from box_office_sales as b where b.order_id = o.id)

-- name: books_of_concert
-- Sums of a concert's own rows. The console's figures are made in other ways, and have to be the same.
with dates as (
    select key from performances where concert_id = %(concert_id)s
),
own as (
    select o.id, b.order_id is null as is_of_queue
    from orders as o
    left join box_office_sales as b on b.order_id = o.id
    where o.performance_key in (select key from dates)
)
select (select count(*) from seats as s
        where s.performance_key in (select key from dates)
          and not exists (select from refund_runs as r where r.id = s.order_id)) as seats,
       (select count(*) from tickets as t
        where t.performance_key in (select key from dates)) as sold,
       (select coalesce(sum(cardinality(c.seat_numbers)), 0)::bigint
        from cancellations as c join own on own.id = c.order_id) as cancelled,
       (select coalesce(sum(p.amount), 0)::bigint
        from payments as p join own on own.id = p.order_id)
       + (select coalesce(sum(t.amount), 0)::bigint
          from transfers as t join own on own.id = t.order_id
          where t.kind = 'surcharge') as charged,
       (select coalesce(sum(r.amount), 0)::bigint
        from refunds as r join own on own.id = r.order_id
        where r.state <> 'declined') as refunds,
       (select count(*) from own where is_of_queue) as holds,
       (select count(*) from payments as p join own on own.id = p.order_id
        where own.is_of_queue) as payments
