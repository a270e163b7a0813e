-- expand: the last reconcile of the books, for operators. Servers of the version before keep none and
-- read none.

create table last_reconcile (
    is_only boolean primary key default true,
    begun_at timestamptz not null default '-infinity',
    begun_by text not null default '',
    ended_at timestamptz,
    checked_at timestamptz,
    checked_by text,
    took_ms integer,
    laws jsonb,
    wanted_at timestamptz,
    constraint last_reconcile_is_only_check check (is_only)
);
comment on table last_reconcile is
'The last reconcile of the books by a jobs process of any node: one row.';
comment on column last_reconcile.begun_at is
'When the check that is under way, or the last one, was begun. The process that wrote it has the turn.';
comment on column last_reconcile.ended_at is
'When the last check ended; before begun_at while one is under way.';
comment on column last_reconcile.laws is
'How many rows each law has looked at, and how many violate it. Null: the check did not end in time.';
comment on column last_reconcile.wanted_at is
'When an operator asked for a check last.';
