-- Statements of the version before revision 0014, as its servers run them during a rolling upgrade.

-- name: all_concerts
-- What an operator changed wins over the file. A prequeue never opens after the sale, whatever the
-- two of them say.
select c.id, c.title, c.artist, c.venue, c.currency, c.seat_limit,
       m.sale_opens_at,
       case when m.prequeue_opens_at is not null
            then least(m.prequeue_opens_at, m.sale_opens_at) end as prequeue_opens_at,
       coalesce(q.queueing_method, c.queueing_method) as queueing_method,
       coalesce(q.active_limit, c.active_limit) as active_limit,
       coalesce(q.admit_per_minute, c.admit_per_minute) as admit_per_minute,
       coalesce(q.entry_ttl_s, c.entry_ttl_s) as entry_ttl_s,
       coalesce(q.absent_after_s, c.absent_after_s) as absent_after_s,
       coalesce(q.place_ttl_s, c.place_ttl_s) as place_ttl_s,
       coalesce(q.joins_per_address_per_minute, c.joins_per_address_per_minute)
           as joins_per_address_per_minute,
       coalesce(q.proof_of_work, c.proof_of_work) as proof_of_work,
       coalesce(q.control, 'running') as control,
       coalesce(q.message_ko, '') as message_ko,
       coalesce(q.message_en, '') as message_en,
       q.message_until,
       c.draw_seed, c.draw_seed_is_keyed, c.lanes, c.utc_offset_minutes
from concerts as c
left join queue_controls as q on q.concert_id = c.id
cross join lateral (
    select coalesce(q.sale_opens_at, c.sale_opens_at) as sale_opens_at,
           coalesce(q.prequeue_opens_at, c.prequeue_opens_at) as prequeue_opens_at
) as m
order by c.listing, c.id

-- name: write_controls
insert into queue_controls (concert_id, control, sale_opens_at, prequeue_opens_at, queueing_method,
                            active_limit, admit_per_minute, entry_ttl_s, absent_after_s,
                            place_ttl_s, joins_per_address_per_minute, proof_of_work, message_ko,
                            message_en, message_until, changed_at, changed_by)
values (%(concert_id)s, %(control)s, %(sale_opens_at)s, %(prequeue_opens_at)s, %(queueing_method)s,
        %(active_limit)s, %(admit_per_minute)s, %(entry_ttl_s)s, %(absent_after_s)s,
        %(place_ttl_s)s, %(joins_per_address_per_minute)s, %(proof_of_work)s, %(message_ko)s,
        %(message_en)s, %(message_until)s, yemae_now(), %(changed_by)s)
on conflict (concert_id) do update
set control = excluded.control, sale_opens_at = excluded.sale_opens_at,
    prequeue_opens_at = excluded.prequeue_opens_at, queueing_method = excluded.queueing_method,
    active_limit = excluded.active_limit, admit_per_minute = excluded.admit_per_minute,
    entry_ttl_s = excluded.entry_ttl_s, absent_after_s = excluded.absent_after_s,
    place_ttl_s = excluded.place_ttl_s,
    joins_per_address_per_minute = excluded.joins_per_address_per_minute,
    proof_of_work = excluded.proof_of_work, message_ko = excluded.message_ko,
    message_en = excluded.message_en, message_until = excluded.message_until, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by

-- name: write_concert
-- What an operator changed stands in queue_controls and stays; so does the seed of the draw.
insert into concerts (id, listing, title, artist, venue, currency, sale_opens_at,
                      prequeue_opens_at, seat_limit, queueing_method, active_limit,
                      admit_per_minute, entry_ttl_s, absent_after_s, place_ttl_s,
                      joins_per_address_per_minute, proof_of_work, lanes, utc_offset_minutes,
                      draw_seed_is_keyed)
values (%(id)s, %(listing)s, %(title)s, %(artist)s, %(venue)s, %(currency)s, %(sale_opens_at)s,
        %(prequeue_opens_at)s, %(seat_limit)s, %(queueing_method)s, %(active_limit)s,
        %(admit_per_minute)s, %(entry_ttl_s)s, %(absent_after_s)s, %(place_ttl_s)s,
        %(joins_per_address_per_minute)s, %(proof_of_work)s, %(lanes)s::jsonb,
        %(utc_offset_minutes)s, true)
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

