-- name: lock_loads
-- Loads take turns, so that two of them never mix their seats.
select pg_advisory_xact_lock(hashtextextended('yemae concerts load', 0))

-- name: store_time
select yemae_now() as now

-- name: concert_before
-- The concert before this load: for the report of changes, and for the log, because orders and passes
-- were judged by these limits. Lanes and offsets are compared as they are written.
select listing, title, artist, venue, title_en, artist_en, venue_en, details_digest, poster,
       time_zone, currency, seat_limit, seat_limit_per_concert, hidden, archived, queue_settings,
       lanes, pricing, phase_of, phase, cancellation
from concerts
where id = %(id)s
for no key update

-- name: phases_of_concert
-- As they were before this load.
select id, phase from concerts where phase_of = %(id)s order by id

-- name: end_phase
-- A phase that the file no longer has ends; its row stays for its orders and its log.
update concerts
set phase = jsonb_set(phase, '{ends_at}', to_jsonb(yemae_now())),
    revision = nextval('catalogue_revision')
where id = %(id)s
  and coalesce((phase ->> 'ends_at')::timestamptz > yemae_now(), true)

-- name: operators_values
-- What hides the file's values.
select concert_id, queue_settings
from queue_controls
where concert_id = any(%(ids)s::text[])

-- name: write_concert
-- What an operator changed stands in queue_controls and stays; so does the seed of the draw.
insert into concerts (id, listing, title, artist, venue, title_en, artist_en, venue_en, details,
                      details_digest, poster, time_zone, currency, seat_limit,
                      seat_limit_per_concert, hidden, archived,
                      queue_settings, lanes, utc_offset_minutes, pricing, draw_seed_is_keyed,
                      phase_of, phase, cancellation)
values (%(id)s, %(listing)s, %(title)s, %(artist)s, %(venue)s, %(title_en)s, %(artist_en)s,
        %(venue_en)s, %(details)s::jsonb, %(details_digest)s, %(poster)s, %(time_zone)s,
        %(currency)s, %(seat_limit)s, %(seat_limit_per_concert)s, %(hidden)s, %(archived)s,
        %(queue_settings)s::jsonb, %(lanes)s::jsonb, %(utc_offset_minutes)s, %(pricing)s::jsonb, true,
        %(phase_of)s, %(phase)s::jsonb, %(cancellation)s)
on conflict (id) do update
set listing = excluded.listing, title = excluded.title, artist = excluded.artist,
    venue = excluded.venue, title_en = excluded.title_en, artist_en = excluded.artist_en,
    venue_en = excluded.venue_en, details = excluded.details,
    details_digest = excluded.details_digest, poster = excluded.poster,
    time_zone = excluded.time_zone, currency = excluded.currency, seat_limit = excluded.seat_limit,
    seat_limit_per_concert = excluded.seat_limit_per_concert,
    hidden = excluded.hidden, archived = excluded.archived,
    queue_settings = excluded.queue_settings, lanes = excluded.lanes,
    utc_offset_minutes = excluded.utc_offset_minutes, pricing = excluded.pricing,
    phase = excluded.phase, cancellation = excluded.cancellation,
    revision = nextval('catalogue_revision')

-- name: performances_of_concert
select key, id, concert_id, starts_at, sale_ends_at, sales, utc_offset_minutes, seats_total, price_from,
       plan, postponed_from
from performances
where concert_id = %(concert_id)s or id = any(%(performance_ids)s::text[])
order by starts_at, key

-- name: lock_plan
-- Every seat of a performance, in the order in which holds lock them, so that a load and a hold
-- never wait for each other. Under these locks no order is being opened.
select number, grade, price
from seats
where performance_key = %(performance_key)s
order by area nulls first, case when area is not null then position end, number collate "C"
for update

-- name: seats_in_the_way
-- After lock_plan. A hold that has run out does not count, swept or not.
select s.number, o.id as order_id, o.status
from seats as s
join orders as o on o.id = s.order_id
where s.performance_key = %(performance_key)s and s.number = any(%(numbers)s::text[])
  and s.held_until > yemae_now()
order by s.position

-- name: orders_of_performance
select id, case when status = 'held' and expires_at <= yemae_now() then 'expired' else status end
           as status
from orders
where performance_key = %(performance_key)s
order by status = 'paid' desc, id

-- name: drop_performance
with gone as (delete from seats where performance_key = %(performance_key)s)
delete from performances where key = %(performance_key)s

-- name: lock_concert_to_remove
-- The rows of a concert: its own and its phases'. None for the id of a phase.
select id
from concerts
where id = %(concert_id)s and phase_of is null or phase_of = %(concert_id)s
order by id
for update

-- name: drop_concert
-- After its dates. The lines of the log stay.
with gone as (delete from queue_controls where concert_id = any(%(ids)s::text[])),
     unknown as (delete from queue_generations where concert_id = any(%(ids)s::text[])),
     forgotten as (delete from revoked_passes where concert_id = any(%(ids)s::text[])),
     unblocked as (delete from seat_blocks where concert_id = any(%(ids)s::text[])),
     unkept as (delete from concert_files where concert_id = any(%(ids)s::text[])),
     unsigned as (delete from sign_offs where concert_id = any(%(ids)s::text[])),
     past as (delete from history where concert_id = any(%(ids)s::text[]))
delete from concerts where id = any(%(ids)s::text[])

-- name: drop_seats
delete from seats
where performance_key = %(performance_key)s and number = any(%(numbers)s::text[])

-- name: add_performance
insert into performances (id, concert_id, starts_at, sale_ends_at, sales, utc_offset_minutes,
                          seats_total, price_from, plan)
values (%(id)s, %(concert_id)s, %(starts_at)s, %(sale_ends_at)s, %(sales)s, %(utc_offset_minutes)s, %(seats_total)s,
        %(price_from)s, %(plan)s)
returning key

-- name: change_performance
-- After lock_plan: a hold has its seats when it comes for this row.
update performances
set starts_at = %(starts_at)s, sale_ends_at = %(sale_ends_at)s, sales = %(sales)s, utc_offset_minutes = %(utc_offset_minutes)s,
    seats_total = %(seats_total)s, price_from = %(price_from)s, plan = %(plan)s
where key = %(performance_key)s

-- name: seats_in_plan_order
-- What has to do with orders comes first, then the columns of FileSeat. Neither a hold that has run
-- out nor a block counts as taken.
select coalesce(o.status = 'paid', false) as is_sold,
       o.id is not null and s.held_until > (select yemae_now()) as is_taken,
       s.number, s.grade, s.price, s.mark, s.area
from seats as s
left join orders as o on o.id = s.order_id
where s.performance_key = %(performance_key)s
order by s.position

-- name: write_seats
insert into seats (performance_key, number, position, grade, price, mark, area)
select %(performance_key)s, number, position - 1, grade, price, mark, area
from unnest(%(numbers)s::text[], %(grades)s::text[], %(prices)s::bigint[], %(marks)s::text[],
            %(areas)s::text[])
    with ordinality as s (number, grade, price, mark, area, position)
on conflict (performance_key, number) do update
set position = excluded.position, grade = excluded.grade, price = excluded.price,
    mark = excluded.mark, area = excluded.area

-- name: announce_load
-- With the commit: every process that watches the performance reads it again. A load is rare, so the
-- lock that a notice takes is worth it.
select pg_notify(%(channel)s, '[' || %(performance_key)s::int || ']')

-- name: write_plan
insert into plans (digest, content) values (%(digest)s, %(content)s)
on conflict (digest) do nothing

-- name: drop_unused_plans
-- Loads take turns, so no other load is about to use one of them.
delete from plans where not exists (select from performances where plan = plans.digest)

-- name: write_poster
insert into posters (digest, width, height, small, large)
values (%(digest)s, %(width)s, %(height)s, %(small)s, %(large)s)
on conflict (digest) do nothing

-- name: drop_unused_posters
delete from posters where not exists (select from concerts where poster = posters.digest)

-- name: currencies
select currency from concerts union select currency from wallets

-- name: dearest_seats
-- The dearest seat of each concert. Asked for at a start only, and only when an operator has set a
-- limit of wallets.
select c.id, c.seat_limit, c.pricing, max(s.price)::bigint as price
from concerts as c
join performances as p on p.concert_id = c.id
join seats as s on s.performance_key = p.key
group by c.id
order by c.id
