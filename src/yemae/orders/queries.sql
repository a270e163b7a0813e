-- name: lock_buyers
-- One fan's holds and payments take turns, in every process and node, so that the seat limit and
-- the Idempotency-Key hold. An advisory lock costs no row and no WAL; equal hashes only wait longer.
select pg_advisory_xact_lock(key)
from (
    select distinct hashtextextended(user_id, 0) as key
    from unnest(%(user_ids)s::text[]) as u (user_id)
    order by key
) as keys

-- name: try_buyers
-- The same turns without waiting, and whether each was had.
select user_id, pg_try_advisory_xact_lock(hashtextextended(user_id, 0)) as is_locked
from unnest(%(user_ids)s::text[]) as u (user_id)

-- name: seats_of_buyers
-- What counts against the limit: paid seats and live holds. One look-up for each fan, whatever the
-- planner knows, in the index of what can count (orders_counting): what a fan has released or let
-- run out is not in it, so a long history costs the others of the batch nothing.
select u.user_id, o.performance_key, o.seats
from unnest(%(user_ids)s::text[]) as u (user_id)
cross join lateral (
    select performance_key, sum(cardinality(seat_numbers))::int as seats
    from orders
    where orders.user_id = u.user_id
      and status in ('held', 'paid') and (status = 'paid' or expires_at > yemae_now())
    group by performance_key
) as o

-- name: sold_in_phases
-- What counts against the allotment of a phase: paid seats and live holds. A hold reads it after its
-- phase's turn was had, so that two holds never count the same seats as left.
select w.sale, w.performance_key, s.seats, s.paid
from unnest(%(sales)s::text[], %(performance_keys)s::int[]) as w (sale, performance_key)
cross join lateral (
    select coalesce(sum(cardinality(seat_numbers)), 0)::int as seats,
           coalesce(sum(cardinality(seat_numbers)) filter (where status = 'paid'), 0)::int as paid
    from orders
    where orders.sale = w.sale and orders.performance_key = w.performance_key
      and status in ('held', 'paid') and (status = 'paid' or expires_at > yemae_now())
) as s

-- name: orders_by_idempotency_key
-- A replay is answered with the order as it is now, which may no longer be held.
select o.id, o.user_id, p.concert_id, p.id as performance_id, o.performance_key,
       case when o.status = 'held' and o.expires_at <= yemae_now() then 'expired' else o.status end
           as status,
       o.seat_numbers, o.seat_grades, o.seat_prices, o.total, o.currency, o.created_at,
       o.expires_at, o.pass_number, o.idempotency_key, o.booking_fee, o.price_types, o.sale,
       o.cancellation
from unnest(%(user_ids)s::text[], %(idempotency_keys)s::text[]) as k (user_id, idempotency_key)
cross join lateral (
    select * from orders
    where orders.user_id = k.user_id and orders.idempotency_key = k.idempotency_key
    limit 1
) as o
join performances as p on p.key = o.performance_key

-- name: open_orders
insert into orders (id, user_id, performance_key, status, seat_numbers, seat_grades, seat_prices,
                    total, currency, created_at, expires_at, pass_number, idempotency_key,
                    booking_fee, price_types, sale, cancellation)
select id, user_id, performance_key, 'held', seat_numbers, seat_grades, seat_prices,
       total, currency, created_at, expires_at, pass_number, idempotency_key, booking_fee,
       price_types, sale, cancellation
from json_to_recordset(%(orders)s::json) as o (
    id uuid, user_id text, performance_key int, seat_numbers text[], seat_grades text[],
    seat_prices bigint[], total bigint, currency text, created_at timestamptz,
    expires_at timestamptz, pass_number bigint, idempotency_key text, booking_fee bigint,
    price_types jsonb, sale text, cancellation text)

-- name: lock_orders
-- In id order, one by one, as lock_seats does.
select wanted.id, yemae_now() as now, false as is_busy, o.checkout_id,
       o.id, o.user_id, p.concert_id, p.id as performance_id, o.performance_key, o.status,
       o.seat_numbers, o.seat_grades, o.seat_prices, o.total, o.currency, o.created_at,
       o.expires_at, o.pass_number, o.idempotency_key, o.booking_fee, o.price_types, o.sale,
       o.cancellation
from unnest(%(order_ids)s::uuid[]) as wanted (id)
cross join lateral (
    select * from orders where orders.id = wanted.id for no key update
) as o
join performances as p on p.key = o.performance_key

-- name: try_orders
-- The same without waiting: an order that is locked elsewhere is busy, and nothing else is read of
-- it. The offset keeps one look-up for each order, whatever the planner knows.
select wanted.id, yemae_now() as now, s.id is null as is_busy, s.checkout_id,
       s.id, s.user_id, p.concert_id, p.id as performance_id, s.performance_key, s.status,
       s.seat_numbers, s.seat_grades, s.seat_prices, s.total, s.currency, s.created_at,
       s.expires_at, s.pass_number, s.idempotency_key, s.booking_fee, s.price_types, s.sale,
       s.cancellation
from unnest(%(order_ids)s::uuid[]) as wanted (id)
cross join lateral (
    select id from orders where orders.id = wanted.id offset 0
) as o
left join lateral (
    select * from orders where orders.id = wanted.id for no key update skip locked
) as s on true
left join performances as p on p.key = s.performance_key

-- name: mark_paid
-- The coalesce here and in other look-ups by id keeps the planner from reading the index of all
-- held orders, which looks cheap while there are none.
with paid as (
    update orders set status = 'paid'
    where id = any(%(order_ids)s::uuid[]) and coalesce(status = 'held', false)
    returning 1
)
select expect_rows(count(*), cardinality(%(order_ids)s::uuid[])) from paid

-- name: mark_released
update orders set status = 'released' where id = %(order_id)s and coalesce(status = 'held', false)

-- name: mark_cancelled
with cancelled as (
    update orders set status = 'cancelled'
    where id = %(order_id)s and coalesce(status = 'paid', false)
    returning 1
)
select expect_rows(count(*), 1) from cancelled

-- name: write_seats
-- What an order has after a move, or after some of its seats were cancelled.
with changed as (
    update orders
    set seat_numbers = %(numbers)s::text[], seat_grades = %(grades)s::text[],
        seat_prices = %(prices)s::bigint[], total = %(total)s, booking_fee = %(booking_fee)s,
        price_types = %(price_types)s::jsonb
    where id = %(order_id)s
    returning 1
)
select expect_rows(count(*), 1) from changed

-- name: origin_of_order
-- What never changes of an order, whatever becomes of it; but its fan, when a guest is merged.
select o.user_id, p.id as performance_id, o.cancellation
from orders as o join performances as p on p.key = o.performance_key
where o.id = %(order_id)s

-- name: keep_held
-- The holds of orders that are held under their locks end at other times, and checkouts keep them.
-- Says twice which orders, so that they are looked up whatever the planner knows.
with kept as (
    update orders as o set expires_at = k.until, checkout_id = k.checkout_id
    from unnest(%(order_ids)s::uuid[], %(untils)s::timestamptz[], %(checkout_ids)s::uuid[])
        as k (order_id, until, checkout_id)
    where o.id = k.order_id and o.id = any(%(order_ids)s::uuid[])
      and coalesce(o.status = 'held', false)
    returning 1
)
select expect_rows(count(*), cardinality(%(order_ids)s::uuid[])) from kept

-- name: passes_held_until
-- The end of the last hold that was made with each pass, in their order; null when none is live.
select h.ends_at
from unnest(%(user_ids)s::text[], %(pass_numbers)s::bigint[])
    with ordinality as k (user_id, pass_number, place)
cross join lateral (
    select max(o.expires_at) as ends_at
    from orders as o
    where o.user_id = k.user_id and o.status in ('held', 'paid')
      and coalesce(o.status = 'held', false)
      and o.pass_number = k.pass_number and o.expires_at > yemae_now()
) as h
order by k.place

-- name: order_of_user
-- A hold that ran out reads as expired from that instant, swept or not.
select o.id, o.user_id, p.concert_id, p.id as performance_id, o.performance_key,
       case when o.status = 'held' and o.expires_at <= yemae_now() then 'expired' else o.status end
           as status,
       o.seat_numbers, o.seat_grades, o.seat_prices, o.total, o.currency, o.created_at,
       o.expires_at, o.pass_number, o.idempotency_key, o.booking_fee, o.price_types, o.sale,
       o.cancellation
from orders as o join performances as p on p.key = o.performance_key
where o.id = %(order_id)s and o.user_id = %(user_id)s

-- name: orders_of_user
select o.id, o.user_id, p.concert_id, p.id as performance_id, o.performance_key,
       case when o.status = 'held' and o.expires_at <= yemae_now() then 'expired' else o.status end
           as status,
       o.seat_numbers, o.seat_grades, o.seat_prices, o.total, o.currency, o.created_at,
       o.expires_at, o.pass_number, o.idempotency_key, o.booking_fee, o.price_types, o.sale,
       o.cancellation
from orders as o join performances as p on p.key = o.performance_key
where o.user_id = %(user_id)s and (%(before)s::uuid is null or o.id < %(before)s)
order by o.id desc
limit %(limit)s

-- name: ticket_at_the_door
-- What became of an order, of any user, whether the seat was sold to it, with which price type, and
-- whether its payment is disputed, or was with success.
select case when status = 'held' and expires_at <= yemae_now() then 'expired' else status end
           as status,
       exists (
           select from tickets
           where performance_key = %(performance_key)s and number = %(number)s
             and order_id = orders.id
       ) as has_seat,
       price_types -> (array_position(seat_numbers, %(number)s) - 1) as price_type,
       exists (
           select from disputes where order_id = orders.id and state <> 'won'
       ) as is_disputed
from orders
where id = %(order_id)s

-- name: run_out
-- The sweep's next step. It skips orders that a payment or a release has locked. Orders are locked
-- before seats, as in every transaction.
select id
from orders
where status = 'held' and expires_at <= (select yemae_now()) and id <> all(%(not_these)s::uuid[])
  and (%(only)s::uuid is null or id = %(only)s)
order by expires_at
limit %(step)s
for no key update skip locked

-- name: mark_expired
update orders set status = 'expired'
where id = any(%(order_ids)s::uuid[]) and coalesce(status = 'held', false)
  and expires_at <= yemae_now()

-- name: held_since
-- Live holds made lately, for repairing the passes that they extend.
select o.id, o.user_id, p.concert_id, p.id as performance_id, o.performance_key, o.status,
       o.seat_numbers, o.seat_grades, o.seat_prices, o.total, o.currency, o.created_at,
       o.expires_at, o.pass_number, o.idempotency_key, o.booking_fee, o.price_types, o.sale,
       o.cancellation
from orders as o join performances as p on p.key = o.performance_key
where o.status = 'held' and o.id > %(after)s and o.expires_at > (select yemae_now())
order by o.id
limit %(step)s
