-- expand: card payments, one row for each attempt, and which attempt keeps the hold of an order.

create table checkouts (
    id uuid primary key,
    user_id text not null references wallets (user_id),
    order_id uuid references orders (id),
    concert_id text,
    pass_number bigint,
    provider text not null check (provider ~ '^[a-z][a-z0-9_]{0,30}$'),
    method text not null,
    amount bigint not null check (amount > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    state text not null check (state in ('pending', 'captured', 'declined', 'cancelled', 'in_doubt')),
    reason text,
    reference text,
    redirect_url text,
    terms text,
    idempotency_key text,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    hold_ends_at timestamptz,
    lease_until timestamptz,
    busy_until timestamptz,
    attempts int not null default 0,
    look_at timestamptz,
    handed_over_at timestamptz,
    settled_at timestamptz,
    transfer_id uuid unique references transfers (id),
    constraint order_has_its_pass check (
        (order_id is null) = (pass_number is null) and (order_id is null) = (concert_id is null)
    ),
    constraint captured_has_its_transfer check ((state = 'captured') = (transfer_id is not null)),
    constraint settled_at_its_end check (
        (state in ('captured', 'declined', 'cancelled')) = (settled_at is not null)
    ),
    constraint settled_is_left_alone check (
        settled_at is null or (lease_until is null and busy_until is null and look_at is null)
    )
)
with (fillfactor = 70);
comment on table checkouts is 'Attempts to pay an order, or a top-up, through a payment provider. A row is there before its provider hears of it, and its id is what the provider is asked for.';
comment on column checkouts.order_id is 'Null: a top-up.';
comment on column checkouts.concert_id is 'The queue of the pass that the order is paid with.';
comment on column checkouts.reason is 'Why it was declined or cancelled, or what is wrong while it is in doubt.';
comment on column checkouts.reference is 'What the provider calls it.';
comment on column checkouts.hold_ends_at is 'The end of the hold before the lease: it comes back when nothing was captured.';
comment on column checkouts.lease_until is 'Until when the order is held for this attempt, because the provider may have captured. Null: it was not asked to.';
comment on column checkouts.busy_until is 'Until when a process may be asking the provider; no other one asks meanwhile.';
comment on column checkouts.attempts is 'How often the provider gave no answer.';
comment on column checkouts.look_at is 'When the job looks the attempt up at the provider.';
comment on column checkouts.handed_over_at is 'When the attempt stayed in doubt past its cap, and became a matter for an operator.';
comment on column checkouts.transfer_id is 'The transfer that brought the captured money into the wallet.';

create unique index checkouts_idempotency on checkouts (user_id, idempotency_key)
    where idempotency_key is not null;
create unique index order_captured_once on checkouts (order_id) where state = 'captured';
create index checkouts_to_look_at on checkouts (look_at) where look_at is not null;
create index checkouts_with_a_lease on checkouts (user_id, concert_id, pass_number)
    where lease_until is not null;

-- No foreign key: it would be checked with every hold.
alter table orders add column checkout_id uuid;
comment on column orders.checkout_id is 'The checkout that keeps the hold while its provider may have captured; nothing else pays, releases or moves the order meanwhile.';
