-- name: catalogue_revision
-- The sum and not the maximum: a change that took its revision early may be committed after one
-- that took it later, and has to be noticed too. The number of rows, because a removal lowers the
-- sum, and another change may raise it by as much.
select count(*) as rows, coalesce(sum(revision), 0)::bigint as sum from concerts

-- name: all_concerts
-- With the file's settings of the queue, and those that an operator has set. A phase of a sale is a
-- row of its own.
select c.id, c.revision, c.title, c.artist, c.venue, c.currency, c.seat_limit, c.hidden,
       c.archived,
       c.queue_settings as file, coalesce(q.queue_settings, '{}') as overrides,
       coalesce(q.control, 'running') as control,
       c.draw_seed, c.draw_seed_is_keyed, c.lanes, c.utc_offset_minutes, c.time_zone, c.pricing,
       c.title_en, c.artist_en, c.venue_en, c.details_digest as details,
       c.poster, p.width as poster_width, p.height as poster_height,
       c.seat_limit_per_concert, c.phase_of, c.phase, c.cancellation
from concerts as c
left join queue_controls as q on q.concert_id = c.id
left join posters as p on p.digest = c.poster
order by c.listing, c.id

-- name: all_performances
select p.key, p.id, p.concert_id, p.starts_at, p.seats_total, p.price_from, p.plan,
       p.utc_offset_minutes, p.sale_ends_at, p.sales, c.time_zone, c.archived as is_archived,
       p.cancelled_at, p.postponed_at, p.postponed_from, p.refundable_until
from performances as p
join concerts as c on c.id = p.concert_id
order by p.concert_id, p.starts_at

-- name: details_of_concert
-- None when the concert was loaded again with others.
select details from concerts where id = %(id)s and details_digest = %(digest)s

-- name: poster_images
select small, large from posters where digest = %(digest)s

-- name: seats_left
-- Counts as the store sees it now: a hold that has run out is a free seat, swept or not.
select performance_key, count(*) as seats_left
from seats
where performance_key = any(%(performance_keys)s::int[])
  and (order_id is null or held_until <= (select yemae_now()))
group by performance_key

-- name: seats_of_concert
-- Of all its dates together: what can be booked now, and what is not sold (free or held). A blocked
-- seat is neither, also one that a set time will release: what is blocked is not for the line.
select count(*) filter (where order_id is null or held_until <= (select yemae_now())) as seats_left,
       count(*) filter (where order_id is null or held_until <= (select yemae_now())
                           or (held_until < 'infinity' and not order_id = any(array(
                               select id from seat_blocks where releases_at is not null
                           )))) as unsold,
       -- When that changes by itself: a hold runs out, or a block is released.
       min(held_until) filter (where held_until > (select yemae_now())
                               and held_until < 'infinity') as changes_at
from seats
where performance_key = any(%(performance_keys)s::int[])

-- name: seats_by_date
-- Of each date: what is not blocked, what can be booked now, and what is not sold, as in
-- seats_of_concert.
select performance_key,
       count(*) filter (where (held_until > (select yemae_now())
                               and order_id = any(array(select id from seat_blocks)))
                        is not true)::int as for_sale,
       count(*) filter (where order_id is null or held_until <= (select yemae_now()))::int
           as seats_left,
       count(*) filter (where order_id is null or held_until <= (select yemae_now())
                           or (held_until < 'infinity' and not order_id = any(array(
                               select id from seat_blocks where releases_at is not null
                           ))))::int as unsold
from seats
where performance_key = any(%(performance_keys)s::int[])
group by performance_key

-- name: seats_by_grade
-- What fans outside are shown of each date: the price of each grade, dearest first, how many of its
-- seats can be booked now, and how many are not sold, as in seats_of_concert.
select performance_key, grade, min(price) as price, count(*)::int as seats_total,
       count(*) filter (where order_id is null or held_until <= (select yemae_now()))::int
           as seats_left,
       count(*) filter (where order_id is null or held_until <= (select yemae_now())
                           or (held_until < 'infinity' and not order_id = any(array(
                               select id from seat_blocks where releases_at is not null
                           ))))::int as unsold
from seats
where performance_key = any(%(performance_keys)s::int[])
group by performance_key, grade
order by performance_key, price desc, grade

-- name: free_positions
-- Where the seats are that can be booked now, and of which revision of the concert's file that is.
select (extract(epoch from yemae_now()) * 1e6)::bigint as version,
       (select c.revision from performances as p join concerts as c on c.id = p.concert_id
        where p.key = %(performance_key)s) as revision,
       (select plan from performances where key = %(performance_key)s) as plan,
       '[' || coalesce(string_agg(position::text, ','), '') || ']' as positions
from seats
where performance_key = %(performance_key)s
  and (order_id is null or held_until <= (select yemae_now()))

-- name: seat_texts
-- What the list says of each seat, free or not; nothing of each spot of an area.
select c.revision, s.position, s.area,
       case when s.area is null then row_to_json(shown)::text end as text, s.grade, s.price
from seats as s
cross join lateral (select s.number, s.grade, s.price) as shown
join performances as p on p.key = s.performance_key
join concerts as c on c.id = p.concert_id
where s.performance_key = %(performance_key)s

-- name: lock_seats
-- Locks seats (no spots of areas, which have no number to choose) one by one in the order given (by key, so that two batches never wait for each
-- other), and says of each whether it is free *after* the wait for its lock. The lateral with its
-- own locking clause is what keeps that order and the index look-ups, whatever the planner knows.
select s.performance_key, s.number, s.grade, s.price,
       s.order_id is null or s.held_until <= yemae_now() as free,
       yemae_now() as now, false as is_busy, s.mark
from unnest(%(performance_keys)s::int[], %(numbers)s::text[]) as wanted (performance_key, number)
cross join lateral (
    select * from seats
    where seats.performance_key = wanted.performance_key and seats.number = wanted.number
      and seats.area is null
    for no key update
) as s

-- name: try_seats
-- The same without waiting. A seat that is taken as of the last commit is not locked: it is taken,
-- whatever becomes of a transaction that is under way. One that looks free and is locked elsewhere is
-- busy: that transaction may take it, or roll back.
select e.performance_key, e.number, e.grade, e.price,
       s.number is not null and (s.order_id is null or s.held_until <= yemae_now()) as free,
       yemae_now() as now, e.looks_free and s.number is null as is_busy, e.mark
from unnest(%(performance_keys)s::int[], %(numbers)s::text[]) as wanted (performance_key, number)
cross join lateral (
    select performance_key, number, grade, price, mark,
           order_id is null or held_until <= yemae_now() as looks_free
    from seats
    where seats.performance_key = wanted.performance_key and seats.number = wanted.number
      and seats.area is null
    offset 0
) as e
left join lateral (
    select * from seats
    where seats.performance_key = wanted.performance_key and seats.number = wanted.number
      and e.looks_free
    for no key update skip locked
) as s on true

-- name: lock_spots
-- Locks the first free spots of areas, at most as many as are wanted of each, in the order of the
-- areas given and of the spots' positions. It comes after lock_seats: everywhere the spots of a
-- performance are locked after its seats, so that two transactions never wait for each other.
select w.performance_key, w.area, s.number, s.grade, s.price, yemae_now() as now, 0 as looks_free
from unnest(%(performance_keys)s::int[], %(areas)s::text[], %(counts)s::int[])
    as w (performance_key, area, count)
cross join lateral (
    select number, grade, price from seats
    where seats.performance_key = w.performance_key and seats.area = w.area
      and (order_id is null or held_until <= yemae_now())
    order by position
    limit w.count
    for no key update
) as s

-- name: try_spots
-- The same without waiting. Where fewer were locked than are wanted, it also counts how many look
-- free as of the last commit: what looks free and was not locked is busy. Without any, a row without
-- a number says so.
with wanted as (
    select performance_key, area, count
    from unnest(%(performance_keys)s::int[], %(areas)s::text[], %(counts)s::int[])
        as w (performance_key, area, count)
),
locked as (
    select w.performance_key, w.area, s.number, s.grade, s.price, s.position
    from wanted as w
    cross join lateral (
        select number, grade, price, position from seats
        where seats.performance_key = w.performance_key and seats.area = w.area
          and (order_id is null or held_until <= (select yemae_now()))
        order by position
        limit w.count
        for no key update skip locked
    ) as s
)
select w.performance_key, w.area, l.number, l.grade, l.price, yemae_now() as now, n.looks_free
from wanted as w
cross join lateral (
    select case when count(*) >= w.count then w.count else (
        select count(*)::int
        from (
            select from seats
            where seats.performance_key = w.performance_key and seats.area = w.area
              and (order_id is null or held_until <= (select yemae_now()))
            limit w.count
        ) as found
    ) end as looks_free
    from locked
    where locked.performance_key = w.performance_key and locked.area = w.area
) as n
left join locked as l on l.performance_key = w.performance_key and l.area = w.area
order by w.performance_key, w.area, l.position

-- name: lock_seats_of_orders
-- Locks the seats of orders (whose rows are locked already) in the same order as lock_seats and
-- lock_spots.
select w.order_id, s.order_id is not distinct from w.order_id as still_held, yemae_now() as now,
       false as is_busy
from (
    select o.id as order_id, o.performance_key, n.number
    from orders as o cross join unnest(o.seat_numbers) as n (number)
    left join lateral (
        select area, case when area is not null then position end as position
        from seats
        where seats.performance_key = o.performance_key and seats.number = n.number
    ) as a on true
    where o.id = any(%(order_ids)s::uuid[]) and coalesce(o.status = 'held', false)
    order by o.performance_key, a.area nulls first, a.position, n.number collate "C"
) as w
cross join lateral (
    select * from seats
    where seats.performance_key = w.performance_key and seats.number = w.number
    for no key update
) as s

-- name: try_seats_of_orders
-- The same without waiting: a seat that is locked elsewhere is busy.
select w.order_id, s.order_id is not distinct from w.order_id as still_held, yemae_now() as now,
       s.number is null as is_busy
from (
    select o.id as order_id, o.performance_key, n.number
    from orders as o cross join unnest(o.seat_numbers) as n (number)
    where o.id = any(%(order_ids)s::uuid[]) and coalesce(o.status = 'held', false)
    order by o.performance_key, n.number collate "C"
) as w
left join lateral (
    select * from seats
    where seats.performance_key = w.performance_key and seats.number = w.number
    for no key update skip locked
) as s on true

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

-- name: keep_seats
-- The seats of held orders, all of them under their locks, until other times.
with kept as (
    update seats as s
    set held_until = c.held_until
    from unnest(%(performance_keys)s::int[], %(numbers)s::text[], %(order_ids)s::uuid[],
                %(held_until)s::timestamptz[])
        as c (performance_key, number, order_id, held_until)
    where s.performance_key = c.performance_key and s.number = c.number
      and s.order_id = c.order_id
    returning 1
)
select expect_rows(count(*), cardinality(%(numbers)s::text[])) from kept

-- name: free_seats_of_orders
-- A seat that another order has taken over meanwhile stays with that order.
update seats as s
set order_id = null, held_until = null
from orders as o cross join unnest(o.seat_numbers) as n (number)
where o.id = any(%(order_ids)s::uuid[])
  and s.performance_key = o.performance_key and s.number = n.number and s.order_id = o.id
returning s.number
