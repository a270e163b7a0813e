-- name: wanted_events
-- Which types some endpoint wants, and since when; every process reads it again twice a second.
select type::text, min(e.created_at) as since
from webhook_endpoints as e, unnest(e.events) as type
where e.disabled_at is null and e.removed_at is null
group by type

-- name: tell_endpoints
-- Everything that a batch has to tell, in one statement. A cause is announced once, and what no
-- endpoint wants leaves no row. `only` is one endpoint; null: each that chose the type.
with happened as (
    select * from unnest(%(ids)s::uuid[], %(types)s::text[], %(causes)s::text[], %(bodies)s::text[])
        as h (id, type, cause, body)
),
wanted as (
    select h.id, e.id as endpoint_id
    from happened as h
    join webhook_endpoints as e
        on case when %(only)s::uuid is null then h.type = any(e.events) and e.disabled_at is null
                else e.id = %(only)s end
       and e.removed_at is null
),
written as (
    insert into webhook_events (id, type, cause, body)
    select id, type, cause, body from happened where id in (select id from wanted)
    on conflict (type, cause) do nothing
    returning id
)
insert into webhook_deliveries (endpoint_id, event_id)
select endpoint_id, id from wanted join written using (id)

-- name: tell_again
-- A cause that can come back, such as a concert that is sold out once more, is free to be announced.
update webhook_events set cause = cause || ' ' || id where type = %(type)s and cause = %(cause)s

-- name: list_endpoints
select e.id, e.url, e.events, e.secret_number, e.rotated_at, e.created_at, e.created_by,
       e.failing_since, e.paused_until, e.disabled_at, e.disabled_reason,
       (select count(*) from webhook_deliveries as d
        where d.endpoint_id = e.id and d.state = 'waiting')::int as waiting
from webhook_endpoints as e
where e.removed_at is null and (%(id)s::uuid is null or e.id = %(id)s)
order by e.id

-- name: lock_endpoints
-- New endpoints take turns, so that they stay within their limit.
select pg_advisory_xact_lock(hashtext('webhook endpoints'))

-- name: add_endpoint
insert into webhook_endpoints (id, url, events, created_by)
values (%(id)s, %(url)s, %(events)s, %(created_by)s)

-- name: change_endpoint
-- Null leaves a value as it is. An endpoint that is enabled again begins without its failures.
update webhook_endpoints
set url = coalesce(%(url)s::text, url),
    events = coalesce(%(events)s::text[], events),
    disabled_at = case when %(enabled)s::bool then null
                       when not %(enabled)s::bool then coalesce(disabled_at, yemae_now())
                       else disabled_at end,
    disabled_reason = case when %(enabled)s::bool then null
                           when not %(enabled)s::bool then coalesce(disabled_reason, 'operator')
                           else disabled_reason end,
    failing_since = case when %(enabled)s::bool or %(url)s::text is not null then null
                         else failing_since end,
    failures = case when %(enabled)s::bool or %(url)s::text is not null then 0 else failures end,
    paused_until = case when %(enabled)s::bool or %(url)s::text is not null then null
                        else paused_until end
where id = %(id)s and removed_at is null

-- name: rotate_secret
update webhook_endpoints
set secret_number = secret_number + 1, rotated_at = yemae_now()
where id = %(id)s and removed_at is null

-- name: remove_endpoint
-- Its row stays, because payments may be writing deliveries to it; what waits is given up.
with removed as (
    update webhook_endpoints set removed_at = yemae_now()
    where id = %(id)s and removed_at is null
    returning id
)
update webhook_deliveries as d
set state = 'given_up', ended_at = yemae_now(), error = 'the endpoint was removed'
from removed where d.endpoint_id = removed.id and d.state = 'waiting'
