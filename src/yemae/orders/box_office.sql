-- name: box_office_by_key
-- The sale that an operator made with this Idempotency-Key.
select order_id, tender, sold_by, idempotency_key, transfer_id, sold_at
from box_office_sales
where sold_by = %(sold_by)s and idempotency_key = %(idempotency_key)s

-- name: box_office_of_order
select order_id, tender, sold_by, idempotency_key, transfer_id, sold_at
from box_office_sales
where order_id = %(order_id)s

-- name: cash_of_order
-- With what moves to dearer seats have cost in cash. Seats that cost nothing brought in no transfer.
select (coalesce(t.amount, 0) + (
    select coalesce(sum(more.amount), 0)
    from box_office_surcharges as s
    join transfers as more on more.id = s.transfer_id
    where s.order_id = b.order_id
))::bigint as amount
from box_office_sales as b
left join transfers as t on t.id = b.transfer_id
where b.order_id = %(order_id)s and b.tender = 'cash'

-- name: write_box_office
insert into box_office_sales (order_id, tender, sold_by, idempotency_key, transfer_id, sold_at)
values (%(order_id)s, %(tender)s, %(sold_by)s, %(idempotency_key)s, %(transfer_id)s, %(sold_at)s)

-- name: write_cash_surcharge
insert into box_office_surcharges (transfer_id, order_id, taken_by)
values (%(transfer_id)s, %(order_id)s, %(taken_by)s)
