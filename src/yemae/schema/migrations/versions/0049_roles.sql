-- expand: roles of operators, for the whole server or for one concert; and lines of the log that are
-- of no concert. Servers of the version before read neither.

create table role_grants (
    id uuid primary key,
    user_id text not null references users (id),
    role text not null,
    concert_id text references concerts (id) on delete cascade,
    granted_by text not null,
    granted_at timestamptz not null default yemae_now(),
    constraint role_grants_once unique nulls not distinct (user_id, role, concert_id),
    constraint role_grants_role_check check (
        role in ('viewer', 'door', 'support', 'box_office', 'operator', 'finance', 'admin')
    )
);
comment on table role_grants is
'What operators may do. A row is removed when the role is taken back; the log keeps both.';
comment on column role_grants.concert_id is 'The concert that the role is for; null: the whole server.';
comment on column role_grants.granted_by is 'As in queue_actions.who.';
create index role_grants_by_concert on role_grants (concert_id) where concert_id is not null;

-- The version before asks for lines of one concert only.
-- squawk-ignore ban-drop-not-null
alter table queue_actions alter column concert_id drop not null;
comment on table queue_actions is
'The audit log: what operators did. A line is written with the change and never changed.';
comment on column queue_actions.concert_id is 'The concert, or the phase of it; null: the whole server.';
comment on column queue_actions.details is
'What it was done to; old and new values as {"from", "to"}; "reason" is what the operator gave.';
