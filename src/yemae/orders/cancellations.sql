-- name: write_cancellation
insert into cancellations (id, order_id, user_id, seat_numbers, seat_grades, seat_prices,
                           price_types, booking_fee, fee, cancelled_at, cancelled_by, reason,
                           idempotency_key)
select id, order_id, user_id, seat_numbers, seat_grades, seat_prices, price_types, booking_fee,
       fee, cancelled_at, cancelled_by, reason, idempotency_key
from json_to_recordset(%(cancellations)s::json) as c (
    id uuid, order_id uuid, user_id text, seat_numbers text[], seat_grades text[],
    seat_prices bigint[], price_types jsonb, booking_fee bigint, fee bigint,
    cancelled_at timestamptz, cancelled_by text, reason text, idempotency_key text)

-- name: cancellation_by_key
select id, order_id, user_id, seat_numbers, seat_grades, seat_prices, price_types, booking_fee,
       fee, cancelled_at, cancelled_by, reason, idempotency_key
from cancellations
where user_id = %(user_id)s and idempotency_key = %(idempotency_key)s

-- name: cancellations_of_orders
select id, order_id, user_id, seat_numbers, seat_grades, seat_prices, price_types, booking_fee,
       fee, cancelled_at, cancelled_by, reason, idempotency_key
from cancellations
where order_id = any(%(order_ids)s::uuid[])
order by id
