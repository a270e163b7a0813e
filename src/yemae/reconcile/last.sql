-- name: claim_reconcile
-- One jobs process of all nodes has the turn: by the clock, or when an operator has asked and none is
-- under way. A process that died loses its turn to the clock, and sooner to an operator: as soon as it
-- has shown nothing for its lease. Another process may have written since the row was read: then it has
-- the turn. Nothing is written while nothing is due.
with known as (
    select begun_at,
           begun_at < yemae_now() - make_interval(secs => %(every_s)s)
           or coalesce(wanted_at > begun_at, false) and case
               when coalesce(ended_at >= begun_at, false)
               then begun_at < yemae_now() - make_interval(secs => %(again_s)s)
               else greatest(begun_at, seen_at) < yemae_now() - make_interval(secs => %(lease_s)s)
           end as is_due
    from last_reconcile
)
insert into last_reconcile (is_only, begun_at, begun_by)
select true, yemae_now(), %(node)s
where coalesce((select is_due from known), true)
on conflict (is_only) do update
set begun_at = excluded.begun_at, begun_by = excluded.begun_by
where last_reconcile.begun_at = (select begun_at from known)
returning begun_at

-- name: show_reconcile_alive
update last_reconcile set seen_at = yemae_now() where begun_at = %(begun_at)s

-- name: note_reconcile
-- Only by the process that still has the turn. A law that did not end stays as it was found before.
update last_reconcile
set ended_at = yemae_now(), checked_at = begun_at, checked_by = begun_by, took_ms = %(took_ms)s,
    laws = coalesce(laws, '{}') || %(laws)s::jsonb
where begun_at = %(begun_at)s

-- name: want_reconcile
insert into last_reconcile (is_only, wanted_at)
values (true, yemae_now())
on conflict (is_only) do update set wanted_at = excluded.wanted_at

-- name: read_reconcile
select checked_at, checked_by, took_ms, laws,
       begun_at > coalesce(ended_at, '-infinity')
       and greatest(begun_at, seen_at) > yemae_now() - make_interval(secs => %(lease_s)s) as is_running,
       coalesce(wanted_at > begun_at, false) as is_wanted
from last_reconcile
