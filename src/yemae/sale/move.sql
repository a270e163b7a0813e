-- name: order_to_move
-- Whose order it is, and of which concert: both are locked before the order.
select o.user_id, p.concert_id
from orders as o join performances as p on p.key = o.performance_key
where o.id = %(order_id)s

-- name: take_seats
-- The condition repeats what was decided under the lock: free, or in the block that it may come from.
with taken as (
    update seats set order_id = %(order_id)s, held_until = %(held_until)s::timestamptz
    where performance_key = %(performance_key)s and number = any(%(numbers)s::text[])
      and (order_id is null or held_until <= yemae_now() or order_id = %(block_id)s::uuid)
    returning 1
)
select expect_rows(count(*), cardinality(%(numbers)s::text[])) from taken
