-- name: sales_of_dates
-- One line for each date, grade, price type, and tender of the box office. A sold or held seat is read in its order, which has the
-- grade, the price and the type that it was bought with; orders of the same seats are added up before
-- their arrays are taken apart, because a sale has a million orders and few kinds of them. They are found
-- by their seats, so that a small concert costs little beside a large one. Money that is of no single
-- seat is divided: the booking fee equally, as a cancellation divides it, and the rest by what was paid
-- for each seat. What cannot be divided is on a later seat, so the lines add up to the won.
with live as (
    select performance_key, seat_grades, seat_prices, price_types, booking_fee, tender,
           count(*) filter (where status = 'paid') as sold,
           count(*) filter (where status = 'held') as held
    from orders
    left join box_office_sales as d on d.order_id = orders.id
    where id in (
        select order_id from seats
        where performance_key = any(%(performance_keys)s::int[])
          and held_until > (select yemae_now())
    ) and (status = 'paid' or (status = 'held' and expires_at > (select yemae_now())))
    group by performance_key, seat_grades, seat_prices, price_types, booking_fee, tender
),
live_seats as (
    select o.performance_key, n.grade, o.price_types -> (n.place - 1)::int as price_type, n.price,
           o.booking_fee / cardinality(o.seat_prices)
           + case when n.place = cardinality(o.seat_prices)
                  then mod(o.booking_fee, cardinality(o.seat_prices)) else 0 end as booking_fee,
           o.sold, o.held, o.tender
    from live as o
    cross join lateral unnest(o.seat_grades, o.seat_prices) with ordinality as n (grade, price, place)
),
given_back as (
    select order_id, cancellation_id, sum(amount)::bigint as amount
    from refunds
    where state <> 'declined'
    group by order_id, cancellation_id
),
-- Seats that were cancelled: what was paid for each, and what went back of all of them.
cancelled_seats as (
    select c.id, o.performance_key, n.place, n.grade, c.price_types -> (n.place - 1)::int as price_type,
           n.price,
           c.booking_fee / cardinality(c.seat_numbers)
           + case when n.place = cardinality(c.seat_numbers)
                  then mod(c.booking_fee, cardinality(c.seat_numbers)) else 0 end as booking_fee,
           c.fee, coalesce(g.amount, 0) as refund, d.tender
    from cancellations as c
    join orders as o on o.id = c.order_id
    left join box_office_sales as d on d.order_id = o.id
    cross join lateral unnest(c.seat_grades, c.seat_prices) with ordinality as n (grade, price, place)
    left join given_back as g on g.cancellation_id = c.id
    where o.performance_key = any(%(performance_keys)s::int[])
),
cancelled as (
    select *, greatest(sum(price + booking_fee) over all_of_it, 1) as whole,
           sum(price + booking_fee) over up_to as reached,
           sum(price + booking_fee) over up_to - price - booking_fee as before
    from cancelled_seats
    window all_of_it as (partition by id), up_to as (partition by id order by place)
),
-- Money that went back for no seat. What a move to cheaper seats gave back was charged beside what the
-- seats cost now; what one to dearer seats charged is in their prices. A seat that costs nothing may be
-- all that is left, so each counts one more.
beside as (
    select o.id, o.performance_key, o.seat_grades, o.seat_prices, o.price_types, g.amount as refund,
           d.tender, p.amount + m.amount - case o.status when 'paid' then o.total else 0 end - c.amount
               as charged
    from given_back as g
    join orders as o on o.id = g.order_id
    join payments as p on p.order_id = o.id
    left join box_office_sales as d on d.order_id = o.id
    cross join lateral (
        select coalesce(sum(t.amount), 0)::bigint as amount
        from transfers as t
        where t.order_id = o.id and t.kind = 'surcharge'
    ) as m
    cross join lateral (
        select coalesce(sum(c.booking_fee + n.prices), 0)::bigint as amount
        from cancellations as c
        cross join lateral (select sum(price) as prices from unnest(c.seat_prices) as u (price)) as n
        where c.order_id = o.id
    ) as c
    where g.cancellation_id is null and o.performance_key = any(%(performance_keys)s::int[])
),
beside_seats as (
    select b.performance_key, n.grade, b.price_types -> (n.place - 1)::int as price_type, b.tender, b.refund,
           b.charged, sum(n.price + 1) over all_of_it as whole, sum(n.price + 1) over up_to as reached,
           sum(n.price + 1) over up_to - n.price - 1 as before
    from beside as b
    cross join lateral unnest(b.seat_grades, b.seat_prices) with ordinality as n (grade, price, place)
    window all_of_it as (partition by b.id), up_to as (partition by b.id order by n.place)
),
lines as (
    select s.performance_key, s.grade, null::jsonb as price_type, null as tender, max(s.price) as full_price,
           0 as sold, 0 as cancelled, 0 as held,
           count(b.id) filter (where s.held_until > (select yemae_now())) as blocked,
           count(*) filter (where s.order_id is null or s.held_until <= (select yemae_now())) as free,
           0 as revenue, 0 as booking_fees, 0 as cancellation_fees, 0 as refunds
    from seats as s
    left join seat_blocks as b on b.id = s.order_id
    where s.performance_key = any(%(performance_keys)s::int[])
    group by s.performance_key, s.grade
    union all
    select performance_key, grade, price_type, tender, null, sold, 0, held, 0, 0, sold * price,
           sold * booking_fee, 0, 0
    from live_seats
    union all
    select performance_key, grade, price_type, tender, null, 0, 1, 0, 0, 0, price, booking_fee,
           div(fee * reached, whole) - div(fee * before, whole),
           div((fee + refund) * reached, whole) - div((fee + refund) * before, whole)
           - div(fee * reached, whole) + div(fee * before, whole)
    from cancelled
    union all
    select performance_key, grade, price_type, tender, null, 0, 0, 0, 0, 0,
           div(charged * reached, whole) - div(charged * before, whole), 0, 0,
           div(refund * reached, whole) - div(refund * before, whole)
    from beside_seats
)
select l.performance_key, l.grade, l.tender, max(l.full_price) as full_price,
       l.price_type ->> 'id' as price_type,
       max(l.price_type ->> 'name') as price_type_name,
       max(l.price_type ->> 'name_en') as price_type_name_en,
       sum(l.sold)::bigint as sold, sum(l.cancelled)::bigint as cancelled,
       sum(l.held)::bigint as held, sum(l.blocked)::bigint as blocked, sum(l.free)::bigint as free,
       sum(l.revenue)::bigint as revenue, sum(l.booking_fees)::bigint as booking_fees,
       sum(l.cancellation_fees)::bigint as cancellation_fees, sum(l.refunds)::bigint as refunds
from lines as l
group by l.performance_key, l.grade, l.tender, 5

-- name: sales_by_minute
-- What was bought and paid, and what was cancelled and went back, in each minute in which either
-- happened. A minute of UTC is one of every venue, as offsets are whole minutes.
with taken_out as (
    select order_id, sum(cardinality(seat_numbers)) as seats from cancellations group by order_id
),
bought as (
    select date_trunc('minute', p.paid_at) as minute, p.amount,
           case o.status when 'paid' then cardinality(o.seat_numbers) else 0 end
           + coalesce(t.seats, 0) as seats
    from payments as p
    join orders as o on o.id = p.order_id
    left join taken_out as t on t.order_id = o.id
    where p.concert_id = any(%(queue_ids)s::text[])
      and o.performance_key = any(%(performance_keys)s::int[])
      and (%(since)s::timestamptz is null or p.paid_at >= %(since)s)
),
-- A move to dearer seats charges the difference, and sells no seat more.
moved as (
    select date_trunc('minute', t.created_at) as minute, t.amount
    from transfers as t
    join orders as o on o.id = t.order_id
    where t.kind = 'surcharge' and o.performance_key = any(%(performance_keys)s::int[])
      and (%(since)s::timestamptz is null or t.created_at >= %(since)s)
),
gone as (
    select date_trunc('minute', c.cancelled_at) as minute, cardinality(c.seat_numbers) as seats
    from cancellations as c
    join orders as o on o.id = c.order_id
    where o.performance_key = any(%(performance_keys)s::int[])
      and (%(since)s::timestamptz is null or c.cancelled_at >= %(since)s)
),
given_back as (
    select date_trunc('minute', r.created_at) as minute, r.amount
    from refunds as r
    join orders as o on o.id = r.order_id
    where r.state <> 'declined' and o.performance_key = any(%(performance_keys)s::int[])
      and (%(since)s::timestamptz is null or r.created_at >= %(since)s)
)
select minute, sum(orders)::bigint as orders, sum(seats)::bigint as seats,
       sum(charged)::bigint as charged, sum(cancelled)::bigint as cancelled,
       sum(refunded)::bigint as refunded
from (
    select minute, count(*) as orders, sum(seats) as seats, sum(amount) as charged, 0 as cancelled,
           0 as refunded
    from bought group by minute
    union all
    select minute, 0, 0, sum(amount), 0, 0 from moved group by minute
    union all
    select minute, 0, 0, 0, sum(seats), 0 from gone group by minute
    union all
    select minute, 0, 0, 0, 0, sum(amount) from given_back group by minute
) as m
group by minute
order by minute
limit %(limit)s

-- name: begin_report
-- A report takes no processor beside its own from a sale. Its statements are planned for the concert
-- that it is of: one plan for all would read every order of the server for a small concert.
select yemae_now() as now, set_config('max_parallel_workers_per_gather', '0', true) as workers,
       set_config('plan_cache_mode', 'force_custom_plan', true) as plans
