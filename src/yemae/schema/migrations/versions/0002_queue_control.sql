-- Control of the waiting room while it runs: the settings that concert files gained, what an
-- operator changed (queue_controls), who may (users.role), and what was done (queue_actions).

-- The tables that are made here are empty. Those that are changed and are not, concerts, have a
-- row for each concert: a scan or a new copy of them is over in a moment.
-- squawk-ignore-file require-concurrent-index-creation

alter table users add column role text;
comment on column users.role is 'What the next access token of this user says they may do: operator, or null for a fan.';

alter table concerts
add column prequeue_opens_at timestamptz,
add column queueing_method text not null default 'fifo',
add column place_ttl_s integer not null default 3600,
add column joins_per_address_per_minute integer not null default 0,
add column proof_of_work boolean not null default false,
add column lanes jsonb not null default '[]';
-- The seed is the database's own work, so that no way of writing a concert can forget or choose it.
alter table concerts
-- squawk-ignore adding-field-with-default
add column draw_seed bytea not null default sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
comment on table concerts is 'What is sold, with the settings of its waiting room. Written from concert files; a change of queue_controls gives it a new revision.';
comment on column concerts.prequeue_opens_at is 'From when one may join before the sale; null: at any time.';
comment on column concerts.lanes is 'Priority groups: [{name, share in percent, code_hashes: SHA-256 in hex, group or null}].';
comment on column concerts.draw_seed is '32 random bytes that order the draw: made once, secret until the sale opens, never changed.';
comment on column concerts.revision is 'Grows with every load and every change by an operator, so that server processes notice.';
create trigger draw_seed_never_changes before update of draw_seed on concerts
for each row when (old.draw_seed is distinct from new.draw_seed) execute function refuse_change();

-- A null is the file's value. Whoever changes a row has locked the row of its concert.
create table queue_controls (
    concert_id text primary key references concerts (id),
    control text not null check (control in ('running', 'paused', 'draining')),
    sale_opens_at timestamptz,
    prequeue_opens_at timestamptz,
    queueing_method text check (queueing_method in ('fifo', 'draw', 'passthrough', 'reject')),
    active_limit integer check (active_limit > 0),
    admit_per_minute integer check (admit_per_minute > 0),
    entry_ttl_s integer check (entry_ttl_s > 0),
    absent_after_s integer check (absent_after_s > 0),
    place_ttl_s integer check (place_ttl_s > 0),
    joins_per_address_per_minute integer check (joins_per_address_per_minute >= 0),
    proof_of_work boolean,
    message_ko text,
    message_en text,
    changed_at timestamptz not null,
    changed_by text not null
);
comment on table queue_controls is 'What operators changed while the queue ran. Wins over the concert file, also when the file is loaded again; null is the file''s value.';
comment on column queue_controls.control is 'paused: nobody is let in. draining: nobody new may join.';

create table queue_actions (
    id uuid primary key,
    concert_id text not null references concerts (id),
    at timestamptz not null,
    who text not null,
    action text not null,
    details jsonb not null
);
comment on table queue_actions is 'The audit log: what operators did with which queue. Lines are written with the change and never changed.';
comment on column queue_actions.who is 'The user id of the operator, or cli: and the name of the system''s user.';
create index queue_actions_by_concert on queue_actions (concert_id, id);
create trigger queue_actions_are_immutable before update or delete or truncate on queue_actions
for each statement execute function refuse_change();
