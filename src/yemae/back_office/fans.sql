-- name: find_fans
-- By whatever was typed; what is null finds no fan. Of the buyers of some concerts, or of all; a fan
-- whose queue number was typed is found without an order, too.
with found as (
    select id from users where id = any(%(ids)s::text[])
    union
    select user_id from orders where user_id = any(%(ids)s::text[])
    union
    select %(in_line)s::text where %(in_line)s::text is not null
    union
    select id from users where email in (%(email)s::text, %(as_typed)s::text)
    union
    select o.user_id
    from order_contacts as c
    join orders as o on o.id = c.order_id
    where lower(c.email) = %(as_typed)s::text
    union
    select id from users
    where %(name)s::text is not null and strpos(lower(name), lower(%(name)s::text)) > 0
    union
    select user_id from orders where pass_number = %(queue_number)s::bigint
    union
    select user_id from orders where id = %(order_id)s::uuid
    union
    select user_id from orders where right(id::text, 12) = %(tail)s::text
)
select found.id as user_id, u.name, u.email, mine.orders, last.id as last_order_id,
       last.created_at as last_order_at, last.concert_id as last_concert_id
from found
left join users as u on u.id = found.id
cross join lateral (
    select count(*)::int as orders
    from orders as o
    join performances as p on p.key = o.performance_key
    where o.user_id = found.id
      and (%(concerts)s::text[] is null or p.concert_id = any(%(concerts)s::text[]))
) as mine
left join lateral (
    select o.id, o.created_at, p.concert_id
    from orders as o
    join performances as p on p.key = o.performance_key
    where o.user_id = found.id
      and (%(concerts)s::text[] is null or p.concert_id = any(%(concerts)s::text[]))
    order by o.id desc
    limit 1
) as last on true
where %(concerts)s::text[] is null or mine.orders > 0 or found.id = %(in_line)s::text
order by last.id desc nulls last, found.id
limit %(limit)s

-- name: mails_of_orders
select m.order_id, p.concert_id, m.kind, m.state, m.created_at, m.ended_at, m.error
from messages as m
join orders as o on o.id = m.order_id
join performances as p on p.key = o.performance_key
where m.order_id = any(%(ids)s::uuid[])
order by m.created_at desc, m.id
limit %(limit)s

-- name: concert_of_buyer
-- One of these concerts that the fan has an order of.
select p.concert_id
from orders as o
join performances as p on p.key = o.performance_key
where o.user_id = %(user_id)s and p.concert_id = any(%(concerts)s::text[])
order by p.concert_id
limit 1
