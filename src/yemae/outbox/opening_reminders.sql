-- name: ask_reminder
-- Only an account with an address gets one. One that asks again changes the language only.
with asked as (
    insert into opening_reminders (id, user_id, queue_id, language)
    select %(id)s, u.id, %(queue_id)s, %(language)s
    from users as u
    where u.id = %(user_id)s and u.email is not null
      and (select count(*) from opening_reminders
           where user_id = %(user_id)s and written_at is null) < %(most)s
    on conflict on constraint opening_reminders_once do update set language = excluded.language
    where opening_reminders.written_at is null
    returning id
)
select exists (select from asked) as is_asked,
       exists (select from opening_reminders
               where user_id = %(user_id)s and queue_id = %(queue_id)s
                 and written_at is not null) as was_sent,
       exists (select from users where id = %(user_id)s and email is not null) as has_address

-- name: drop_reminder
delete from opening_reminders
where user_id = %(user_id)s and queue_id = %(queue_id)s and written_at is null

-- name: reminders_of_user
select queue_id from opening_reminders where user_id = %(user_id)s and written_at is null order by queue_id

-- name: tell_of_openings
-- A day before the opening; one that was asked for on the last day is due an hour before. The mark and
-- the message are of one transaction, so each is written once.
with openings as (
    select * from unnest(%(queue_ids)s::text[], %(opens_at)s::timestamptz[]) as o (queue_id, opens_at)
),
due as (
    select r.id from opening_reminders as r
    join openings as o on o.queue_id = r.queue_id
    where r.written_at is null and o.opens_at > yemae_now()
      and yemae_now() >= o.opens_at - case when r.created_at < o.opens_at - interval '24 hours'
                                           then interval '24 hours' else interval '1 hour' end
    order by r.id
    limit %(limit)s
    for no key update of r skip locked
),
written as (
    update opening_reminders as r set written_at = yemae_now()
    from due where r.id = due.id
    returning r.id
)
insert into messages (kind, cause)
select 'opening_soon', id from written
on conflict on constraint messages_cause do nothing
returning id

-- name: queue_of_reminder
select queue_id from opening_reminders where id = %(id)s

-- name: forget_reminders
delete from opening_reminders where created_at < yemae_now() - interval '400 days'
