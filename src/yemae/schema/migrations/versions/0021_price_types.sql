-- expand: the version before sells at full prices and without a fee, which the defaults say.

alter table concerts add column pricing jsonb not null default '{}';
comment on column concerts.pricing is 'Price types and booking fee as the concert file has them: see pricing.py.';

alter table orders
add column booking_fee bigint not null default 0,
add column price_types jsonb;
comment on column orders.booking_fee is 'In the total, beside the prices of the seats.';
comment on column orders.price_types is 'For each seat the price type that it was held with, or null for the full price: {id, name, name_en, proof, proof_en}. Null: full prices only. Later changes of the file do not reach an order.';
