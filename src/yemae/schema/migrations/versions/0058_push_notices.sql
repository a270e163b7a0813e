-- expand: browsers that are notified of a turn and of an opening. Servers of the version before write
-- none, and send none.

create table push_notices (
    id uuid primary key default gen_random_uuid(),
    user_id text not null,
    queue_id text not null,
    kind text not null,
    number bigint not null,
    lane integer not null,
    endpoint text not null,
    p256dh text not null,
    auth text not null,
    language text not null,
    created_at timestamptz not null default yemae_now(),
    state text not null default 'waiting',
    due_at timestamptz not null default yemae_now(),
    attempts integer not null default 0,
    ended_at timestamptz,
    error text,
    constraint push_notices_kind_check check (kind in ('turn', 'opening')),
    constraint push_notices_state_check check (state in ('waiting', 'sent', 'given_up')),
    constraint push_notices_language_check check (language in ('ko', 'en')),
    constraint push_notices_endpoint_check check (char_length(endpoint) between 1 and 1000),
    constraint push_notices_once unique (endpoint, queue_id, kind, number)
);
create index push_notices_waiting on push_notices (queue_id, kind, lane, number)
where state = 'waiting';
create index push_notices_of_users on push_notices (user_id);
create index push_notices_by_time on push_notices (created_at);
comment on table push_notices is
'What browsers are notified of by Web Push, once: that it is a fan''s turn, and that a sale opens.';
comment on column push_notices.number is 'The queue number of the place; of an opening 0.';
comment on column push_notices.endpoint is
'The address that the push service of the browser''s maker has given it.';
comment on column push_notices.due_at is
'When it may be sent, or tried again. A process that sends it moves this first, so no other does.';
