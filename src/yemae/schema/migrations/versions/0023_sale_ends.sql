-- expand: when the sale of a date ends, and a seat limit of a whole concert; null is as before.

alter table concerts add column seat_limit_per_concert integer;
comment on column concerts.seat_limit_per_concert is 'Seats one fan may have of all performances together, held and paid; null: only the limit of each performance.';
alter table performances add column sale_ends_at timestamptz;
comment on column performances.sale_ends_at is 'From when its seats are not sold; null: when it starts.';
