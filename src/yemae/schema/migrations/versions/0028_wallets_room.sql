-- expand: what all balances may still grow by, below the setting YEMAE_WALLETS_SUM_MAX.

create table wallets_room (
    part int primary key,
    room bigint not null check (room >= 0),
    sum_max bigint not null,
    counted_at timestamptz not null
);
comment on table wallets_room is 'What top-ups may still bring into all wallets together, in parts, so that they do not wait for one row. Unused while no limit is set.';
comment on column wallets_room.sum_max is 'The limit that the room was counted for; with another setting it is counted anew.';
comment on column wallets_room.counted_at is 'When all balances were summed up. Payments since then are not in the room yet.';
insert into wallets_room (part, room, sum_max, counted_at)
select part, 0, 0, now() from generate_series(0, 7) as part;
