-- name: lock_concert
-- Whoever changes a queue has its concert's row first, so that operators take turns, and what a
-- later one reads is what the earlier one wrote. Fans are not kept waiting: they only ever need the
-- row's key. Returns the file's values.
select sale_opens_at, prequeue_opens_at, queueing_method, active_limit, admit_per_minute,
       entry_ttl_s, absent_after_s, place_ttl_s, joins_per_address_per_minute, proof_of_work
from concerts
where id = %(concert_id)s
for no key update

-- name: controls_of_concert
select control, sale_opens_at, prequeue_opens_at, queueing_method, active_limit, admit_per_minute,
       entry_ttl_s, absent_after_s, place_ttl_s, joins_per_address_per_minute, proof_of_work,
       message_ko, message_en, message_until, changed_at, changed_by
from queue_controls
where concert_id = %(concert_id)s

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

-- name: announce_change
-- Every server process looks at the revisions twice a second.
update concerts set revision = nextval('catalogue_revision') where id = %(concert_id)s

-- name: write_action
insert into queue_actions (id, concert_id, at, who, action, details)
values (%(id)s, %(concert_id)s, yemae_now(), %(who)s, %(action)s, %(details)s::jsonb)

-- name: actions_of_concert
select id, at, who, action, details
from queue_actions
where concert_id = %(concert_id)s and (%(before)s::uuid is null or id < %(before)s)
order by id desc
limit %(limit)s
