-- expand: webhooks to systems of the operator, written by the transactions that cause them and
-- delivered by the jobs process. Servers of the version before write none.

create table webhook_endpoints (
    id uuid primary key,
    url text not null,
    events text[] not null,
    secret_number integer not null default 1,
    rotated_at timestamptz,
    created_at timestamptz not null default yemae_now(),
    created_by text not null,
    failures integer not null default 0,
    failing_since timestamptz,
    paused_until timestamptz,
    disabled_at timestamptz,
    disabled_reason text,
    removed_at timestamptz
);
comment on table webhook_endpoints is
'Where a system of the operator hears of what happens. A row stays when its endpoint is removed.';
comment on column webhook_endpoints.events is 'The types of events that are sent there.';
comment on column webhook_endpoints.secret_number is
'The secret follows from the server''s key, the id and this number; it is stored nowhere.';
comment on column webhook_endpoints.rotated_at is
'When the secret was changed. The one before signs as well for a day after it.';
comment on column webhook_endpoints.failures is 'Rounds of deliveries without any success, one after the other.';
comment on column webhook_endpoints.paused_until is 'Nothing is sent before, because nothing arrived.';

create table webhook_events (
    id uuid primary key,
    type text not null,
    cause text not null,
    body text not null,
    created_at timestamptz not null default yemae_now(),
    -- One cause is told once.
    constraint webhook_events_cause unique (type, cause)
);
comment on table webhook_events is
'What happened, where an endpoint wants to hear of it; written by the transaction that causes it.';
comment on column webhook_events.id is 'The webhook-id of every request that tells it.';
comment on column webhook_events.cause is 'What it tells of: a payment, a cancellation, an opening.';
comment on column webhook_events.body is 'The JSON as it is signed and sent, every time the same.';
create index webhook_events_created on webhook_events (created_at);

create table webhook_deliveries (
    -- No foreign key: it would lock the endpoint's row in each payment.
    endpoint_id uuid not null,
    event_id uuid not null references webhook_events (id) on delete cascade,
    state text not null default 'waiting',
    due_at timestamptz not null default yemae_now(),
    give_up_at timestamptz not null default yemae_now() + interval '3 days',
    attempts integer not null default 0,
    attempted_at timestamptz,
    ended_at timestamptz,
    status integer,
    error text,
    primary key (endpoint_id, event_id),
    constraint webhook_deliveries_state_check check (state in ('waiting', 'delivered', 'given_up'))
);
comment on table webhook_deliveries is 'An event on its way to an endpoint, and the log of it.';
comment on column webhook_deliveries.due_at is
'When it is sent, or tried again. A process that sends it moves this first, so no other does.';
comment on column webhook_deliveries.status is 'The HTTP status of the last answer.';
comment on column webhook_deliveries.error is 'What went wrong the last time.';
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at)
where state = 'waiting';
create index webhook_deliveries_of_events on webhook_deliveries (event_id);
