-- The foundation: who buys (users), what is sold (concerts, performances, seats), the hold and the
-- sale (orders, tickets, payments), the money (wallets, transfers) and the log of the :00 job.

-- Its tables are new and empty, so that building an index locks nobody out.
-- squawk-ignore-file require-concurrent-index-creation

-- The store's own clock. Tests travel in time by setting yemae.clock_offset in their transaction;
-- nothing else ever sets it. It is clock_timestamp, not now(), because a decision is made after
-- waiting for locks, and must not be made by the time before the wait.
create function yemae_now() returns timestamptz
language sql volatile parallel safe
return clock_timestamp()
    + coalesce(nullif(current_setting('yemae.clock_offset', true), ''), '0')::interval;

-- Ends a statement that must have touched a known number of rows; raising undoes the transaction.
create function expect_rows(touched bigint, expected bigint) returns void
language plpgsql immutable as $$
begin
    if touched <> expected then
        raise exception 'expected % rows, touched %', expected, touched;
    end if;
end
$$;

create table users (
    id text primary key check (id ~ '^[!-?A-~][!-~]{0,127}$'),
    name text,
    email text unique,
    password_hash text,
    created_at timestamptz not null default now()
);
comment on table users is 'Fans. A row appears at sign-up, or when a foreign identity first needs one.';
comment on column users.id is 'The sub of the access token. Never starts with @: those are the ledger''s own accounts.';
comment on column users.password_hash is 'Argon2id; null for users who sign in elsewhere.';

create sequence catalogue_revision;

create table concerts (
    id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    listing integer not null,
    title text not null,
    artist text not null,
    venue text not null,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    sale_opens_at timestamptz not null,
    seat_limit integer not null check (seat_limit between 1 and 100),
    active_limit integer not null check (active_limit > 0),
    admit_per_minute integer not null check (admit_per_minute > 0),
    entry_ttl_s integer not null check (entry_ttl_s > 0),
    absent_after_s integer not null check (absent_after_s > 0),
    revision bigint not null default nextval('catalogue_revision')
);
comment on table concerts is 'What is sold, with the settings of its waiting room. Written from concert files only.';
comment on column concerts.seat_limit is 'Seats one fan may have of one performance, held and paid together.';
comment on column concerts.revision is 'Grows with every load, so that server processes notice a change.';

create table performances (
    key integer generated always as identity primary key,
    id text not null unique check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    concert_id text not null references concerts (id),
    starts_at timestamptz not null,
    seats_total integer not null check (seats_total > 0),
    price_from bigint not null check (price_from >= 0),
    constraint one_performance_at_a_time unique (concert_id, starts_at) deferrable initially deferred
);
comment on table performances is 'One date of a concert.';
comment on column performances.key is 'Short key for the hot tables; the id is what the world sees.';

-- A seat is free when order_id is null or held_until has passed, held until held_until, and sold
-- when held_until is infinity. Whoever changes a row holds its lock and comes from: orders (hold,
-- release, payment) or the sweep. No index on order_id or held_until, so that every change of a
-- seat stays a heap-only update; the fill factor leaves the page room for one.
create table seats (
    performance_key integer not null references performances (key),
    number text collate "C" not null check (number ~ '^[!-~가-힣]{1,20}$'),
    position integer not null check (position >= 0),
    grade text not null,
    price bigint not null check (price >= 0),
    order_id uuid,
    held_until timestamptz,
    primary key (performance_key, number),
    check ((order_id is null) = (held_until is null))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
comment on column seats.position is 'Place in plan order, from 0.';

-- held moves to paid (payment), released (the fan) or expired (the sweep, some time after
-- expires_at; until then readers say expired themselves). user_id has no foreign key: the buyer may
-- be known to a foreign issuer only, and this insert is the hottest of all.
create table orders (
    id uuid primary key,
    user_id text not null,
    performance_key integer not null references performances (key),
    status text not null check (status in ('held', 'paid', 'released', 'expired', 'refunded')),
    seat_numbers text[] not null check (cardinality(seat_numbers) > 0),
    seat_grades text[] not null check (cardinality(seat_grades) = cardinality(seat_numbers)),
    seat_prices bigint[] not null check (cardinality(seat_prices) = cardinality(seat_numbers)),
    total bigint not null check (total >= 0),
    currency text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    pass_number bigint not null,
    idempotency_key text
) with (fillfactor = 85);
comment on column orders.seat_prices is 'What each seat cost when it was held; later changes do not reach an order.';
comment on column orders.pass_number is 'The queue number of the pass it was made with, so that the waiting room can be repaired after a crash.';
create index orders_by_user on orders (user_id, id);
create index orders_held_by_expiry on orders (expires_at) where status = 'held';
create unique index orders_idempotency on orders (user_id, idempotency_key) where idempotency_key is not null;

-- The last line against a double sale: a seat has one ticket, whatever the code does.
create table tickets (
    performance_key integer not null,
    number text collate "C" not null,
    order_id uuid not null references orders (id),
    constraint seat_sold_once primary key (performance_key, number),
    foreign key (performance_key, number) references seats (performance_key, number)
);

create table payments (
    id uuid primary key,
    order_id uuid not null references orders (id),
    user_id text not null,
    concert_id text not null references concerts (id),
    pass_number bigint not null,
    amount bigint not null check (amount >= 0),
    balance_after bigint not null check (balance_after >= 0),
    paid_at timestamptz not null,
    idempotency_key text,
    constraint order_paid_once unique (order_id),
    constraint pass_pays_once unique (user_id, concert_id, pass_number)
);
create unique index payments_idempotency on payments (user_id, idempotency_key) where idempotency_key is not null;

create table wallets (
    user_id text primary key references users (id),
    balance bigint not null default 0,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    constraint balance_not_negative check (balance >= 0)
) with (fillfactor = 70);

-- Double entry: amount moves from one account to the other, and exactly one of the two is the
-- wallet of user_id. The others are @cash (money from outside) and @sales (what tickets earned).
create table transfers (
    id uuid primary key,
    user_id text not null references wallets (user_id),
    kind text not null check (kind in ('top_up', 'payment', 'refund')),
    from_account text not null,
    to_account text not null,
    amount bigint not null check (amount > 0),
    balance_after bigint not null check (balance_after >= 0),
    order_id uuid references orders (id),
    idempotency_key text,
    created_at timestamptz not null,
    constraint both_sides check ((from_account = user_id) <> (to_account = user_id)),
    check ((kind = 'top_up') = (order_id is null))
);
create index transfers_by_user on transfers (user_id, id);
create unique index top_up_credited_once on transfers (user_id, idempotency_key) where idempotency_key is not null;
create unique index payment_debited_once on transfers (order_id) where kind = 'payment';

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a line of % is never changed', tg_table_name using errcode = 'integrity_constraint_violation';
end
$$;
create trigger transfers_are_immutable before update or delete on transfers
for each statement execute function refuse_change();

-- One row for each minute: inserting it is the claim that makes one node run the job.
create table scheduler_runs (
    minute timestamptz primary key,
    node text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    passes_expired integer not null default 0,
    orders_expired integer not null default 0,
    seats_released integer not null default 0,
    failures integer not null default 0
);
