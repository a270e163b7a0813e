-- name: block_time
select yemae_now() as now

-- name: blocks_of_concert
select id, name, reason, note, color, releases_at, file, changed_at, changed_by
from seat_blocks
where concert_id = %(concert_id)s
order by name

-- name: write_block
insert into seat_blocks (id, concert_id, name, reason, note, color, releases_at, file, changed_at,
                         changed_by)
values (%(id)s, %(concert_id)s, %(name)s, %(reason)s, %(note)s, %(color)s, %(releases_at)s,
        %(file)s::jsonb, yemae_now(), %(changed_by)s)
on conflict (id) do update
set reason = excluded.reason, note = excluded.note, color = excluded.color,
    releases_at = excluded.releases_at, file = excluded.file,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by

-- name: drop_block
-- Only a block that has no seat any more.
delete from seat_blocks as b
where b.id = %(id)s and not exists (
    select from performances as p
    join seats as s on s.performance_key = p.key
    where p.concert_id = b.concert_id and s.order_id = b.id
      and s.held_until > (select yemae_now())
)

-- name: lock_to_block
-- Locks seats and spots one by one in the order of lock_seats and lock_spots, and says of each what has it after the wait.
select s.performance_key, s.number, s.order_id as taken_by
from (
    select d.key, n.number
    from unnest(%(performance_keys)s::int[]) as d (key)
    cross join unnest(%(numbers)s::text[]) as n (number)
    left join seats as a on a.performance_key = d.key and a.number = n.number
    order by d.key, a.area nulls first, case when a.area is not null then a.position end,
             n.number collate "C"
) as wanted
cross join lateral (
    select performance_key, number,
           case when held_until > yemae_now() then order_id end as order_id
    from seats
    where seats.performance_key = wanted.key and seats.number = wanted.number
    for no key update
) as s

-- name: in_the_way
-- After lock_to_block: what has the seats that are not free.
select p.id as performance_id, s.number,
       case when b.id is not null then 'blocked' else coalesce(o.status, 'closed') end as status,
       o.id as order_id, b.name as block
from unnest(%(performance_keys)s::int[], %(numbers)s::text[]) as wanted (performance_key, number)
join seats as s on s.performance_key = wanted.performance_key and s.number = wanted.number
join performances as p on p.key = s.performance_key
left join orders as o on o.id = s.order_id
left join seat_blocks as b on b.id = s.order_id
order by p.starts_at, s.position
limit %(named_max)s

-- name: take_for_block
-- The condition repeats what was decided under the lock, and the count is checked.
with blocked as (
    update seats as s
    set order_id = %(block_id)s, held_until = coalesce(%(releases_at)s::timestamptz, 'infinity')
    from unnest(%(performance_keys)s::int[], %(numbers)s::text[])
        as c (performance_key, number)
    where s.performance_key = c.performance_key and s.number = c.number
      and (s.order_id is null or s.held_until <= yemae_now())
    returning 1
)
select expect_rows(count(*), cardinality(%(numbers)s::text[])) from blocked

-- name: lock_blocked
-- The seats that a block has now, or those of them that are named, in the order of lock_seats
-- and lock_spots.
select performance_key, number
from seats
where performance_key = any(%(performance_keys)s::int[]) and order_id = %(block_id)s
  and held_until > (select yemae_now())
  and (%(numbers)s::text[] is null or number = any(%(numbers)s::text[]))
order by performance_key, area nulls first, case when area is not null then position end, number
for no key update

-- name: free_blocked
-- After lock_blocked.
update seats as s
set order_id = null, held_until = null
from unnest(%(performance_keys)s::int[], %(numbers)s::text[]) as c (performance_key, number)
where s.performance_key = c.performance_key and s.number = c.number
  and s.order_id = %(block_id)s

-- name: time_blocked
-- After lock_blocked: when the seats of a block are free. A seat that has become free meanwhile
-- stays so.
update seats as s
set held_until = coalesce(%(releases_at)s::timestamptz, 'infinity')
from unnest(%(performance_keys)s::int[], %(numbers)s::text[]) as c (performance_key, number)
where s.performance_key = c.performance_key and s.number = c.number
  and s.order_id = %(block_id)s and s.held_until > yemae_now()

-- name: announce_blocked
-- With the commit: every process that watches one of these performances reads it again.
select pg_notify(%(channel)s, %(notice)s)

-- name: blocked_seats
-- How many seats each block of a concert has now, and which those of one performance are.
select b.id as block_id, p.id as performance_id, count(*) as seats,
       case when p.id = %(performance_id)s then array_agg(s.number order by s.position) end
           as numbers
from performances as p
join seats as s on s.performance_key = p.key
join seat_blocks as b on b.id = s.order_id
where p.concert_id = %(concert_id)s and s.held_until > (select yemae_now())
group by b.id, p.id, p.starts_at
order by p.starts_at
