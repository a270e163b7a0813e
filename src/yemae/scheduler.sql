-- name: claim_minute
-- The node that inserts the row runs the job of that minute; every other finds it taken. Passes are
-- repaired from the last minute on that left nothing undone.
insert into scheduler_runs (minute, node, started_at)
values (%(minute)s, %(node)s, yemae_now())
on conflict do nothing
returning coalesce(
    (select max(minute) from scheduler_runs where finished_at is not null and failures = 0),
    %(minute)s - interval '1 hour'
) as last_finished

-- name: finish_minute
update scheduler_runs
set finished_at = yemae_now(), passes_expired = %(passes_expired)s,
    orders_expired = %(orders_expired)s, seats_released = %(seats_released)s,
    failures = %(failures)s
where minute = %(minute)s

-- name: forget_old_runs
delete from scheduler_runs where minute < yemae_now() - interval '30 days'
