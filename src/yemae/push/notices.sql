-- name: ask_notice
-- Once for one place, and for one opening; a browser that asks again changes the language only. Many
-- more than a fan has use for are refused by returning none.
insert into push_notices (user_id, queue_id, kind, number, lane, endpoint, p256dh, auth, language)
select %(user_id)s, %(queue_id)s, %(kind)s, %(number)s, %(lane)s, %(endpoint)s, %(p256dh)s, %(auth)s,
       %(language)s
where (select count(*) from push_notices where user_id = %(user_id)s and state = 'waiting') < %(most)s
on conflict (endpoint, queue_id, kind, number) do update
set user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth,
    language = excluded.language
returning id

-- name: drop_notices_of_browser
delete from push_notices where endpoint = any(%(endpoints)s::text[])

-- name: drop_own_notices
delete from push_notices where endpoint = %(endpoint)s and user_id = %(user_id)s

-- name: queues_with_notices
select queue_id, kind from push_notices where state = 'waiting' group by queue_id, kind

-- name: first_notices
-- The lowest numbers of each lane, which are the nearest to the front.
select n.id, n.user_id, n.number, n.lane
from (select distinct lane from push_notices
      where queue_id = %(queue_id)s and kind = %(kind)s and state = 'waiting') as lanes
cross join lateral (
    select p.id, p.user_id, p.number, p.lane from push_notices as p
    where p.queue_id = %(queue_id)s and p.kind = %(kind)s and p.state = 'waiting'
      and p.lane = lanes.lane and p.due_at <= yemae_now()
    order by p.number
    limit %(limit)s
) as n

-- name: claim_notices
-- The lease is the time at which they are due again, so a process that dies leaves them to others.
update push_notices
set attempts = attempts + 1, due_at = yemae_now() + %(lease_s)s * interval '1 second'
where id = any(%(ids)s::uuid[]) and state = 'waiting' and due_at <= yemae_now()
returning id, endpoint, p256dh, auth, language, attempts

-- name: end_notices
update push_notices as n
set state = r.state, error = r.error,
    ended_at = case when r.state = 'waiting' then null else yemae_now() end,
    due_at = coalesce(yemae_now() + r.after_s * interval '1 second', n.due_at)
from unnest(%(ids)s::uuid[], %(states)s::text[], %(errors)s::text[], %(after_s)s::int[])
    as r (id, state, error, after_s)
where n.id = r.id and n.state = 'waiting'

-- name: forget_notices
delete from push_notices where created_at < yemae_now() - interval '30 days'
