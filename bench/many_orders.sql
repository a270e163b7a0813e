-- A database that has sold for years: `bench.orders` orders, each of a different fan, half of them
-- paid and half expired, with ids that grow with time, a wallet and two transfers for each payment,
-- and a ticket for each sold seat. An expired order had its seat before the one that paid. Triggers
-- and foreign keys are off for everything but the concerts; the reconcile at the end checks every row.
insert into concerts (id, listing, title, artist, venue, currency, sale_opens_at, seat_limit,
                      active_limit, admit_per_minute, entry_ttl_s, absent_after_s)
select 'past-' || date, 1000, 'Past', 'Bench', 'Bench', 'KRW', '2026-01-01Z', 4, 1, 1, 300, 60
from generate_series(0, current_setting('bench.orders')::int / 2 / 50000) as date;

set session_replication_role = replica;
set synchronous_commit = off;

create temporary table past as
select n, n / 2 as sold, n % 2 = 0 as paid,
       '01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0') as user_id,
       ('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid as id,
       '2026-01-02Z'::timestamptz + n * interval '1 second' / 100 as at
from generate_series(0, current_setting('bench.orders')::int - 1) as n;

insert into performances (id, concert_id, starts_at, seats_total, price_from)
select id, id, '2026-02-01Z', 50000, 50000 from concerts where id like 'past-%' order by id;

create temporary table sold as
select past.*, p.key, p.concert_id, (sold % 50000 + 1)::text as number
from past join performances as p on p.id = 'past-' || sold / 50000;

insert into users (id) select user_id from past order by n;

insert into wallets (user_id, balance, currency)
select user_id, 950000, 'KRW' from past where paid order by n;

insert into orders (id, user_id, performance_key, status, seat_numbers, seat_grades, seat_prices,
                    total, currency, created_at, expires_at, pass_number)
select id, user_id, key, case when paid then 'paid' else 'expired' end, array[number], array['R'],
       array[50000], 50000, 'KRW', at, at + interval '5 minutes', n
from sold order by n;

insert into seats (performance_key, number, position, grade, price, order_id, held_until)
select key, number, sold % 50000, 'R', 50000, id, 'infinity' from sold where paid order by n;

insert into tickets (performance_key, number, order_id)
select key, number, id from sold where paid order by n;

insert into payments (id, order_id, user_id, concert_id, pass_number, amount, balance_after,
                      paid_at)
select overlay(id::text placing 'a' from 20 for 1)::uuid, id, user_id, concert_id, n, 50000, 950000,
       at + interval '1 minute'
from sold where paid order by n;

insert into transfers (id, user_id, kind, from_account, to_account, amount, balance_after,
                       order_id, idempotency_key, created_at)
select overlay(id::text placing case kind when 'top_up' then 'a' else 'b' end from 20 for 1)::uuid,
       user_id, kind, case kind when 'top_up' then '@cash' else user_id end,
       case kind when 'top_up' then user_id else '@sales' end,
       case kind when 'top_up' then 1000000 else 50000 end,
       case kind when 'top_up' then 1000000 else 950000 end,
       case kind when 'payment' then id end, case kind when 'top_up' then 'past' end, at
from sold cross join (values ('top_up'), ('payment')) as k (kind)
where paid order by n, kind desc;

drop table past, sold;
reset session_replication_role;
reset synchronous_commit;
