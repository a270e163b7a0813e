-- name: write_refund
insert into refunds (id, order_id, cancellation_id, amount, destination, checkout_id, state,
                     reason, requested_by, created_at, settled_at, idempotency_key)
select id, order_id, cancellation_id, amount, destination, checkout_id, state, reason,
       requested_by, created_at, settled_at, idempotency_key
from json_to_recordset(%(refunds)s::json) as r (
    id uuid, order_id uuid, cancellation_id uuid, amount bigint, destination text,
    checkout_id uuid, state text, reason text, requested_by text, created_at timestamptz,
    settled_at timestamptz, idempotency_key text)

-- name: refunds_of_orders
select id, order_id, cancellation_id, amount, destination, checkout_id, state, reason,
       requested_by, created_at, settled_at, idempotency_key
from refunds
where order_id = any(%(order_ids)s::uuid[])
order by id
