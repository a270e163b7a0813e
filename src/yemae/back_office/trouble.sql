-- name: payments_in_doubt
-- Those that may have captured, the oldest first; of some concerts, or of all with top-ups.
select c.id, c.order_id, p.concert_id, c.provider, c.amount, c.currency, c.reason, c.created_at,
       c.handed_over_at
from checkouts as c
left join orders as o on o.id = c.order_id
left join performances as p on p.key = o.performance_key
where c.look_at is not null and (c.state = 'in_doubt' or c.handed_over_at is not null)
  and (%(concerts)s::text[] is null or p.concert_id = any(%(concerts)s::text[]))
order by c.created_at
limit %(limit)s

-- name: stuck_mails
-- Given up within a week, or refused so far by a mail server; newest first.
select m.id, m.order_id, p.concert_id, m.kind, m.state, m.attempts, m.created_at, m.error
from messages as m
left join orders as o on o.id = m.order_id
left join performances as p on p.key = o.performance_key
where (m.state = 'given_up' and m.ended_at > yemae_now() - interval '7 days'
       or m.state = 'waiting' and m.error is not null)
  and (%(concerts)s::text[] is null or p.concert_id = any(%(concerts)s::text[]))
order by m.created_at desc, m.id
limit %(limit)s

-- name: look_up_now
-- The next look of the jobs process finds it due. What is settled is looked up no more.
with due as (
    update checkouts set look_at = yemae_now()
    where id = %(id)s and look_at is not null and (state = 'in_doubt' or handed_over_at is not null)
    returning order_id
)
select p.concert_id, due.order_id
from due
left join orders as o on o.id = due.order_id
left join performances as p on p.key = o.performance_key

-- name: concert_of_checkout
select p.concert_id, c.order_id
from checkouts as c
join orders as o on o.id = c.order_id
join performances as p on p.key = o.performance_key
where c.id = %(id)s

-- name: concert_of_mail
select p.concert_id, m.order_id
from messages as m
join orders as o on o.id = m.order_id
join performances as p on p.key = o.performance_key
where m.id = %(id)s
