-- name: catalogue_revision
select coalesce(max(revision), 0) as revision from concerts

-- name: all_concerts
select id, title, artist, venue, currency, sale_opens_at, seat_limit, active_limit,
       admit_per_minute, entry_ttl_s, absent_after_s
from concerts
order by listing, id

-- name: all_performances
select key, id, concert_id, starts_at, seats_total, price_from
from performances
order by concert_id, starts_at

-- name: seats_left
-- Counts as the store sees it now: a hold that has run out is a free seat, swept or not.
select performance_key, count(*) as seats_left
from seats
where performance_key = any(%(performance_keys)s::int[])
  and (order_id is null or held_until <= (select yemae_now()))
group by performance_key

-- name: free_seats
-- The list as JSON text, in plan order; the server passes it on as it is.
select (extract(epoch from yemae_now()) * 1e6)::bigint as version,
       '[' || coalesce(string_agg(row_to_json(seat)::text, ',' order by position), '') || ']' as seats
from seats
cross join lateral (select number, grade, price) as seat
where performance_key = %(performance_key)s
  and (order_id is null or held_until <= (select yemae_now()))

-- name: lock_seats
-- Locks seats one by one in the order given (by key, so that two batches never wait for each
-- other), and says of each whether it is free *after* the wait for its lock. The lateral with its
-- own locking clause is what keeps that order and the index look-ups, whatever the planner knows.
select s.performance_key, s.number, s.grade, s.price,
       s.order_id is null or s.held_until <= yemae_now() as free,
       yemae_now() as now
from unnest(%(performance_keys)s::int[], %(numbers)s::text[]) as wanted (performance_key, number)
cross join lateral (
    select * from seats
    where seats.performance_key = wanted.performance_key and seats.number = wanted.number
    for no key update
) as s

-- name: lock_seats_of_orders
-- Locks the seats of orders (whose rows are locked already) in the same order as lock_seats.
select w.order_id, s.order_id is not distinct from w.order_id as still_held, yemae_now() as now
from (
    select o.id as order_id, o.performance_key, n.number
    from orders as o cross join unnest(o.seat_numbers) as n (number)
    where o.id = any(%(order_ids)s::uuid[]) and o.status = 'held'
    order by o.performance_key, n.number collate "C"
) as w
cross join lateral (
    select * from seats
    where seats.performance_key = w.performance_key and seats.number = w.number
    for no key update
) as s

-- name: claim_seats
-- The condition repeats what was decided under the lock, and the count is checked: were the code
-- ever wrong, nothing would be committed.
with claimed as (
    update seats as s
    set order_id = c.order_id, held_until = c.held_until
    from unnest(%(performance_keys)s::int[], %(numbers)s::text[], %(order_ids)s::uuid[],
                %(held_until)s::timestamptz[])
        as c (performance_key, number, order_id, held_until)
    where s.performance_key = c.performance_key and s.number = c.number
      and (s.order_id is null or s.held_until <= yemae_now())
    returning 1
)
select expect_rows(count(*), cardinality(%(numbers)s::text[])) from claimed

-- name: sell_seats
with sold as (
    update seats as s
    set held_until = 'infinity'
    from unnest(%(performance_keys)s::int[], %(numbers)s::text[], %(order_ids)s::uuid[])
        as c (performance_key, number, order_id)
    where s.performance_key = c.performance_key and s.number = c.number
      and s.order_id = c.order_id
    returning 1
)
select expect_rows(count(*), cardinality(%(numbers)s::text[])) from sold

-- name: issue_tickets
insert into tickets (performance_key, number, order_id)
select performance_key, number, order_id
from unnest(%(performance_keys)s::int[], %(numbers)s::text[], %(order_ids)s::uuid[])
    as c (performance_key, number, order_id)

-- name: free_seats_of_orders
-- A seat that somebody else has taken over meanwhile is not ours to free.
update seats as s
set order_id = null, held_until = null
from orders as o cross join unnest(o.seat_numbers) as n (number)
where o.id = any(%(order_ids)s::uuid[])
  and s.performance_key = o.performance_key and s.number = n.number and s.order_id = o.id
returning s.number
