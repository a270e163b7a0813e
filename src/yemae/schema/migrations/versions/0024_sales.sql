-- expand: the phases of a sale are rows of concerts, and an order keeps the phase it was made in.
-- Servers of the version before take such a row for a concert without dates.

alter table concerts add column phase_of text;
alter table concerts add column phase jsonb;
alter table concerts add constraint concerts_phase_of_fkey
foreign key (phase_of) references concerts (id) not valid;
comment on column concerts.phase_of is 'The concert of which this row is a phase of the sale with a queue of its own; null: the row is a concert, and its general sale.';
comment on column concerts.phase is 'What distinguishes the phase: {name, name_en, ends_at, code_hashes: HMACs under the secret key, group}; null: a general sale without an end of its own.';
alter table performances add column sales text[];
comment on column performances.sales is 'The queues (concerts.id) that sell it; null: every one of its concert.';
alter table orders add column sale text;
comment on column orders.sale is 'The phase in which it was made, and of whose queue its pass is; null: the general sale of its concert.';
