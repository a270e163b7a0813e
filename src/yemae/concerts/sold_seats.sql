-- name: lock_by_number
-- Locks seats and spots in the order of lock_seats and lock_spots, and says what has each of them
-- after the wait.
select s.number, s.grade, s.price, s.taken_by, s.mark
from (
    select n.number
    from unnest(%(numbers)s::text[]) as n (number)
    left join seats as a on a.performance_key = %(performance_key)s and a.number = n.number
    order by a.area nulls first, case when a.area is not null then a.position end,
             n.number collate "C"
) as wanted
cross join lateral (
    select number, grade, price, mark,
           case when held_until > yemae_now() then order_id end as taken_by
    from seats
    where seats.performance_key = %(performance_key)s and seats.number = wanted.number
    for no key update
) as s

-- name: drop_tickets
-- The codes of these seats open no door from now on.
with dropped as (
    delete from tickets
    where performance_key = %(performance_key)s and order_id = %(order_id)s
      and number = any(%(numbers)s::text[])
    returning 1
)
select expect_rows(count(*), cardinality(%(numbers)s::text[])) from dropped

-- name: leave_seats
with freed as (
    update seats set order_id = null, held_until = null
    where performance_key = %(performance_key)s and order_id = %(order_id)s
      and number = any(%(numbers)s::text[])
    returning 1
)
select expect_rows(count(*), cardinality(%(numbers)s::text[])) from freed
