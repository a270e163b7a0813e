-- name: begin_run
insert into refund_runs (id, performance_key, state, reason, requested_by, requested_at)
values (%(id)s, %(performance_key)s, 'running', %(reason)s, %(requested_by)s, yemae_now())

-- name: run_of_date
select id, performance_key, state, reason, requested_by, requested_at, orders, refunded, failed,
       finished_at
from refund_runs
where performance_key = %(performance_key)s

-- name: runs_to_do
select id, performance_key, state, reason, requested_by, requested_at, orders, refunded, failed,
       finished_at
from refund_runs
where state = 'running'
order by requested_at
limit %(count)s

-- name: take_run
-- Each step of a run is one process's; another one leaves it alone meanwhile.
select id, performance_key, state, reason, requested_by, requested_at, orders, refunded, failed,
       finished_at
from refund_runs
where id = %(id)s and state = 'running'
for no key update skip locked

-- name: lock_run
select id, performance_key, state, reason, requested_by, requested_at, orders, refunded, failed,
       finished_at
from refund_runs
where performance_key = %(performance_key)s
for no key update

-- name: write_run
update refund_runs
set state = %(state)s, orders = %(orders)s, refunded = %(refunded)s, failed = %(failed)s::uuid[],
    finished_at = case when %(state)s = 'done' then yemae_now() end
where id = %(id)s

-- name: left_to_do
-- The orders that still have seats of a date, what the paid ones cost, and how many are being paid.
select count(*) filter (where o.status = 'paid')::int as paid,
       count(*) filter (where o.status = 'held')::int as held,
       count(*) filter (where o.status = 'held' and o.checkout_id is not null)::int
           as being_paid,
       coalesce(sum(o.total) filter (where o.status = 'paid'), 0)::bigint as amount
from (
    select distinct order_id from seats
    where performance_key = %(performance_key)s and held_until > (select yemae_now())
) as s
join orders as o on o.id = s.order_id
