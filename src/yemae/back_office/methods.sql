-- name: money_by_method
-- One line for each way in which money of a concert came in or goes back, each from where it is written
-- first: what a provider captured from its checkout, cash and what wallets were debited from the
-- ledger, and what goes back from the refunds. Other tables say what was sold for it (money_kept).
-- Orders that were paid are found by their tickets, or were cancelled, so that a small concert costs
-- little beside a large one. With a limit of one an order is looked up by its key, however many there
-- seem to be.
with of_concert as materialized (
    select order_id as id from tickets where performance_key = any(%(performance_keys)s::int[])
    union
    select o.id
    from cancellations as c
    cross join lateral (
        select id from orders
        where id = c.order_id and performance_key = any(%(performance_keys)s::int[])
        limit 1
    ) as o
),
came_in as (
    select c.provider, coalesce(c.method, b.tender, 'wallet') as method, count(*) as payments,
           sum(coalesce(c.amount, cash.amount, debit.amount, 0)) as charged
    from of_concert as o
    join payments as p on p.order_id = o.id
    left join checkouts as c on c.order_id = o.id and c.state = 'captured'
    left join box_office_sales as b on b.order_id = o.id
    left join transfers as cash on cash.id = b.transfer_id
    left join transfers as debit on debit.order_id = o.id and debit.kind = 'payment'
    group by 1, 2
),
went_back as (
    select c.provider,
           case r.destination when 'checkout' then c.method else r.destination end as method,
           count(*) as refunds,
           coalesce(sum(r.amount) filter (where r.state = 'settled'), 0) as refunded,
           coalesce(sum(r.amount) filter (where r.state <> 'settled'), 0) as refunding
    from refunds as r
    cross join lateral (
        select id from orders
        where id = r.order_id and performance_key = any(%(performance_keys)s::int[])
        limit 1
    ) as o
    left join checkouts as c on c.id = r.checkout_id
    where r.state <> 'declined'
    group by 1, 2
),
handed_over as (
    select t.amount
    from of_concert as o
    join box_office_surcharges as s on s.order_id = o.id
    join transfers as t on t.id = s.transfer_id
),
lines as (
    select provider, method, payments, charged, 0 as refunds, 0 as refunded, 0 as refunding, 0 as in_doubt
    from came_in
    union all
    select provider, method, 0, 0, refunds, refunded, refunding, 0
    from went_back
    union all
    -- What a move to dearer seats costs more is of the wallet, whatever paid the order, but for what was
    -- handed over.
    select null, method, 0, sum(amount), 0, 0, 0, 0
    from (
        select 'wallet' as method, t.amount
        from of_concert as o
        join transfers as t on t.order_id = o.id and t.kind = 'surcharge'
        union all
        select 'wallet', - amount from handed_over
        union all
        select 'cash', amount from handed_over
    ) as dearer
    group by method
    having sum(amount) <> 0
    union all
    select c.provider, c.method, 0, 0, 0, 0, 0, sum(c.amount)
    from checkouts as c
    cross join lateral (
        select id from orders
        where id = c.order_id and performance_key = any(%(performance_keys)s::int[])
        limit 1
    ) as o
    where c.look_at is not null and (c.state = 'in_doubt' or c.handed_over_at is not null)
    group by c.provider, c.method
)
select provider, method, sum(payments)::bigint as payments, sum(charged)::bigint as charged,
       sum(refunds)::bigint as refunds, sum(refunded)::bigint as refunded,
       sum(refunding)::bigint as refunding, sum(in_doubt)::bigint as in_doubt
from lines
group by provider, method
order by provider nulls last, method desc

-- name: money_kept
-- What the money is for, from other tables than the money itself: paid orders as they are now, the fees
-- of cancellations, and the account of refunds for which no seat was cancelled. Paid orders are found
-- by their seats. The account has lines of orders that money went back of, and those are found by their
-- fan, who may have been a guest then.
with gone as materialized (
    select o.id, o.user_id
    from (select order_id from refunds union select order_id from cancellations) as g
    cross join lateral (
        select id, user_id from orders
        where id = g.order_id and performance_key = any(%(performance_keys)s::int[])
        limit 1
    ) as o
)
select (select coalesce(sum(total), 0)
        from orders
        where id in (
            select order_id from seats
            where performance_key = any(%(performance_keys)s::int[]) and held_until = 'infinity'
        ) and status = 'paid')::bigint as sold,
       (select coalesce(sum(c.fee), 0)
        from cancellations as c
        join gone as o on o.id = c.order_id)::bigint as fees,
       (select coalesce(sum(case t.to_account when '@refunds' then t.amount else -t.amount end), 0)
        from gone as o
        cross join lateral (
            select o.user_id union select guest_id from merged_users where user_id = o.user_id
        ) as u (user_id)
        join transfers as t on t.user_id = u.user_id and t.order_id = o.id
        where '@refunds' in (t.from_account, t.to_account))::bigint as set_aside
