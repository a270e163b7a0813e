-- name: sizes
-- How many there are of everything that a law is about.
select (select count(*) from orders) as orders,
       (select count(*) from orders
        where status = 'paid' or (status = 'held' and expires_at > yemae_now())) as live_orders,
       (select count(*) from seats where order_id is not null) as taken_seats,
       (select count(*) from seats as s join seat_blocks as b on b.id = s.order_id
        where s.held_until > yemae_now()) as blocked_seats,
       (select count(*) from tickets) as tickets,
       (select count(*) from payments) as payments,
       (select count(*) from transfers) as transfers,
       (select count(*) from transfers where idempotency_key is not null) as keyed_transfers,
       (select count(*) from wallets) as wallets,
       (select count(*) from checkouts) as checkouts,
       (select count(*) from refund_runs) as refund_runs

-- The laws. Each lists what breaks it, one row for each violation, in words.

-- name: seat_in_one_order
select concat('seat ', s.number, ' of ', p.id, ' is in ', count(*), ' orders') as violation
from orders as o
cross join unnest(o.seat_numbers) as s (number)
join performances as p on p.key = o.performance_key
where o.status = 'paid' or (o.status = 'held' and o.expires_at > yemae_now())
group by p.id, s.number
having count(*) > 1

-- name: order_has_its_seats
select concat('order ', o.id, ' (', o.status, ') has lost seat ', n.number) as violation
from orders as o
cross join unnest(o.seat_numbers) as n (number)
left join seats as s
    on s.performance_key = o.performance_key and s.number = n.number and s.order_id = o.id
where (o.status = 'paid' and s.held_until is distinct from 'infinity')
   or (o.status = 'held' and o.expires_at > yemae_now()
       and s.held_until is distinct from o.expires_at)

-- name: seat_has_its_order
-- The reverse: a seat that has no order cannot be booked, unless a block of its concert has it, until
-- its release time, or the refund run of its date has closed it. A hold that has run out does not count, as its seat can be booked again.
select concat('seat ', s.number, ' of ', p.id, ' is taken for order ', s.order_id,
              ', which does not have it') as violation
from seats as s
join performances as p on p.key = s.performance_key
left join orders as o
    on o.id = s.order_id and o.performance_key = s.performance_key
   and s.number = any(o.seat_numbers)
   and o.status = case when s.held_until = 'infinity' then 'paid' else 'held' end
left join seat_blocks as b
    on b.id = s.order_id and b.concert_id = p.concert_id
   and s.held_until = coalesce(b.releases_at, 'infinity')
left join refund_runs as r
    on r.id = s.order_id and r.performance_key = s.performance_key and s.held_until = 'infinity'
where s.held_until > yemae_now() and o.id is null and b.id is null and r.id is null

-- name: blocked_seat_is_not_sold
select concat('seat ', s.number, ' of ', p.id, ' is in block ', b.name, ' and in ',
              coalesce('order ' || o.id, 'a ticket')) as violation
from seats as s
join seat_blocks as b on b.id = s.order_id
join performances as p on p.key = s.performance_key
left join (
    select o.performance_key, n.number, o.id
    from orders as o
    cross join unnest(o.seat_numbers) as n (number)
    where o.status = 'paid' or (o.status = 'held' and o.expires_at > yemae_now())
) as o on o.performance_key = s.performance_key and o.number = s.number
left join tickets as t on t.performance_key = s.performance_key and t.number = s.number
where s.held_until > yemae_now() and (o.id is not null or t.order_id is not null)

-- name: cancelled_date_is_refunded
-- A date whose run is done has no order that is paid or held, no ticket and no free seat, and kept
-- nothing of what was cancelled since the date was.
select concat('date ', p.id, ' is refunded, and ', w.what) as violation
from refund_runs as r
join performances as p on p.key = r.performance_key
cross join lateral (
    select concat('order ', o.id, ' is ', o.status) as what
    from seats as s join orders as o on o.id = s.order_id
    where s.performance_key = p.key and o.performance_key = p.key
      and (o.status = 'paid' or (o.status = 'held' and o.expires_at > yemae_now()))
    union
    select concat('seat ', t.number, ' has a ticket') from tickets as t
    where t.performance_key = p.key
    union
    select concat('of seat ', c.seat_numbers[1], ' a fee of ', c.fee, ' was kept')
    from cancellations as c join orders as o on o.id = c.order_id
    where o.performance_key = p.key and c.fee > 0 and c.cancelled_at >= p.cancelled_at
) as w
where r.state = 'done'

-- name: ticket_for_each_paid_seat
select concat('seat ', number, ' of order ', coalesce(n.order_id, t.order_id), ': ',
              case when t.order_id is null then 'paid without a ticket'
                   else 'a ticket that is not paid' end) as violation
from (select o.performance_key, seat.number, o.id as order_id
      from orders as o cross join unnest(o.seat_numbers) as seat (number)
      where o.status = 'paid') as n
full join tickets as t using (performance_key, number, order_id)
where t.order_id is null or n.order_id is null

-- name: ticket_sold_once
select concat('seat ', t.number, ' of ', p.id, ' has ', count(*), ' tickets') as violation
from tickets as t
join performances as p on p.key = t.performance_key
group by p.id, t.number
having count(*) > 1

-- name: total_is_sum_of_prices
select concat('order ', o.id, ' costs ', o.total, ', its seats ', sum(n.price), ', the booking fee ',
              o.booking_fee) as violation
from orders as o
cross join unnest(o.seat_prices) as n (price)
group by o.id, o.total, o.booking_fee
having sum(n.price) + o.booking_fee <> o.total

-- name: seat_limit_kept
-- A fan's last live order was judged by the limit of its time, together with all that are live
-- still; what the box office sold has none. So what counts is that limit and those since, the highest of the concert's phases; a minute is more than a server process needs
-- to hear of a load.
select concat(b.user_id, ' has ', b.seats, ' seats of ', b.id, ', the limit is ',
              greatest(b.seat_limit, l.seat_limit)) as violation
from (
    select o.user_id, p.id, p.concert_id, c.seat_limit, sum(cardinality(o.seat_numbers)) as seats,
           max(o.created_at) as last_at
    from orders as o
    join performances as p on p.key = o.performance_key
    join (
        select coalesce(phase_of, id) as id, max(seat_limit) as seat_limit
        from concerts
        group by coalesce(phase_of, id)
    ) as c on c.id = p.concert_id
    where (o.status = 'paid' or (o.status = 'held' and o.expires_at > yemae_now()))
      and not exists (select from box_office_sales as s where s.order_id = o.id)
    group by o.user_id, p.id, p.concert_id, c.seat_limit
    having sum(cardinality(o.seat_numbers)) > c.seat_limit
) as b
cross join lateral (
    select max((a.details #>> '{seat_limit,from}')::int) as seat_limit
    from queue_actions as a
    where a.concert_id in (
        select c.id from concerts as c where coalesce(c.phase_of, c.id) = b.concert_id
    ) and a.at > b.last_at - interval '1 minute'
) as l
where b.seats > greatest(b.seat_limit, l.seat_limit)

-- name: concert_seat_limit_kept
-- The same for the limit of all performances together. A concert that had no limit when the last
-- order was made judged it by none.
select concat(b.user_id, ' has ', b.seats, ' seats of ', b.id, ', the limit is ',
              b.seat_limit_per_concert) as violation
from (
    select o.user_id, c.id, c.seat_limit_per_concert, sum(cardinality(o.seat_numbers)) as seats,
           max(o.created_at) as last_at
    from orders as o
    join performances as p on p.key = o.performance_key
    join concerts as c on c.id = p.concert_id
    where c.seat_limit_per_concert is not null
      and (o.status = 'paid' or (o.status = 'held' and o.expires_at > yemae_now()))
      and not exists (select from box_office_sales as s where s.order_id = o.id)
    group by o.user_id, c.id, c.seat_limit_per_concert
    having sum(cardinality(o.seat_numbers)) > c.seat_limit_per_concert
) as b
where not exists (
    select from queue_actions as a
    where a.concert_id = b.id and a.at > b.last_at - interval '1 minute'
      and a.details ? 'seat_limit_per_concert'
      and coalesce((a.details #>> '{seat_limit_per_concert,from}')::int, b.seats) >= b.seats
)

-- name: allotment_kept
-- The same for the seats of a performance that a phase may sell.
select concat(b.sale, ' has sold ', b.seats, ' seats of ', b.id, ', its allotment is ',
              b.allotment) as violation
from (
    select o.sale, p.id, (c.phase ->> 'allotment')::int as allotment,
           sum(cardinality(o.seat_numbers)) as seats, max(o.created_at) as last_at
    from orders as o
    join performances as p on p.key = o.performance_key
    join concerts as c on c.id = o.sale
    where o.status = 'paid' or (o.status = 'held' and o.expires_at > yemae_now())
    group by o.sale, p.id, c.phase
    having sum(cardinality(o.seat_numbers)) > (c.phase ->> 'allotment')::int
) as b
where not exists (
    select from queue_actions as a
    where a.concert_id = b.sale and a.at > b.last_at - interval '1 minute'
      and a.details ? 'allotment'
      and coalesce((a.details #>> '{allotment,from}')::int, b.seats) >= b.seats
)

-- name: allotment_share_kept
-- The same for a share of what is for sale. When the last order was made, that was at most what is not
-- blocked now, and the seats of blocks that have changed since. A load since may have taken seats away,
-- or changed the share: then the next order of the phase is judged again.
select concat(b.sale, ' has sold ', b.seats, ' seats of ', b.id, ', its allotment is ', b.percent,
              ' percent of ', f.for_sale) as violation
from (
    select o.sale, p.id, p.key, p.concert_id, (c.phase ->> 'allotment_percent')::int as percent,
           sum(cardinality(o.seat_numbers)) as seats, max(o.created_at) as last_at
    from orders as o
    join performances as p on p.key = o.performance_key
    join concerts as c on c.id = o.sale
    where c.phase ->> 'allotment_percent' is not null
      and (o.status = 'paid' or (o.status = 'held' and o.expires_at > yemae_now()))
    group by o.sale, p.id, p.key, p.concert_id, c.phase
) as b
cross join lateral (
    select count(*) as for_sale
    from seats as s
    left join seat_blocks as k
        on k.id = s.order_id and s.held_until > yemae_now()
       and k.changed_at <= b.last_at - interval '1 minute'
    where s.performance_key = b.key and k.id is null
) as f
where b.seats > f.for_sale * b.percent / 100
  and not exists (
    select from queue_actions as a
    where a.concert_id in (b.sale, b.concert_id) and a.at > b.last_at - interval '1 minute'
      and a.action = 'load' and not a.details ? 'block'
)

-- What answers are checked against.

-- name: answered_and_not_paid
-- One that was cancelled since was paid.
select concat('order ', a.id, ' was answered as paid, and is not') as violation
from unnest(%(order_ids)s::uuid[]) as a (id)
left join orders as o on o.id = a.id and o.status in ('paid', 'cancelled')
where o.id is null

-- What the waiting room is checked against.

-- name: queue_limits
-- The limits of each queue that may still show in its numbers: the present ones and, if higher,
-- those that operators or files had set before. Fans who came in under them are not put out by a
-- change, and passes live for a day at most. Whom operators let in by hand comes on top of a rate.
select c.id as concert_id,
       m.settings ->> 'queueing_method' is not distinct from 'passthrough'
           or coalesce(l.was_passthrough, false) as is_open_to_all,
       greatest((m.settings ->> 'active_limit')::int, l.active_limit) as active_limit,
       greatest((m.settings ->> 'admit_per_minute')::int, l.admit_per_minute)
           as admit_per_minute,
       coalesce(l.by_hand, 0) as by_hand,
       coalesce(g.has_begun, false) as has_begun
from concerts as c
left join queue_generations as g on g.concert_id = c.id
left join queue_controls as q on q.concert_id = c.id
cross join lateral (
    select c.queue_settings || coalesce(q.queue_settings, '{}') as settings
) as m
left join lateral (
    select max(greatest((a.details #>> '{active_limit,from}')::int,
                        (a.details #>> '{active_limit,to}')::int)) as active_limit,
           max(greatest((a.details #>> '{admit_per_minute,from}')::int,
                        (a.details #>> '{admit_per_minute,to}')::int)) as admit_per_minute,
           bool_or('passthrough' in (a.details #>> '{queueing_method,from}',
                                     a.details #>> '{queueing_method,to}')) as was_passthrough,
           sum((a.details ->> 'count')::int) filter (where a.action = 'admit') as by_hand
    from queue_actions as a
    where a.concert_id = c.id and a.at > yemae_now() - interval '25 hours'
) as l on true
order by c.listing, c.id
