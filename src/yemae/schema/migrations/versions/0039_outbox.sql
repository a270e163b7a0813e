-- expand: messages to fans, written by the transactions that cause them and delivered by the jobs
-- process. Servers of the version before write none.

create table order_contacts (
    order_id uuid primary key references orders (id),
    email text,
    language text not null,
    constraint order_contacts_language_check check (language in ('ko', 'en'))
);
comment on table order_contacts is
'Where the fan of an order wants to hear of it, as they said at the payment.';
comment on column order_contacts.email is 'Null: the address of the account, if it has one.';

create table messages (
    id uuid primary key default gen_random_uuid(),
    kind text not null,
    cause uuid not null,
    order_id uuid not null references orders (id),
    created_at timestamptz not null default yemae_now(),
    state text not null default 'waiting',
    due_at timestamptz not null default yemae_now(),
    attempts integer not null default 0,
    ended_at timestamptz,
    error text,
    constraint messages_kind_check check (kind in ('order_paid', 'order_cancelled', 'refunded')),
    constraint messages_state_check check (state in ('waiting', 'sent', 'given_up')),
    -- One cause is told once.
    constraint messages_cause unique (kind, cause)
);
comment on table messages is
'The outbox: what fans are told about their orders. A row is written by the transaction that causes it.';
comment on column messages.id is 'The Message-ID of every mail that tells it.';
comment on column messages.cause is 'The payment, the cancellation or the refund that it tells of.';
comment on column messages.due_at is
'When it is sent, or tried again. A process that sends it moves this first, so no other does.';
comment on column messages.error is 'What went wrong the last time.';

create index messages_due on messages (due_at) where state = 'waiting';
create index messages_of_orders on messages (order_id);
