-- Passes that an operator revoked, so that they are over also while Valkey is away.

create table revoked_passes (
    user_id text not null,
    concert_id text not null references concerts (id),
    pass_number bigint not null,
    revoked_at timestamptz not null,
    primary key (user_id, concert_id)
);
comment on table revoked_passes is 'The last revocation of each fan at each concert. It ends a pass and every older place of the same fan, as a payment does.';
comment on column revoked_passes.pass_number is 'The queue number of the pass.';
comment on column revoked_passes.revoked_at is 'By the clock of the database, so that the sweep finds what is new.';
-- The table is new and empty.
-- squawk-ignore require-concurrent-index-creation
create index revoked_passes_by_time on revoked_passes (revoked_at);
