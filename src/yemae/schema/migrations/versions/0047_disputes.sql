-- expand: disputes (chargebacks) of card payments. Servers of the version before write none, and
-- their doors don't know of them.

create table disputes (
    id uuid primary key,
    checkout_id uuid not null references checkouts (id),
    order_id uuid,
    reference text not null,
    amount bigint not null,
    reason text,
    state text not null,
    opened_at timestamptz not null default yemae_now(),
    closed_at timestamptz,
    constraint disputes_amount_check check (amount > 0),
    constraint disputes_state_check check (state in ('open', 'won', 'lost')),
    constraint closed_at_its_end check ((state = 'open') = (closed_at is null)),
    constraint dispute_has_one_row unique (checkout_id, reference)
);
create index disputes_of_order on disputes (order_id);
comment on table disputes is
'Payments that a cardholder disputes (chargebacks). While one is open, and once it is lost, the tickets of its order open no door.';
comment on column disputes.order_id is 'Null: a top-up, which has no ticket.';
comment on column disputes.reference is 'What the provider calls it.';
comment on column disputes.reason is 'The provider''s word for why.';
