-- name: was_extended
-- The ids of orders and of lines grow with time, so the log is read from the order on.
select exists (
    select from queue_actions
    where concert_id = %(concert_id)s and id > %(order_id)s
      and action = %(action)s and details ->> 'order' = %(order_id)s::text) as was_extended
