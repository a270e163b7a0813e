-- name: lock_date
-- After the row of its concert. Fans do not wait: they need only the row's key.
select yemae_now() as now, starts_at, sale_ends_at, cancelled_at, postponed_at, postponed_from,
       refundable_until
from performances
where key = %(performance_key)s
for no key update

-- name: look_at_date
select yemae_now() as now, starts_at, sale_ends_at, cancelled_at, postponed_at, postponed_from,
       refundable_until
from performances
where key = %(performance_key)s

-- name: cancel_date
update performances set cancelled_at = yemae_now() where key = %(performance_key)s

-- name: postpone_date
-- The time that it was to begin at first stays, however often it is moved.
update performances
set starts_at = %(starts_at)s, sale_ends_at = %(sale_ends_at)s,
    utc_offset_minutes = %(utc_offset_minutes)s,
    postponed_at = yemae_now(), postponed_from = coalesce(postponed_from, starts_at),
    refundable_until = %(refundable_until)s
where key = %(performance_key)s

-- name: close_free_seats
-- The seats that no live order and no block has, in the order of lock_seats and lock_spots. What is
-- free is said by the row alone, so it is right after the wait for its lock as well.
with free as (
    select performance_key, number
    from seats
    where performance_key = %(performance_key)s
      and (order_id is null or held_until <= (select yemae_now()))
    order by area nulls first, case when area is not null then position end, number
    limit %(step)s
    for no key update
), closed as (
    update seats as s
    set order_id = %(run_id)s, held_until = 'infinity'
    from free as f
    where s.performance_key = f.performance_key and s.number = f.number
    returning 1
)
select count(*)::int as seats from closed

-- name: orders_with_seats
-- The orders that still have seats of a date: held ones first, because they may be paid.
select o.id, o.status, o.checkout_id is not null as is_being_paid
from (
    select distinct order_id from seats
    where performance_key = %(performance_key)s and order_id <> %(run_id)s
      and held_until > (select yemae_now())
) as s
join orders as o on o.id = s.order_id
where not o.id = any(%(not_these)s::uuid[])
order by o.status, o.id
limit %(step)s
