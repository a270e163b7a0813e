-- name: claim_minute
-- The node that inserts the row runs the job of that minute; every other node finds it taken. Passes
-- are repaired from the last minute without failures on.
-- The minute is the database's own. Rows of later minutes, which a node with a wrong clock may have
-- written, are ignored.
insert into scheduler_runs (minute, node, started_at)
values (coalesce(%(minute)s, date_trunc('minute', yemae_now())), %(node)s, yemae_now())
on conflict do nothing
returning minute, coalesce(
    (select max(r.minute) from scheduler_runs as r
     where r.finished_at is not null and r.failures = 0
       and r.minute < scheduler_runs.minute),
    minute - interval '1 hour'
) as last_finished

-- name: finish_minute
update scheduler_runs
set finished_at = yemae_now(), passes_expired = %(passes_expired)s,
    orders_expired = %(orders_expired)s, seats_released = %(seats_released)s,
    failures = %(failures)s
where minute = %(minute)s

-- name: forget_old_runs
delete from scheduler_runs where minute < yemae_now() - interval '30 days'
