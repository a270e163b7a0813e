-- name: order_to_move
-- Whose order it is: the wallet is locked before the order.
select user_id from orders where id = %(order_id)s

-- name: lock_to_move
-- The seats that an order has and those that it is to have, in the order of lock_seats and
-- lock_spots, and what has each of them after the wait.
select s.number, s.grade, s.price, s.taken_by
from (
    select n.number
    from unnest(%(numbers)s::text[]) as n (number)
    left join seats as a on a.performance_key = %(performance_key)s and a.number = n.number
    order by a.area nulls first, case when a.area is not null then a.position end,
             n.number collate "C"
) as wanted
cross join lateral (
    select number, grade, price,
           case when held_until > yemae_now() then order_id end as taken_by
    from seats
    where seats.performance_key = %(performance_key)s and seats.number = wanted.number
    for no key update
) as s

-- name: drop_moved_tickets
-- The codes of these seats open no door from now on.
with dropped as (
    delete from tickets
    where performance_key = %(performance_key)s and order_id = %(order_id)s
      and number = any(%(numbers)s::text[])
    returning 1
)
select expect_rows(count(*), %(expected)s) from dropped

-- name: leave_seats
with freed as (
    update seats set order_id = null, held_until = null
    where performance_key = %(performance_key)s and order_id = %(order_id)s
      and number = any(%(numbers)s::text[])
    returning 1
)
select expect_rows(count(*), cardinality(%(numbers)s::text[])) from freed

-- name: take_seats
-- The condition repeats what was decided under the lock: free, or in the block that it may come from.
with taken as (
    update seats set order_id = %(order_id)s, held_until = %(held_until)s::timestamptz
    where performance_key = %(performance_key)s and number = any(%(numbers)s::text[])
      and (order_id is null or held_until <= yemae_now() or order_id = %(block_id)s::uuid)
    returning 1
)
select expect_rows(count(*), cardinality(%(numbers)s::text[])) from taken

-- name: write_moved
with moved as (
    update orders
    set seat_numbers = %(numbers)s::text[], seat_grades = %(grades)s::text[],
        seat_prices = %(prices)s::bigint[], total = %(total)s,
        price_types = %(price_types)s::jsonb
    where id = %(order_id)s
    returning 1
)
select expect_rows(count(*), 1) from moved
