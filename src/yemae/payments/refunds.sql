-- name: write_refund
insert into refunds (id, order_id, cancellation_id, amount, destination, checkout_id, state,
                     reason, requested_by, created_at, settled_at, idempotency_key, reference,
                     look_at, instead_of, part_of)
select id, order_id, cancellation_id, amount, destination, checkout_id, state, reason,
       requested_by, created_at, settled_at, idempotency_key, reference, look_at, instead_of, part_of
from json_to_recordset(%(refunds)s::json) as r (
    id uuid, order_id uuid, cancellation_id uuid, amount bigint, destination text,
    checkout_id uuid, state text, reason text, requested_by text, created_at timestamptz,
    settled_at timestamptz, idempotency_key text, reference text, look_at timestamptz,
    instead_of uuid, part_of uuid)

-- name: refunds_of_orders
select id, order_id, cancellation_id, amount, destination, checkout_id, state, reason,
       requested_by, created_at, settled_at, idempotency_key, reference, failure, attempts,
       look_at, handed_over_at, instead_of, part_of, paid_out_by
from refunds
where order_id = any(%(order_ids)s::uuid[])
order by id

-- name: refund_by_id
select id, order_id, cancellation_id, amount, destination, checkout_id, state, reason,
       requested_by, created_at, settled_at, idempotency_key, reference, failure, attempts,
       look_at, handed_over_at, instead_of, part_of, paid_out_by
from refunds
where id = %(id)s

-- name: lock_refund
select yemae_now() as now, id, order_id, cancellation_id, amount, destination, checkout_id, state, reason,
       requested_by, created_at, settled_at, idempotency_key, reference, failure, attempts,
       look_at, handed_over_at, instead_of, part_of, paid_out_by
from refunds
where id = %(id)s
for no key update

-- name: write_refund_state
-- What was decided under the lock.
with written as (
    update refunds
    set state = %(state)s, settled_at = %(settled_at)s, reference = %(reference)s,
        failure = %(failure)s, look_at = %(look_at)s, handed_over_at = %(handed_over_at)s
    where id = %(id)s
    returning 1
)
select expect_rows(count(*), 1) from written

-- name: pay_out_refund
-- Cash that was handed out, once.
with paid_out as (
    update refunds
    set state = 'settled', settled_at = %(settled_at)s, paid_out_by = %(paid_out_by)s
    where id = %(id)s and destination = 'cash' and state = 'pending'
    returning 1
)
select expect_rows(count(*), 1) from paid_out

-- name: claim_due_refunds
-- Each goes to one process, and comes again later if that process dies. Another provider's wait for it.
with due as (
    select r.id
    from refunds as r
    join checkouts as c on c.id = r.checkout_id
    where r.look_at <= (select yemae_now()) and c.provider = %(provider)s
    order by r.look_at
    limit %(count)s
    for no key update of r skip locked
)
update refunds as r
set attempts = r.attempts + 1, look_at = yemae_now() + %(again_s)s * interval '1 second'
from due
where r.id = due.id
returning r.id, r.order_id, r.cancellation_id, r.amount, r.destination, r.checkout_id, r.state,
          r.reason, r.requested_by, r.created_at, r.settled_at, r.idempotency_key, r.reference,
          r.failure, r.attempts, r.look_at, r.handed_over_at, r.instead_of,
          r.part_of, r.paid_out_by

-- name: count_waiting_refunds
-- Declined and not asked for again, open for too long, or never asked for: its provider is not used.
select count(*)::int as waiting
from refunds as r
where r.destination = 'checkout' and r.state <> 'settled'
  and (r.handed_over_at is not null
       or (r.attempts = 0 and r.created_at < yemae_now() - interval '1 hour')
       or (r.state = 'declined'
           and not exists (select from refunds as n where n.instead_of = r.id)))
