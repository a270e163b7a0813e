-- The hold as one transaction for each request: what a good straightforward implementation sends.
-- Variables: n (of each client, from 0), share (seats of each client), performance (its key).
-- No two transactions want the same seat: a client walks through its own share in random order.
\set seat :client_id * :share + permute(:n, :share) + 1
\set n :n + 1
begin;
-- One fan's holds take turns, so that the seat limit holds.
select pg_advisory_xact_lock(hashtextextended('pgbench-' || cast(:performance as text) || '-' || cast(:seat as text), 0));
select coalesce(sum(cardinality(seat_numbers)), 0) as seats
from orders
where user_id = 'pgbench-' || cast(:performance as text) || '-' || cast(:seat as text)
  and performance_key = :performance
  and (status = 'paid' or (status = 'held' and expires_at > clock_timestamp())) \gset
select number, grade, price
from seats
where performance_key = :performance and number = cast(:seat as text)
  and (order_id is null or held_until <= clock_timestamp())
for no key update \gset
insert into orders (id, user_id, performance_key, status, seat_numbers, seat_grades, seat_prices,
                    total, currency, created_at, expires_at, pass_number)
values (uuidv7(), 'pgbench-' || cast(:performance as text) || '-' || cast(:seat as text),
        :performance, 'held', array[cast(:number as text)], array[cast(:grade as text)],
        array[cast(:price as bigint)], cast(:price as bigint), 'KRW', now(),
        now() + interval '1 hour', 1)
returning id, expires_at \gset
update seats set order_id = :id, held_until = :expires_at
where performance_key = :performance and number = cast(:seat as text);
commit;
