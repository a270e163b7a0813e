-- name: open_proposal
-- What another operator, or the same, has proposed for an order in just these words, and was neither
-- confirmed nor is too old. The ids of orders and of lines grow with time, so the log is read from
-- the order on.
select a.id, a.who, a.at
from queue_actions as a
where a.concert_id = %(concert_id)s and a.id > %(order_id)s and a.action = %(action)s
  and a.details ->> 'order' = %(order_id)s::text
  and a.details -> 'wish' = %(wish)s::jsonb
  and a.at > yemae_now() - make_interval(secs => %(within_s)s)
  and not exists (
      select from queue_actions as c
      where c.concert_id = a.concert_id and c.id > a.id and c.action = 'confirm'
        and c.details ->> 'proposal' = a.id::text
  )
order by a.id desc
limit 1
