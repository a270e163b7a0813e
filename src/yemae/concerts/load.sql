-- name: lock_loads
-- Loads take turns, so that two of them never mix their seats.
select pg_advisory_xact_lock(hashtextextended('yemae concerts load', 0))

-- name: limits_of_concert
-- What orders and passes of before this load were judged by; the reconcile has to know.
select seat_limit, queueing_method, active_limit, admit_per_minute
from concerts
where id = %(id)s
for no key update

-- name: write_concert
-- What an operator changed stands in queue_controls and stays; so does the seed of the draw.
insert into concerts (id, listing, title, artist, venue, currency, sale_opens_at,
                      prequeue_opens_at, seat_limit, queueing_method, active_limit,
                      admit_per_minute, entry_ttl_s, absent_after_s, place_ttl_s,
                      joins_per_address_per_minute, proof_of_work, lanes, utc_offset_minutes)
values (%(id)s, %(listing)s, %(title)s, %(artist)s, %(venue)s, %(currency)s, %(sale_opens_at)s,
        %(prequeue_opens_at)s, %(seat_limit)s, %(queueing_method)s, %(active_limit)s,
        %(admit_per_minute)s, %(entry_ttl_s)s, %(absent_after_s)s, %(place_ttl_s)s,
        %(joins_per_address_per_minute)s, %(proof_of_work)s, %(lanes)s::jsonb,
        %(utc_offset_minutes)s)
on conflict (id) do update
set listing = excluded.listing, title = excluded.title, artist = excluded.artist,
    venue = excluded.venue, currency = excluded.currency,
    sale_opens_at = excluded.sale_opens_at, prequeue_opens_at = excluded.prequeue_opens_at,
    seat_limit = excluded.seat_limit, queueing_method = excluded.queueing_method,
    active_limit = excluded.active_limit, admit_per_minute = excluded.admit_per_minute,
    entry_ttl_s = excluded.entry_ttl_s, absent_after_s = excluded.absent_after_s,
    place_ttl_s = excluded.place_ttl_s,
    joins_per_address_per_minute = excluded.joins_per_address_per_minute,
    proof_of_work = excluded.proof_of_work, lanes = excluded.lanes,
    utc_offset_minutes = excluded.utc_offset_minutes,
    revision = nextval('catalogue_revision')

-- name: performances_of_concert
select key, id, concert_id, starts_at, utc_offset_minutes, seats_total, price_from, plan
from performances
where concert_id = %(concert_id)s or id = any(%(performance_ids)s::text[])

-- name: lock_plan
-- Every seat of a performance, in the order in which holds lock them, so that a load and a hold
-- never wait for each other. Whoever has these locks knows that no order is being opened.
select number, grade, price
from seats
where performance_key = %(performance_key)s
order by number collate "C"
for update

-- name: has_orders
select exists (
    select from orders where performance_key = %(performance_key)s
) as has_orders

-- name: drop_performance
with gone as (delete from seats where performance_key = %(performance_key)s)
delete from performances where key = %(performance_key)s

-- name: drop_seats
delete from seats where performance_key = %(performance_key)s

-- name: add_performance
insert into performances (id, concert_id, starts_at, utc_offset_minutes, seats_total, price_from,
                          plan)
values (%(id)s, %(concert_id)s, %(starts_at)s, %(utc_offset_minutes)s, %(seats_total)s,
        %(price_from)s, %(plan)s)
returning key

-- name: change_performance
-- After lock_plan: a hold has its seats when it comes for this row.
update performances
set starts_at = %(starts_at)s, utc_offset_minutes = %(utc_offset_minutes)s,
    seats_total = %(seats_total)s, price_from = %(price_from)s, plan = %(plan)s
where key = %(performance_key)s

-- name: seats_in_plan_order
select number, grade, price from seats where performance_key = %(performance_key)s order by position

-- name: write_seats
insert into seats (performance_key, number, position, grade, price)
select %(performance_key)s, number, position - 1, grade, price
from unnest(%(numbers)s::text[], %(grades)s::text[], %(prices)s::bigint[])
    with ordinality as s (number, grade, price, position)
on conflict (performance_key, number) do update
set position = excluded.position, grade = excluded.grade, price = excluded.price

-- name: write_plan
insert into plans (digest, content) values (%(digest)s, %(content)s)
on conflict (digest) do nothing

-- name: drop_unused_plans
-- Loads take turns, so nobody is about to use one of them.
delete from plans where not exists (select from performances where plan = plans.digest)

-- name: currencies
select currency from concerts union select currency from wallets

-- name: dearest_seats
-- The dearest seat of each concert. Asked for at a start only, and only when an operator has set a
-- limit of wallets.
select c.id, c.seat_limit, max(s.price)::bigint as price
from concerts as c
join performances as p on p.concert_id = c.id
join seats as s on s.performance_key = p.key
group by c.id
order by c.id

-- name: bare_codes
-- Concerts of which a lane has a code as its SHA-256 alone: 64 characters and no name in front.
select id, lanes
from concerts
where jsonb_path_exists(lanes, '$[*].code_hashes[*] ? (@ like_regex "^[0-9a-f]{64}$")')
order by id
for no key update

-- name: write_lanes
-- With a new revision, so that every server process reads them.
update concerts
set lanes = %(lanes)s::jsonb, revision = nextval('catalogue_revision')
where id = %(id)s
