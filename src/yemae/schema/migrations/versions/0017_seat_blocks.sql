-- expand: seats that an operator holds back. A program before this one takes them for held or sold.
-- A blocked seat has its block's id in the column of its order, so that every statement that decides
-- whether a seat is free keeps its condition.

create table seat_blocks (
    id uuid primary key,
    concert_id text not null references concerts (id),
    name text not null check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    reason text not null check (reason in ('house', 'press', 'sponsor', 'technical', 'not_for_sale')),
    note text not null,
    color text check (color ~ '^#[0-9a-f]{6}$'),
    releases_at timestamptz,
    file jsonb,
    changed_at timestamptz not null,
    changed_by text not null,
    constraint one_block_of_a_name unique (concert_id, name)
);
comment on table seat_blocks is 'Seats that an operator holds back. The rows of seats say which they are.';
comment on column seat_blocks.releases_at is 'From when its seats are free; null: until an operator releases them. The held_until of its seats is the same, or infinity.';
comment on column seat_blocks.file is 'The block as the concert file had it when it was last loaded; null: no file has it.';
comment on column seats.order_id is 'The order or the block that has the seat, until held_until.';
