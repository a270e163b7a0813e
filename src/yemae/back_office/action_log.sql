-- name: find_actions
-- Of the whole server, newest first; what is null does not matter.
select id, at, who, concert_id, action, details
from queue_actions
where (%(who)s::text is null or who = %(who)s)
  and (%(action)s::text is null or action = %(action)s)
  and (%(order_id)s::text is null or details ->> 'order' = %(order_id)s)
  and (%(before)s::uuid is null or id < %(before)s)
order by id desc
limit %(limit)s

-- name: find_actions_of_concerts
-- The same of these concerts, with what was done to phases of them; a concert that was removed has
-- no phases any more. Each is looked up by its index: the log only grows.
with queues as (
    select id from unnest(%(concerts)s::text[]) as c (id)
    union
    select id from concerts where phase_of = any(%(concerts)s::text[])
)
select a.id, a.at, a.who, a.concert_id, a.action, a.details
from queues
cross join lateral (
    select id, at, who, concert_id, action, details
    from queue_actions
    where concert_id = queues.id
      and (%(who)s::text is null or who = %(who)s)
      and (%(action)s::text is null or action = %(action)s)
      and (%(order_id)s::text is null or details ->> 'order' = %(order_id)s)
      and (%(before)s::uuid is null or id < %(before)s)
    order by id desc
    limit %(limit)s
) as a
order by a.id desc
limit %(limit)s
