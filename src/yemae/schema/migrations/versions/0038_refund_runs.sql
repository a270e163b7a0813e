-- expand: dates that are cancelled or postponed, and the runs that refund everybody.

alter table performances
    add column cancelled_at timestamptz,
    add column postponed_at timestamptz,
    add column postponed_from timestamptz,
    add column refundable_until timestamptz;
comment on column performances.cancelled_at is 'From when it does not take place. Its seats are not sold, its tickets open no door, and a refund run gives everybody the money back.';
comment on column performances.postponed_at is 'When it was last moved to another time.';
comment on column performances.postponed_from is 'When it was to begin at first.';
comment on column performances.refundable_until is 'Until then, fans who had paid before it was moved cancel without a fee.';

create table refund_runs (
    id uuid primary key,
    performance_key int not null references performances (key) on delete cascade,
    state text not null check (state in ('running', 'paused', 'done')),
    reason text not null,
    requested_by text not null,
    requested_at timestamptz not null,
    orders int not null default 0,
    refunded bigint not null default 0,
    failed uuid[] not null default '{}',
    finished_at timestamptz,
    constraint one_run_for_each_date unique (performance_key),
    constraint finished_when_done check ((state = 'done') = (finished_at is not null))
);
comment on table refund_runs is 'One for each date that is cancelled. It takes the seats of the date one after the other: a seat that it has closed has its id in the place of an order (seats.order_id), and it is done when it has them all.';
comment on column refund_runs.orders is 'How many paid orders it has cancelled.';
comment on column refund_runs.refunded is 'What went back for them, in the currency of the concert.';
comment on column refund_runs.failed is 'Orders that it could not cancel: it pauses when only these are left.';

create index refund_runs_to_do on refund_runs (requested_at) where state = 'running';
