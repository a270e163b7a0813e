-- The laws of money, as those of books.sql.

-- name: payment_for_each_paid_order
-- What a move to cheaper seats or a cancellation took out of the order was paid, and is no part of
-- its total any more; what a move to dearer seats charged is. Of a cancelled order nothing is left.
-- The fan who paid may have been a guest of the one who has the order now.
select concat('order ', o.id, ' (', o.status, ') of ', o.total, ' has ', count(p.id),
              ' payments of ', coalesce(sum(p.amount), 0)) as violation
from orders as o
cross join lateral (
    select case o.status when 'cancelled' then 0 else o.total end as total
) as l
left join payments as p
    on p.order_id = o.id
   and (p.user_id = o.user_id
        or exists (select from merged_users as m
                   where m.guest_id = p.user_id and m.user_id = o.user_id))
left join (
    select order_id, sum(case kind when 'surcharge' then amount else -amount end) as amount
    from transfers
    where kind = 'surcharge' or (kind = 'refund' and from_account = '@sales')
    group by order_id
) as r on r.order_id = o.id
group by o.id, o.status, o.total, l.total, r.amount
having count(p.id) <> (o.status in ('paid', 'cancelled'))::int
    or coalesce(sum(p.amount) + coalesce(r.amount, 0), l.total) <> l.total

-- name: payment_has_its_order
select concat('payment ', p.id, ' of ', p.user_id, ' is for order ', p.order_id,
              ' of another fan') as violation
from payments as p
left join orders as o
    on o.id = p.order_id
   and (o.user_id = p.user_id
        or exists (select from merged_users as m
                   where m.guest_id = p.user_id and m.user_id = o.user_id))
where o.id is null

-- name: pass_pays_once
select concat('pass ', pass_number, ' of ', user_id, ' to ', concert_id, ' paid ', count(*),
              ' times') as violation
from payments
group by user_id, concert_id, pass_number
having count(*) > 1

-- name: paid_order_debited_once
-- Less what a move to cheaper seats or a cancellation took out of the order, and with what moves to
-- dearer seats charged.
select concat('order ', o.id, ' (', o.status, ') of ', o.total, ' was debited ',
              count(t.id) filter (where t.kind = 'payment'), ' times: ',
              coalesce(sum(case t.kind when 'refund' then -t.amount else t.amount end), 0)
       ) as violation
from orders as o
cross join lateral (
    select case o.status when 'cancelled' then 0 else o.total end as total
) as l
left join transfers as t
    on t.order_id = o.id
   and (t.user_id = o.user_id
        or exists (select from merged_users as m
                   where m.guest_id = t.user_id and m.user_id = o.user_id))
   and (t.kind in ('payment', 'surcharge') or (t.kind = 'refund' and t.from_account = '@sales'))
group by o.id, o.status, o.total, l.total
having count(t.id) filter (where t.kind = 'payment')
           <> (o.status in ('paid', 'cancelled')
               and l.total > coalesce(sum(case t.kind when 'surcharge' then t.amount
                                                      when 'refund' then -t.amount end), 0))::int
    or coalesce(sum(case t.kind when 'refund' then -t.amount else t.amount end), l.total)
           <> l.total
    or (o.status not in ('paid', 'cancelled') and count(t.id) > 0)

-- name: balance_is_sum_of_transfers
select concat('the balance of ', w.user_id, ' is ', w.balance, ', their transfers are ',
              coalesce(s.total, 0)) as violation
from wallets as w
left join (
    select user_id,
           sum(case when to_account = user_id then amount else -amount end) as total
    from transfers
    group by user_id
) as s using (user_id)
where w.balance < 0 or w.balance <> coalesce(s.total, 0)

-- name: transfer_has_both_sides
select concat('transfer ', id, ' of ', user_id, ' goes from ', from_account,
              ' to ', to_account) as violation
from transfers
where (from_account = user_id) = (to_account = user_id)
   or case kind when 'top_up' then to_account <> user_id
                                   or from_account !~ '^(@cash|@provider:[a-z0-9_]+)$'
                when 'payment' then (from_account, to_account) <> (user_id, '@sales')
                when 'surcharge' then (from_account, to_account) <> (user_id, '@sales')
                when 'payout' then from_account <> user_id
                                   or to_account !~ '^(@refunds|@cash|@provider:[a-z0-9_]+)$'
                when 'merge' then '@merges' not in (from_account, to_account)
                when 'fee' then from_account <> user_id or to_account not in ('@fees', '@refunds')
                else to_account <> user_id end

-- name: merge_moved_everything
-- What left guests came to accounts, and a merged guest has neither an order nor money. What comes in
-- the moment of the merge is moved on within a minute.
select concat('merges: ', sum(case t.to_account when '@merges' then t.amount else -t.amount end),
              ' left guests and came to no account') as violation
from transfers as t
where t.kind = 'merge'
having sum(case t.to_account when '@merges' then t.amount else -t.amount end) <> 0
union all
select concat('guest ', m.guest_id, ' was merged into ', m.user_id, ' and has ',
              case when w.balance > 0 then 'a balance of ' || w.balance else 'order ' || o.id end)
from merged_users as m
left join wallets as w on w.user_id = m.guest_id and w.balance > 0
left join orders as o on o.user_id = m.guest_id and o.status in ('held', 'paid', 'cancelled')
where m.merged_at < yemae_now() - interval '5 minutes' and (w.user_id is not null or o.id is not null)

-- name: top_up_credited_once
select concat('key ', idempotency_key, ' of ', user_id, ' was credited ', count(*),
              ' times') as violation
from transfers
where idempotency_key is not null
group by user_id, idempotency_key
having count(*) > 1

-- name: money_equals_tickets
-- Over all fans: what the sales account earned is what the payments say, with what moves charged, less
-- what moves and cancellations took out of orders, and what the tickets and booking fees cost. A ticket
-- costs what its seat cost when it was held, or after a move.
select concat(m.currency, ': sales account ', m.sales, ', payments ', m.payments,
              ', paid orders ', m.orders, ', tickets and fees ', m.tickets) as violation
from (
    select c.currency,
           (select coalesce(sum(case when t.to_account = '@sales' then t.amount
                                     when t.from_account = '@sales' then -t.amount end), 0)
            from transfers as t join wallets as w using (user_id)
            where w.currency = c.currency) as sales,
           (select coalesce(sum(p.amount), 0)
            from payments as p join orders as o on o.id = p.order_id
            where o.status in ('paid', 'cancelled') and o.currency = c.currency)
           + (select coalesce(sum(case t.kind when 'surcharge' then t.amount else -t.amount end), 0)
              from transfers as t join orders as o on o.id = t.order_id
              where (t.kind = 'surcharge' or (t.kind = 'refund' and t.from_account = '@sales'))
                and o.status in ('paid', 'cancelled') and o.currency = c.currency)
               as payments,
           (select coalesce(sum(o.total), 0) from orders as o
            where o.status = 'paid' and o.currency = c.currency) as orders,
           (select coalesce(sum(o.seat_prices[array_position(o.seat_numbers, t.number)]), 0)
            from tickets as t join orders as o on o.id = t.order_id
            where o.currency = c.currency)
           + (select coalesce(sum(o.booking_fee), 0) from orders as o
              where o.status = 'paid' and o.currency = c.currency) as tickets
    from (select currency from wallets union select currency from orders) as c
) as m
where (m.sales, m.payments, m.orders) is distinct from (m.payments, m.orders, m.tickets)

-- name: cancelled_seat_has_no_ticket
-- Unless the order was moved to the seat since.
select concat('seat ', t.number, ' was cancelled of order ', t.order_id,
              ' and has its ticket') as violation
from tickets as t
join orders as o on o.id = t.order_id
where exists (select from cancellations as c
              where c.order_id = t.order_id and t.number = any(c.seat_numbers))
  and (o.status <> 'paid' or not t.number = any(o.seat_numbers))

-- name: cancellation_has_its_money
-- What was paid for cancelled seats has left the sales account, and their fees are on theirs. What
-- moves to cheaper seats gave back has left it as well.
select concat('order ', c.order_id, ': cancelled seats of ', c.amount, ' with fees of ', c.fee,
              '; the ledger has ', coalesce(t.refunds, 0), ' and ', coalesce(t.fees, 0)) as violation
from (
    select a.order_id, sum(a.fee) as fee, sum(a.booking_fee + p.prices) as amount
    from cancellations as a
    cross join lateral (select sum(price) as prices from unnest(a.seat_prices) as n (price)) as p
    group by a.order_id
) as c
left join (
    select order_id,
           sum(amount) filter (where kind = 'refund' and from_account = '@sales') as refunds,
           sum(amount) filter (where kind = 'fee' and to_account = '@fees') as fees
    from transfers
    group by order_id
) as t using (order_id)
where c.fee <> coalesce(t.fees, 0) or c.amount > coalesce(t.refunds, 0) or c.fee > c.amount

-- name: refund_has_its_money
-- What an order's fan got back in the wallet, less the fees, what was settled with refunds of before
-- and what went on to cards or in cash, is what its settled refunds say.
select concat('order ', order_id, ': refunds of ', coalesce(r.amount, 0), ' to the wallet, ledger ',
              coalesce(t.amount, 0)) as violation
from (
    select order_id, sum(amount) as amount from refunds
    where destination = 'wallet' and state = 'settled'
    group by order_id
) as r
full join (
    select order_id, sum(case kind when 'refund' then amount else -amount end) as amount
    from transfers
    where kind in ('refund', 'fee', 'payout')
    group by order_id
) as t using (order_id)
where coalesce(r.amount, 0) <> coalesce(t.amount, 0)

-- name: refunded_at_most_what_was_paid
-- Pending and doubtful refunds count: they may still be paid out. What moves charged was paid.
-- What a lost dispute took does not count.
select concat('order ', r.order_id, ': ', r.amount, ' refunded of ',
              coalesce(p.amount, 0) + coalesce(s.amount, 0)) as violation
from (
    select order_id, sum(amount) as amount from refunds
    where state <> 'declined' and reason is distinct from 'dispute_lost'
    group by order_id
) as r
left join payments as p using (order_id)
left join (
    select order_id, sum(amount) as amount from transfers where kind = 'surcharge' group by order_id
) as s using (order_id)
where r.amount > coalesce(p.amount, 0) + coalesce(s.amount, 0)
