-- name: seats_now
-- What has the seats of a date that are not free: a row for each block and for each held order, one
-- for all sold seats, and one for those that the end of the date has closed. One reading of the
-- date's rows; of orders, only the held ones are looked up. Places are those of the plan, from 0.
with taken as (
    select case when b.id is not null then 'blocked'
                when r.id is not null then 'closed'
                when s.held_until = 'infinity' then 'paid'
                else 'held' end as state,
           case when b.id is not null or s.held_until < 'infinity' then s.order_id end as holder,
           s.position
    from seats as s
    left join seat_blocks as b on b.id = s.order_id
    left join refund_runs as r on r.id = s.order_id
    where s.performance_key = %(performance_key)s and s.held_until > (select yemae_now())
),
had as (
    select state, holder, array_agg(position order by position) as places
    from taken
    group by state, holder
)
select h.state, h.places, b.name as block, b.reason, b.note, b.color, b.releases_at,
       o.id as order_id, o.created_at as since, o.expires_at as until,
       coalesce(o.checkout_id is not null, false) as is_being_paid
from had as h
left join seat_blocks as b on h.state = 'blocked' and b.id = h.holder
left join lateral (
    select id, created_at, expires_at, checkout_id from orders
    where orders.id = h.holder and h.state = 'held'
) as o on true
order by h.state, h.places[1]
