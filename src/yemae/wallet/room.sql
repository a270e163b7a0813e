-- name: take_room
-- From the part with the most room, without waiting for a part that is locked elsewhere. No row when
-- all are, or when the room was counted for another limit.
with most as (
    select part, room
    from wallets_room
    where part = any(%(parts)s::int[]) and sum_max = %(sum_max)s
    order by room desc
    limit 1
    for no key update skip locked
)
update wallets_room as w
set room = w.room - least(most.room, %(amount)s)
from most
where w.part = most.part
returning least(most.room, %(amount)s)::bigint as taken

-- name: lock_room
-- All parts, one by one in their order.
select w.part, w.room, w.sum_max, w.counted_at, yemae_now() as now
from unnest(%(parts)s::int[]) as wanted (part)
cross join lateral (
    select * from wallets_room where wallets_room.part = wanted.part for no key update
) as w

-- name: sum_of_balances
-- Read after all parts were locked: what was credited with their room is committed by then. Top-ups
-- by card have taken their room before they are paid.
select (
    (select coalesce(sum(balance), 0) from wallets)
    + (select coalesce(sum(amount), 0) from checkouts
       where look_at is not null and order_id is null)
)::bigint as total

-- name: set_room
update wallets_room as w
set room = r.room, sum_max = %(sum_max)s, counted_at = %(counted_at)s
from unnest(%(parts)s::int[], %(rooms)s::bigint[]) as r (part, room)
where w.part = r.part and w.part = any(%(parts)s::int[])
