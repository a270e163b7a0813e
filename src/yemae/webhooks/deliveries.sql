-- name: endpoints_due
-- Where something is due, with what signs it; `id` is one endpoint, null: each. One that is off is
-- left out.
select e.id, e.url, e.secret_number, e.rotated_at
from webhook_endpoints as e
where e.disabled_at is null and e.removed_at is null
  and (%(id)s::uuid is null or e.id = %(id)s)
  and (e.paused_until is null or e.paused_until <= yemae_now())
  and exists (select from webhook_deliveries as d
              where d.endpoint_id = e.id and d.state = 'waiting' and d.due_at <= yemae_now())
order by e.id

-- name: claim_deliveries
-- The lease is the time at which it is due again, so a process that dies leaves it to others.
with due as (
    select endpoint_id, event_id from webhook_deliveries
    where endpoint_id = %(endpoint_id)s and state = 'waiting' and due_at <= (select yemae_now())
    order by due_at, event_id
    limit %(limit)s
    for no key update skip locked
),
claimed as (
    update webhook_deliveries as d
    set attempts = attempts + 1, attempted_at = yemae_now(),
        due_at = yemae_now() + %(lease_s)s * interval '1 second'
    from due where (d.endpoint_id, d.event_id) = (due.endpoint_id, due.event_id)
    returning d.*
)
select c.event_id, e.body, c.attempts, c.give_up_at <= yemae_now() as is_last
from claimed as c
join webhook_events as e on e.id = c.event_id
order by c.event_id

-- name: end_deliveries
-- What became of a round of one endpoint. `after_s` is when it is tried again; null: never.
update webhook_deliveries as d
set state = r.state, status = r.status, error = r.error,
    ended_at = case when r.state = 'waiting' then null else yemae_now() end,
    due_at = coalesce(yemae_now() + r.after_s * interval '1 second', d.due_at)
from unnest(%(event_ids)s::uuid[], %(states)s::text[], %(statuses)s::int[], %(errors)s::text[],
            %(after_s)s::int[]) as r (event_id, state, status, error, after_s)
where d.endpoint_id = %(endpoint_id)s and d.event_id = r.event_id and d.state = 'waiting'

-- name: endpoint_answers
update webhook_endpoints set failing_since = null, failures = 0, paused_until = null
where id = %(id)s and failing_since is not null

-- name: endpoint_fails
-- After the third round without any success, the endpoint itself is left alone for longer and longer,
-- so that what waits for it does not try it one by one. In the end it is disabled.
update webhook_endpoints as e
set failures = e.failures + 1,
    failing_since = coalesce(e.failing_since, yemae_now()),
    paused_until = case when e.failures >= 2
        then yemae_now() + least(5 * 2 ^ least(e.failures - 2, 10), 600) * interval '1 second' end,
    disabled_at = case when %(gone)s or e.failing_since < yemae_now() - %(for_s)s * interval '1 second'
        then yemae_now() end,
    disabled_reason = case when %(gone)s then 'answered 410 Gone'
        when e.failing_since < yemae_now() - %(for_s)s * interval '1 second' then 'failed for too long'
        end
where e.id = %(id)s and e.disabled_at is null
returning e.disabled_reason

-- name: list_deliveries
select d.event_id, e.type, d.state, d.attempts, e.created_at, d.attempted_at, d.due_at, d.ended_at,
       d.status, d.error, e.body
from webhook_deliveries as d
join webhook_events as e on e.id = d.event_id
where d.endpoint_id = %(endpoint_id)s
  and (%(state)s::text is null or d.state = %(state)s)
  and (%(before)s::uuid is null or d.event_id < %(before)s)
order by d.event_id desc
limit %(limit)s

-- name: replay_deliveries
-- Also what has arrived already: the receiver knows it by its webhook-id.
with again as (
    update webhook_deliveries as d
    set state = 'waiting', due_at = yemae_now(), give_up_at = yemae_now() + interval '3 days',
        attempts = 0, ended_at = null
    where d.endpoint_id = %(endpoint_id)s
      and (%(event_ids)s::uuid[] is null or d.event_id = any(%(event_ids)s::uuid[]))
      and (%(state)s::text is null or d.state = %(state)s)
    returning 1
)
select count(*)::int as deliveries from again

-- name: give_up_where_off
-- What waits for an endpoint that is off is tried by no round, so its time ends here; in steps.
update webhook_deliveries
set state = 'given_up', ended_at = yemae_now(), error = 'the endpoint is disabled'
where (endpoint_id, event_id) in (
    select d.endpoint_id, d.event_id
    from webhook_deliveries as d
    join webhook_endpoints as e on e.id = d.endpoint_id
    where (e.disabled_at is not null or e.removed_at is not null)
      and d.state = 'waiting' and d.give_up_at <= yemae_now()
    limit %(limit)s
    for no key update of d skip locked
)

-- name: forget_old_events
-- A month is what the log shows; in steps, so that no statement is long. What waits stays.
delete from webhook_events where id in (
    select e.id from webhook_events as e
    where e.created_at < yemae_now() - interval '30 days'
      and e.type not in ('queue.opened', 'concert.sold_out')
      and not exists (select from webhook_deliveries as d
                      where d.event_id = e.id and d.state = 'waiting')
    order by e.created_at
    limit %(limit)s
)
