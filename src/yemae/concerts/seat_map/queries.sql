-- name: plan_content
select content from plans where digest = %(digest)s

-- name: seats_of_performance
-- For a performance without a plan, which was loaded by an earlier version.
select number, grade, price from seats where performance_key = %(performance_key)s order by position

-- name: taken_seats
-- What is held or sold, with the plan that the positions are of; an end without a date is infinity.
select p.plan, extract(epoch from n.now)::float8 as now_s,
       coalesce(t.positions, '{}') as positions, coalesce(t.until_s, '{}') as until_s
from performances as p
cross join (select yemae_now() as now) as n
cross join lateral (
    select array_agg(position) as positions,
           array_agg(extract(epoch from held_until)::float8) as until_s
    from seats
    where performance_key = p.key and held_until > n.now
) as t
where p.key = %(performance_key)s

-- name: publish_changes
-- No wait for the disk: the next check finds what a crash loses.
select pg_notify(%(channel)s, notice), set_config('synchronous_commit', 'off', true)
from unnest(%(notices)s::text[]) as n (notice)
