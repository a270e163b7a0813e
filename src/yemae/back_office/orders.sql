-- name: find_orders
-- By fan, name, queue number, date, seat, status and booking number, newest first; what is null does not
-- matter. A seat that was cancelled is found as well. A fan is named by id or e-mail address; of a name
-- a part will do.
select o.id, o.user_id, u.name, u.email, p.concert_id, p.id as performance_id,
       case when o.status = 'held' and o.expires_at <= yemae_now() then 'expired' else o.status end
           as status,
       o.seat_numbers, o.total, o.currency, o.created_at
from orders as o
join performances as p on p.key = o.performance_key
left join users as u on u.id = o.user_id
where (%(fan)s::text is null or o.user_id in (
          select %(fan)s::text union all
          select id from users where email in (%(email)s::text, %(as_typed)s::text)))
  and (%(concerts)s::text[] is null or p.concert_id = any(%(concerts)s))
  and (%(name)s::text is null or strpos(lower(u.name), lower(%(name)s)) > 0)
  and (%(queue_number)s::bigint is null or o.pass_number = %(queue_number)s)
  and (%(performance_id)s::text is null or p.id = %(performance_id)s)
  and (%(seat)s::text is null or %(seat)s = any(o.seat_numbers) or exists (
          select from cancellations as c
          where c.order_id = o.id and %(seat)s = any(c.seat_numbers)))
  and (%(status)s::text is null
       or %(status)s = case when o.status = 'held' and o.expires_at <= yemae_now() then 'expired'
                            else o.status end)
  and (%(tail)s::text is null or right(o.id::text, 12) = %(tail)s)
  and (%(before)s::uuid is null or o.id < %(before)s)
order by o.id desc
limit %(limit)s

-- name: checkouts_of_order
select provider, amount, state, reason, created_at, settled_at
from checkouts
where order_id = %(order_id)s
  and (user_id = %(user_id)s
       or user_id in (select guest_id from merged_users where merged_users.user_id = %(user_id)s))
order by id

-- name: actions_on_order
-- What operators did with an order, as far as the order itself does not say it. The ids of both grow
-- with time, so the log is read from the order on.
select at, who, action, details ->> 'reason' as reason,
       array(select jsonb_array_elements_text(details #> '{seats,to}')) as seats,
       coalesce((details ->> 'surcharge')::bigint, 0) as surcharge
from queue_actions
where concert_id = %(concert_id)s and id > %(order_id)s and details ->> 'order' = %(order_id)s::text
  and action in ('move', 'reveal', 'print', 'send tickets', 'free hold',
                 'propose cancel', 'propose move')
order by id

-- name: open_refunds
-- Those to cards, and those in cash that the box office has to hand out.
select r.id, r.order_id, p.concert_id, o.user_id, r.destination, c.provider, r.amount, o.currency,
       r.state, r.failure, r.created_at, r.handed_over_at
from refunds as r
join orders as o on o.id = r.order_id
join performances as p on p.key = o.performance_key
left join checkouts as c on c.id = r.checkout_id
where ((r.destination = 'checkout' and r.state <> 'settled') or (r.destination = 'cash' and r.state <> 'settled'))
  and (%(concerts)s::text[] is null or p.concert_id = any(%(concerts)s))
  and not (r.state = 'declined'
           and exists (select from refunds as n where n.instead_of = r.id))
  and (not %(is_waiting)s or r.destination = 'cash' or r.state = 'declined'
       or r.handed_over_at is not null
       or (r.attempts = 0 and r.created_at < yemae_now() - interval '1 hour'))
  and (%(before)s::uuid is null or r.id < %(before)s)
order by r.id desc
limit %(limit)s
