-- name: lock_concert
-- A change of a queue locks its concert's row first, so that operators take turns, and a later one
-- reads what the earlier one wrote. Fans do not wait: they need only the row's key. Returns the
-- file's settings.
select queue_settings
from concerts
where id = %(concert_id)s
for no key update

-- name: controls_of_concert
select control, queue_settings, changed_at, changed_by
from queue_controls
where concert_id = %(concert_id)s

-- name: write_controls
-- A setting that only a later version of Yemae knows stays.
insert into queue_controls (concert_id, control, queue_settings, changed_at, changed_by)
values (%(concert_id)s, %(control)s, %(queue_settings)s::jsonb, yemae_now(), %(changed_by)s)
on conflict (concert_id) do update
set control = excluded.control,
    queue_settings = (queue_controls.queue_settings - %(known)s::text[]) || excluded.queue_settings,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by

-- name: announce_change
-- Every server process looks at the revisions twice a second.
update concerts set revision = nextval('catalogue_revision') where id = %(concert_id)s

-- name: write_action
insert into queue_actions (id, concert_id, at, who, action, details)
values (%(id)s, %(concert_id)s, yemae_now(), %(who)s, %(action)s, %(details)s::jsonb)

-- name: actions_of_concert
select id, at, who, action, details
from queue_actions
where concert_id = %(concert_id)s
  and (%(only)s::text[] is null or action = any(%(only)s::text[]))
  and (%(before)s::uuid is null or id < %(before)s)
order by id desc
limit %(limit)s
